import { formatDate } from '../../engine/ground/date-time.ts';
import { EngineError } from '../../engine/ground/errors.ts';
import type { Target } from '../../engine/query/condition.ts';
import { DAY_MS } from '../dates/calendar.ts';
import { dateRange } from '../dates/date-range.ts';
import type { Literal, Operator } from '../parse/ast.ts';
import { soqlError } from '../soql-error.ts';
import type { Given, RunContext } from './run-context.ts';

/** The kinds of literal that a type takes beside null; of what is not listed, texts. */
const KINDS: Readonly<Record<string, readonly Literal['kind'][]>> = {
  int: ['number'],
  double: ['number'],
  boolean: ['boolean'],
  dateTime: ['dateTime', 'dateLiteral'],
  date: ['date', 'dateLiteral'],
  anyType: ['string', 'number'],
};

/** Throws `INVALID_FIELD` when a literal is not of the type of what it is compared with. */
export function checkLiteral(text: string, target: Target, literal: Literal, at: number): void {
  const { type } = target.spec;
  const kinds = KINDS[type];
  if (literal.kind === 'null' || (kinds ?? ['string']).includes(literal.kind)) return;
  const word = type === 'picklist' ? 'string' : type;
  const quotes =
    kinds === undefined
      ? ' and should be enclosed in quotes'
      : literal.kind === 'string'
        ? ' and should not be enclosed in quotes'
        : '';
  throw soqlError(
    'INVALID_FIELD',
    text,
    at,
    `value of filter criterion for field '${target.path}' must be of type ${word}${quotes}`,
    [target.path],
  );
}

/** What is given as the operand of the engine's query; date literals have operators of their own. */
function operandOf(target: Target, given: Exclude<Given, { kind: 'dateLiteral' }>): unknown {
  const value = given.kind === 'null' ? null : given.value;
  // SOQL and SOSL Reference, "null".
  return value === null && target.spec.type === 'boolean' ? false : value;
}

const EARLIEST_DAY = Date.UTC(1700, 0, 2) / DAY_MS;
const LATEST_DAY = Date.UTC(4000, 11, 30) / DAY_MS;

const OPERATORS: Readonly<Record<string, string>> = {
  '=': '$eq',
  '!=': '$ne',
  '<': '$lt',
  '<=': '$lte',
  '>': '$gt',
  '>=': '$gte',
  LIKE: '$like',
};

/** Text without a character is no text (reference, "null"): it is null, also where an object keeps it apart. */
function isEmptyText(given: Given): boolean {
  return 'value' in given && given.value === '';
}

/** The engine's operators for a comparison with one value. */
export function operatorsFor(
  run: RunContext,
  target: Target,
  operator: Operator,
  operand: Given,
): Readonly<Record<string, unknown>> {
  if (operand.kind === 'dateLiteral') return dateOperators(run, target, operator, operand);
  // A boolean is never null: what has no value is false. So all is asked of what is true.
  if (target.spec.type === 'boolean' && (operator === '=' || operator === '!=')) {
    const wanted = operandOf(target, operand);
    if (typeof wanted === 'boolean') return wanted === (operator === '=') ? { $eq: true } : { $ne: true };
  }
  if (isEmptyText(operand) && (operator === '=' || operator === '!='))
    return operator === '=' ? { $in: ['', null] } : { $nin: ['', null] };
  return { [OPERATORS[operator] as string]: operandOf(target, operand) };
}

/** A date literal is a range of days: equal is within, less is before it, greater is after it. */
function dateOperators(
  run: RunContext,
  target: Target,
  operator: Operator,
  literal: Extract<Literal, { kind: 'dateLiteral' }>,
): Readonly<Record<string, unknown>> {
  const range = dateRange(literal.name, literal.n, run.nowMs, run.calendar);
  const isDate = target.spec.type === 'date';
  const bound = (day: number) => {
    // No date is kept beyond these, so a literal that reaches farther means all up to there.
    const kept = Math.min(Math.max(day, EARLIEST_DAY), LATEST_DAY);
    return isDate ? formatDate(kept * DAY_MS) : new Date(run.calendar.startOf(kept));
  };
  const from = bound(range.from);
  const to = bound(range.to);
  switch (operator) {
    case '<':
      return { $lt: from };
    case '<=':
      return { $lt: to };
    case '>':
      return { $gte: to };
    case '>=':
      return { $gte: from };
    case '!=':
      return { $not: { $gte: from, $lt: to } };
    default:
      return { $gte: from, $lt: to };
  }
}

/** Runs `action` and gives what it refuses its place in the text. */
export function placed<T>(text: string, at: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof EngineError) || error.message.startsWith('\n')) throw error;
    const [issue] = error.issues;
    throw soqlError(error.code, text, at, issue?.message ?? error.message, issue?.fields);
  }
}
