import { createError } from '../../engine/ground/errors.ts';
import { resolveTarget } from '../../engine/query/check-where.ts';
import type { Condition } from '../../engine/query/condition.ts';
import type { FindPlan } from '../../engine/query/run-find.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import type { RowCount, SoqlQuery } from '../parse/ast.ts';
import { noteOther, type PathScope } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import { aliasesOf } from './aliases-of.ts';
import { type CompiledCondition, compileCondition } from './compile-condition.ts';
import { compileOrder, type LateStep } from './compile-order.ts';
import { compileSelect, FIELDS_NEED_LIMIT, UNBOUNDED_MAX } from './compile-select.ts';
import type { Row, RowForm, RowShape } from './row-shape.ts';
import { type RowWindow, type RunContext, valueOfBind } from './run-context.ts';

const OFFSET_MAX = 2000;

/** A query of records, ready to run. */
export interface CompiledFind {
  readonly kind: 'find';
  readonly scope: PathScope;
  readonly query: SoqlQuery;
  readonly shape: RowShape;
  /** The order, a step at a time. */
  readonly order: readonly LateStep[];
  /** The condition alone. */
  filter(run: RunContext): Condition | undefined;
  /** What is asked of the engine in one run. */
  plan(run: RunContext): FindPlan;
  /** The records, in order. `within`: a further condition, such as of one parent. */
  find(run: RunContext, within?: Condition, window?: RowWindow): readonly StoredRecord[];
}

/** A LIMIT or OFFSET in one run. Throws `MALFORMED_QUERY` or `NUMBER_OUTSIDE_VALID_RANGE`. */
export function rowCount(run: RunContext, count: RowCount | undefined, absent: number, text: string): number {
  if (count === undefined) return absent;
  const value = count.kind === 'number' ? count.value : valueOfBind(run, count, text);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw soqlError('MALFORMED_QUERY', text, count.at, 'a number of rows is a whole number from 0');
}

export function offsetOf(run: RunContext, { offset }: SoqlQuery, text: string): number {
  const value = rowCount(run, offset, 0, text);
  if (value > OFFSET_MAX)
    throw createError('NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${OFFSET_MAX}`);
  return value;
}

/** The records of a USING SCOPE: one's own, or everything. */
function scopeCondition(scope: PathScope, query: SoqlQuery): CompiledCondition | undefined {
  if (query.scope === undefined || query.scope === 'EVERYTHING') return undefined;
  const { owner } = scope.object.reader.entity.definition.roles;
  if (query.scope !== 'MINE' || owner === undefined)
    throw soqlError(
      'MALFORMED_QUERY',
      scope.text,
      query.from.at,
      `the scope ${query.scope} is not known of this object`,
    );
  const at = query.from.at;
  return compileCondition(scope, {
    kind: 'comparison',
    left: { kind: 'path', names: [owner], at },
    operator: '=',
    right: { kind: 'string', value: scope.catalog.user, at },
    at,
  });
}

/** WHERE and USING SCOPE together; built once where no run can make it another. */
export function compileFilter(scope: PathScope, query: SoqlQuery): (run: RunContext) => Condition | undefined {
  const own = scopeCondition(scope, query);
  const where = query.where === undefined ? undefined : compileCondition(scope, query.where);
  const parts = [own, where].filter((part) => part !== undefined);
  if (parts.length === 0) return () => undefined;
  const build = (run: RunContext): Condition => {
    const built = parts.map((part) => part.build(run));
    return built.length === 1 ? (built[0] as Condition) : { kind: 'and', parts: built };
  };
  if (parts.every(({ isConstant }) => isConstant)) {
    let known: Condition | undefined;
    return (run) => {
      known ??= build(run);
      return known;
    };
  }
  // Once a run, as a child query is asked for every parent.
  const byRun = new WeakMap<RunContext, Condition>();
  return (run) => {
    let built = byRun.get(run);
    if (built === undefined) {
      built = build(run);
      byRun.set(run, built);
    }
    return built;
  };
}

/** Whether a name is that of the outer query's object, or its alias. */
function isOuter({ aliases, object }: PathScope, name: string): boolean {
  const lower = name.toLowerCase();
  return aliases.get(lower)?.length === 0 || object.reader.entity.definition.name.toLowerCase() === lower;
}

/** SOQL and SOSL Reference, "Understanding Relationship Query Limitations". */
const SUBQUERIES_MAX = 20;

/** Adds a child query to the rows of its parent: `(SELECT Id FROM Histories)`. */
function addChildren(scope: PathScope, shape: RowShape, query: SoqlQuery): void {
  const { text, catalog, object } = scope;
  const { name, parent } = query.from;
  const relationship = parent === undefined || isOuter(scope, parent) ? object.child(name) : undefined;
  const shown = name.slice(0, 80);
  if (relationship === undefined)
    throw soqlError(
      'INVALID_TYPE',
      text,
      query.from.at,
      `Didn't understand relationship '${shown}' in FROM part of query call. If you are attempting to use a custom ` +
        "relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the " +
        'describe call for the appropriate names.',
    );
  if (shape.has(relationship.name))
    throw soqlError('INVALID_FIELD', text, query.at, `duplicate field selected: ${relationship.name}`);
  const child = catalog.object(relationship.child.entity.definition.name);
  if (child === undefined) throw new RangeError('a child of a catalog is in it');
  if (
    query.groupBy !== undefined ||
    query.having !== undefined ||
    query.forUpdate ||
    query.allRows ||
    query.scope !== undefined
  )
    throw soqlError(
      'MALFORMED_QUERY',
      text,
      query.at,
      'a child query takes no GROUP BY, HAVING, FOR UPDATE, USING SCOPE or ALL ROWS',
    );
  const { reads } = scope;
  noteOther(reads, child);
  const inner = compileFind({ text, catalog, object: child, aliases: aliasesOf(query, child, text), reads }, query);
  const target = resolveTarget(child.reader.scope, relationship.field.name);
  const idField = object.reader.entity.definition.roles.id;
  shape.addValue(relationship.name, (record, run, form): unknown => {
    const key = record[idField] as string;
    const within: Condition = { kind: 'leaf', target, test: { op: 'eq', key }, negated: false };
    const records = inner.find(run, within);
    return records.length === 0 ? null : rowsOf(inner, records, run, form);
  });
}

/** The rows of records in the shape of a query result. */
function rowsOf(find: CompiledFind, records: readonly StoredRecord[], run: RunContext, form: RowForm): Row {
  const rows = records.map((record) => find.shape.makeRow(record, run, form));
  return { totalSize: rows.length, done: true, records: rows };
}

/** Compiles a query of records. Throws `INVALID_FIELD`, `INVALID_TYPE` or `MALFORMED_QUERY` with the place. */
export function compileFind(scope: PathScope, query: SoqlQuery): CompiledFind {
  const { reader } = scope.object;
  const extra = query.select.filter(({ kind }) => kind === 'subquery')[SUBQUERIES_MAX];
  if (extra !== undefined)
    throw soqlError('MALFORMED_QUERY', scope.text, extra.at, `a query has at most ${SUBQUERIES_MAX} child queries`);
  const shape = compileSelect(scope, query, (rows, inner) => addChildren(scope, rows, inner));
  const filter = compileFilter(scope, query);
  const { late, steps, sort } = compileOrder(scope, query.orderBy);
  if (query.forUpdate && query.orderBy.length > 0)
    throw soqlError('MALFORMED_QUERY', scope.text, query.at, 'FOR UPDATE cannot be used with ORDER BY');
  const takesFields = query.select.some((item) => item.kind === 'fields' && item.which !== 'STANDARD');
  const plan = (run: RunContext): FindPlan => {
    const limit = rowCount(run, query.limit, Number.POSITIVE_INFINITY, scope.text);
    if (takesFields && query.limit?.kind === 'bind' && limit > UNBOUNDED_MAX)
      throw soqlError('MALFORMED_QUERY', scope.text, query.limit.at, FIELDS_NEED_LIMIT);
    const offset = offsetOf(run, query, scope.text);
    return { condition: filter(run), order: steps, limit, offset, live: true, deleted: run.deleted };
  };
  const find: CompiledFind['find'] = (run, within, window) => {
    const asked = { ...plan(run), ...window };
    const { condition } = asked;
    const whole: FindPlan =
      within === undefined
        ? asked
        : { ...asked, condition: condition === undefined ? within : { kind: 'and', parts: [within, condition] } };
    if (sort === undefined) return reader.records(reader.run(whole));
    const all = { ...whole, limit: Number.POSITIVE_INFINITY, offset: 0 };
    return sort(reader.records(reader.run(all)), run).slice(whole.offset, whole.offset + whole.limit);
  };
  return { kind: 'find', scope, query, shape, order: late, filter, plan, find };
}
