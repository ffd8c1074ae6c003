import type { FieldDefinition, ObjectDefinition } from '../definition/define-object.ts';
import type { FieldSpec } from '../definition/definition.ts';
import { createError } from '../ground/errors.ts';
import { assertKnownKeys, checkRowCount } from './check-query.ts';
import { checkWhere, isPlainObject, ownKeys, type QueryScope, resolveTarget } from './check-where.ts';
import type { Condition, Target } from './condition.ts';
import { checkOrder, type OrderStep } from './order.ts';

export type AggregateKind = 'count' | 'countDistinct' | 'sum' | 'avg' | 'min' | 'max';

export interface AggregateOutput {
  readonly name: string;
  readonly kind: AggregateKind;
  /** Undefined for a count of all records. */
  readonly target: Target | undefined;
}

/** An aggregate query, checked. */
export interface AggregatePlan {
  readonly condition: Condition | undefined;
  readonly groupBy: readonly Target[];
  readonly outputs: readonly AggregateOutput[];
  /** Over the computed rows. */
  readonly having: Condition | undefined;
  readonly order: readonly OrderStep[];
  readonly limit: number;
  readonly offset: number;
}

const KEYS: ReadonlySet<string> = new Set(['where', 'groupBy', 'select', 'having', 'orderBy', 'limit', 'offset']);
const KINDS: Readonly<Record<string, AggregateKind>> = {
  $count: 'count',
  $countDistinct: 'countDistinct',
  $sum: 'sum',
  $avg: 'avg',
  $min: 'min',
  $max: 'max',
};
const GROUPS_MAX = 8;
const OUTPUTS_MAX = 100;
const NAME = /^[A-Za-z_$][\w$]{0,79}$/;

/** Which aggregates a type admits (SOQL and SOSL Reference, "Support for Field Types in Aggregate Functions"). */
function admits(spec: FieldSpec, kind: AggregateKind): boolean {
  switch (spec.type) {
    case 'int':
    case 'double':
      return true;
    case 'encryptedstring':
    case 'boolean':
    case 'anyType':
    case 'object':
    case 'list':
    case 'map':
    case 'multipicklist':
      return false;
    default:
      return kind !== 'sum' && kind !== 'avg';
  }
}

/** Throws `INVALID_FIELD` where the type of a field does not admit an aggregate. */
export function assertAdmitted({ field, path, spec }: Target, kind: AggregateKind): void {
  if (admits(spec, kind)) return;
  const word = kind === 'countDistinct' ? 'COUNT_DISTINCT' : kind.toUpperCase();
  const what = field.encrypted ? 'encrypted field' : 'field';
  throw createError('INVALID_FIELD', `${what} ${path} does not support aggregate operator ${word}`, [path]);
}

function checkOutput(scope: QueryScope, name: string, given: unknown): AggregateOutput {
  if (!NAME.test(name) || name in Object.prototype)
    throw createError('MALFORMED_QUERY', `'${name.slice(0, 80)}' is no name for a computed value`);
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  const [operator, field] = entries[0] ?? [];
  const kind = operator !== undefined && Object.hasOwn(KINDS, operator) ? KINDS[operator] : undefined;
  if (entries.length !== 1 || kind === undefined || typeof field !== 'string')
    throw createError('MALFORMED_QUERY', `'${name}' takes one of ${Object.keys(KINDS).join(', ')} and a field`);
  if (field === '*') {
    if (kind === 'count') return { name, kind, target: undefined };
    throw createError('MALFORMED_QUERY', `'*' can only be counted: '${name}'`);
  }
  const target = resolveTarget(scope, field);
  const counted = kind === 'count' && target.field.name === scope.definition.roles.id;
  if (!counted) assertAdmitted(target, kind);
  return { name, kind, target };
}

function checkGroup(scope: QueryScope, name: unknown): Target {
  if (typeof name !== 'string') throw createError('MALFORMED_QUERY', 'groupBy is a list of fields');
  const target = resolveTarget(scope, name);
  const nested = target.steps.length > 0 && target.field.filterable;
  if (!target.field.groupable && !nested)
    throw createError('INVALID_FIELD', `field '${name}' can not be grouped in a query call`, [name]);
  return target;
}

/** A column of computed rows: its name, and the field and type whose rules its values follow. */
export interface RowColumn {
  readonly name: string;
  readonly field: FieldDefinition;
  readonly spec: FieldSpec;
}

/** A computed row as an object of its own, so that having and orderBy are checked as any query is. */
export function createRowScope(columns: readonly RowColumn[], scope: QueryScope): QueryScope {
  const fields = new Map<string, FieldDefinition>();
  for (const { name, field, spec } of columns)
    fields.set(name, { ...field, ...spec, name, filterable: true, sortable: true } as FieldDefinition);
  const definition = { ...scope.definition, fieldsByName: fields, fields: [...fields.values()] } as ObjectDefinition;
  return { definition, formatsOf: (field) => scope.formatsOf(field), now: () => scope.now(), targets: new Map() };
}

/** The column that a computed value makes: the lowest and highest are of their field's type, all others numbers. */
export function columnOfOutput({ name, kind, target }: AggregateOutput, scope: QueryScope): RowColumn {
  const isSame = kind === 'min' || kind === 'max';
  const field = target?.field ?? (scope.definition.fields[0] as FieldDefinition);
  return { name, field, spec: isSame && target !== undefined ? target.spec : { type: 'double' } };
}

/** Checks an aggregate query. Throws `INVALID_FIELD`, `MALFORMED_ID` or `MALFORMED_QUERY`. */
export function checkAggregate(scope: QueryScope, query: Readonly<Record<string, unknown>>): AggregatePlan {
  assertKnownKeys(query, KEYS);
  const select = query.select;
  if (!isPlainObject(select))
    throw createError('MALFORMED_QUERY', 'select of an aggregate names the values to compute');
  const given = query.groupBy ?? [];
  if (!Array.isArray(given) || given.length > GROUPS_MAX)
    throw createError('MALFORMED_QUERY', `groupBy is a list of at most ${GROUPS_MAX} fields`);
  const groupBy = Array.from(given, (name: unknown) => checkGroup(scope, name));
  const outputs = ownKeys(select).map((name) => checkOutput(scope, name, select[name]));
  if (outputs.length > OUTPUTS_MAX)
    throw createError('MALFORMED_QUERY', `at most ${OUTPUTS_MAX} values can be computed`);
  for (const { name } of outputs) {
    if (groupBy.some((target) => target.path === name))
      throw createError('MALFORMED_QUERY', `'${name}' names both a group and a computed value`);
  }
  const columns = [
    ...groupBy.map((target) => ({ name: target.path, field: target.field, spec: target.spec })),
    ...outputs.map((output) => columnOfOutput(output, scope)),
  ];
  const rows = createRowScope(columns, scope);
  return {
    condition: checkWhere(scope, query.where),
    groupBy,
    outputs,
    having: checkWhere(rows, query.having),
    order: checkOrder(rows, query.orderBy),
    limit: checkRowCount('limit', query.limit, Number.POSITIVE_INFINITY),
    offset: checkRowCount('offset', query.offset, 0),
  };
}
