import { parseDate, parseDateTime } from '../../engine/ground/date-time.ts';
import { createError } from '../../engine/ground/errors.ts';
import { fieldsOf } from '../../engine/query/condition.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import { DAY_MS } from '../dates/calendar.ts';
import { datePart, dayOnly, isDatePart } from '../dates/date-part.ts';
import { dateRange } from '../dates/date-range.ts';
import type { Comparison, Expression, FunctionCall, Operator } from '../parse/ast.ts';
import { createPathValue } from '../resolve/path-value.ts';
import { type PathScope, type ResolvedPath, resolvePath } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import { placed } from './compile-operand.ts';
import type { BuildCondition } from './compile-own.ts';
import { type Given, givenOf, type RunContext } from './run-context.ts';

/** Reads a value off a record in one run. */
export type ReadValue = (record: StoredRecord, run: RunContext) => unknown;

/** A date function and the moment it is asked of. */
export interface DateFunction {
  readonly name: string;
  readonly path: ResolvedPath;
  readonly converted: boolean;
}

/** The type of what a path leads to. */
export function typeOf(path: ResolvedPath): string {
  if (path.kind === 'own') return path.target.spec.type;
  return path.kind === 'type' ? 'string' : typeOf((path.parents[0] as (typeof path.parents)[number]).path);
}

/** The date function that a call is. Throws `INVALID_FIELD` or `MALFORMED_QUERY` when it is none, or of no date. */
export function resolveDateFunction(scope: PathScope, call: FunctionCall): DateFunction {
  const { text } = scope;
  let argument: Expression | undefined = call.argument;
  const converted = argument?.kind === 'call' && argument.name === 'CONVERTTIMEZONE';
  if (converted) argument = (argument as FunctionCall).argument;
  if (argument?.kind !== 'path') throw soqlError('MALFORMED_QUERY', text, call.at, `${call.name} takes a field`);
  const path = resolvePath(scope, argument);
  const type = typeOf(path);
  if (type !== 'dateTime' && (type !== 'date' || converted || call.name === 'HOUR_IN_DAY' || call.name === 'DAY_ONLY'))
    throw soqlError(
      'INVALID_FIELD',
      text,
      argument.at,
      `${call.name} does not apply to field '${argument.names.join('.').slice(0, 80)}'`,
      [argument.names.join('.').slice(0, 80)],
    );
  return { name: call.name, path, converted };
}

/** The number, or for DAY_ONLY the midnight, that a date function gives for a record; null where there is no date. */
export function createDateValue({ name, path, converted }: DateFunction): ReadValue {
  const readPath = createPathValue(path);
  return (record, run) => {
    const { calendar } = run;
    const value = readPath(record, run);
    if (typeof value !== 'string') return null;
    const ms = value.length === 10 ? parseDate(value) : parseDateTime(value);
    return isDatePart(name) ? datePart(name, ms, calendar, converted) : dayOnly(ms, calendar, converted);
  };
}

function compares(operator: Operator, value: number, { from, to }: DayOrNumber): boolean {
  switch (operator) {
    case '<':
      return value < from;
    case '<=':
      return value <= to;
    case '>':
      return value > to;
    case '>=':
      return value >= from;
    default:
      return value >= from && value <= to;
  }
}

/** A number, or the first and last of the days that a date literal means. */
interface DayOrNumber {
  readonly from: number;
  readonly to: number;
}

/** The midnight of a day given as a text or a Date; NaN for anything else. */
function dayNumber(value: unknown): number {
  if (value instanceof Date) return Math.floor(value.getTime() / DAY_MS) * DAY_MS;
  return typeof value === 'string' ? parseDate(value) : Number.NaN;
}

/** What a date function is compared with; undefined for null. */
function rangeOf(run: RunContext, given: Given, isDay: boolean): DayOrNumber | undefined {
  if (given.kind === 'dateLiteral') {
    const { from, to } = dateRange(given.name, given.n, run.nowMs, run.calendar);
    return { from: from * DAY_MS, to: (to - 1) * DAY_MS };
  }
  const value = given.kind === 'null' ? null : given.value;
  if (value === null) return undefined;
  const point = isDay ? dayNumber(value) : value;
  if (typeof point !== 'number' || Number.isNaN(point))
    throw createError('MALFORMED_QUERY', `a date function is compared with ${isDay ? 'a date' : 'a number'}`);
  return { from: point, to: point };
}

/** A comparison of a date function, which no index serves: records are tested one by one. */
export function compileDateComparison(scope: PathScope, call: FunctionCall, comparison: Comparison): BuildCondition {
  const { text } = scope;
  const { operator, right, at } = comparison;
  const resolved = resolveDateFunction(scope, call);
  const isDay = call.name === 'DAY_ONLY';
  const isList = operator === 'IN' || operator === 'NOT IN';
  if (operator === 'LIKE' || operator === 'INCLUDES' || operator === 'EXCLUDES' || right.kind === 'subquery')
    throw soqlError('MALFORMED_QUERY', text, at, `${call.name} cannot be compared by ${operator}`);
  const items = right.kind === 'list' ? right.items : [right];
  for (const item of items) {
    const kinds = isDay ? ['date', 'dateLiteral', 'null', 'bind'] : ['number', 'null', 'bind'];
    if (!kinds.includes(item.kind))
      throw soqlError('INVALID_FIELD', text, item.at, `${call.name} is compared with ${isDay ? 'a date' : 'a number'}`);
  }
  const read = createDateValue(resolved);
  const { path } = resolved;
  const fields =
    path.kind === 'own'
      ? [...fieldsOf({ kind: 'leaf', target: path.target, test: { op: 'null' }, negated: false })]
      : path.kind === 'parent'
        ? [path.reference.name]
        : [];
  const negated = operator === '!=' || operator === 'NOT IN';
  return (run) => {
    const ranges = placed(text, at, () => givenOf(run, right, isList, text).map((given) => rangeOf(run, given, isDay)));
    const isEqual = isList || operator === '=' || operator === '!=';
    const fits = (record: StoredRecord) => {
      const value = read(record, run) as number | null;
      // Null equals null, and is neither less nor more than anything.
      const any = ranges.some((range) => {
        if (range === undefined || value === null) return isEqual && range === undefined && value === null;
        return compares(isEqual ? '=' : operator, value, range);
      });
      return any !== negated;
    };
    return { kind: 'record', fields, fits };
  };
}
