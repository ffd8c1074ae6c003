import type { FieldDefinition } from '../../engine/definition/define-object.ts';
import type { FieldSpec } from '../../engine/definition/definition.ts';
import { formatDate, parseDate } from '../../engine/ground/date-time.ts';
import {
  type AggregateKind,
  type AggregateOutput,
  assertAdmitted,
  columnOfOutput,
  type RowColumn,
} from '../../engine/query/check-aggregate.ts';
import type { Target } from '../../engine/query/condition.ts';
import { createToKey } from '../../engine/query/value-key.ts';
import { isDatePart } from '../dates/date-part.ts';
import type { Expression, FunctionCall } from '../parse/ast.ts';
import { createPathValue } from '../resolve/path-value.ts';
import { type PathScope, type ResolvedPath, resolvePath } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import { createDateValue, resolveDateFunction } from './compile-function.ts';
import { placed } from './compile-operand.ts';
import { expressionKey } from './expression-key.ts';
import type { AggregateColumn, GroupColumn, RecordValue } from './group-records.ts';

const KINDS: Readonly<Record<string, AggregateKind>> = {
  COUNT: 'count',
  COUNT_DISTINCT: 'countDistinct',
  SUM: 'sum',
  AVG: 'avg',
  MIN: 'min',
  MAX: 'max',
};

export function isAggregateCall(expression: Expression): boolean {
  return expression.kind === 'call' && Object.hasOwn(KINDS, expression.name);
}

/** A column that rows are grouped by. */
export interface CompiledGroup extends GroupColumn {
  readonly column: RowColumn;
  /** The field, where the engine can group by it. */
  readonly target: Target | undefined;
  /** What the column is called in a row when it has no alias; undefined for a function. */
  readonly shown: string | undefined;
}

/** A column that is computed. */
export interface CompiledOutput extends AggregateColumn {
  readonly column: RowColumn;
  /** As the engine computes it; undefined where it cannot. */
  readonly output: AggregateOutput | undefined;
}

/** The field at the end of a path, whose type the values have; undefined for the name of a type. */
function endOf(path: ResolvedPath): Target | undefined {
  if (path.kind === 'own') return path.target;
  return path.kind === 'type' ? undefined : endOf((path.parents[0] as (typeof path.parents)[number]).path);
}

function pathValue(path: ResolvedPath): RecordValue {
  const end = endOf(path);
  const read = createPathValue(path);
  const toKey = end === undefined ? createToKey({ type: 'string' }, false) : createToKey(end.spec, end.caseSensitive);
  return { read, keyOf: toKey };
}

function columnOf(scope: PathScope, name: string, path: ResolvedPath): RowColumn {
  const end = endOf(path);
  const field = end?.field ?? (scope.object.reader.entity.definition.fields[0] as FieldDefinition);
  return { name, field, spec: end?.spec ?? { type: 'string' } };
}

function compileDateGroup(scope: PathScope, call: FunctionCall, name: string): CompiledGroup {
  const isDay = call.name === 'DAY_ONLY';
  const readDate = createDateValue(resolveDateFunction(scope, call));
  const spec: FieldSpec = isDay ? { type: 'date' } : { type: 'double' };
  const field = scope.object.reader.entity.definition.fields[0] as FieldDefinition;
  return {
    name,
    column: { name, field, spec },
    target: undefined,
    shown: undefined,
    read: (record, run) => {
      const value = readDate(record, run) as number | null;
      return isDay && value !== null ? formatDate(value) : value;
    },
    keyOf: (value) => (typeof value === 'string' ? parseDate(value) : (value as number | null)),
  };
}

/** What rows are grouped by. Throws `INVALID_FIELD` or `MALFORMED_QUERY` with the place. */
export function compileGroup(scope: PathScope, expression: Expression): CompiledGroup {
  const name = expressionKey(expression, scope.aliases);
  if (expression.kind === 'call') {
    if (isDatePart(expression.name) || expression.name === 'DAY_ONLY') return compileDateGroup(scope, expression, name);
    throw soqlError('MALFORMED_QUERY', scope.text, expression.at, `${expression.name} cannot be grouped by`);
  }
  const path = resolvePath(scope, expression);
  const end = endOf(path);
  if (end !== undefined && !end.field.groupable && !(end.steps.length > 0 && end.field.filterable))
    throw soqlError(
      'INVALID_FIELD',
      scope.text,
      expression.at,
      `field '${end.path}' can not be grouped in a query call`,
      [end.path],
    );
  const target = path.kind === 'own' ? path.target : undefined;
  const shown = end === undefined ? 'Type' : (end.steps[end.steps.length - 1] ?? end.field.name);
  return { name, column: columnOf(scope, name, path), target, shown, ...pathValue(path) };
}

/** What is computed of a group. Throws `INVALID_FIELD` or `MALFORMED_QUERY` with the place. */
export function compileOutput(scope: PathScope, call: FunctionCall): CompiledOutput {
  const name = expressionKey(call, scope.aliases);
  const kind = KINDS[call.name] as AggregateKind;
  const { argument, at } = call;
  const { scope: queryScope, entity } = scope.object.reader;
  if (argument === undefined)
    throw soqlError('MALFORMED_QUERY', scope.text, at, 'COUNT() must be the only element in the SELECT list');
  if (argument.kind !== 'path') throw soqlError('MALFORMED_QUERY', scope.text, at, `${call.name} takes a field`);
  const path = resolvePath(scope, argument);
  const end = endOf(path);
  if (end === undefined && (kind === 'sum' || kind === 'avg'))
    throw soqlError(
      'INVALID_FIELD',
      scope.text,
      argument.at,
      `field Type does not support aggregate operator ${call.name}`,
      ['Type'],
    );
  const isCountOfId = kind === 'count' && path.kind === 'own' && end?.field.name === entity.definition.roles.id;
  if (end !== undefined && !isCountOfId) placed(scope.text, argument.at, () => assertAdmitted(end, kind));
  const target = isCountOfId || path.kind !== 'own' ? undefined : path.target;
  const output: AggregateOutput = { name, kind, target };
  const isEngines = path.kind === 'own';
  return {
    name,
    kind,
    value: isCountOfId ? undefined : pathValue(path),
    column: columnOfOutput({ name, kind, target: end }, queryScope),
    output: isEngines ? output : undefined,
  };
}
