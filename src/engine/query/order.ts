import { createError, type EngineError } from '../ground/errors.ts';
import type { StoredRecord } from '../record/record.ts';
import { type Column, NULL_INT } from '../store/column.ts';
import type { Table } from '../store/table.ts';
import { isPlainObject, ownKeys, type QueryScope, resolveTarget } from './check-where.ts';
import { isPlainField, type Key, type Target } from './condition.ts';
import { isManyTexts } from './narrow.ts';
import { createToKey, visitPath } from './value-key.ts';

/** One step of a checked order. */
export interface OrderStep {
  readonly target: Target;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

const STEPS_MAX = 32;

function isLongForm(step: Record<string, unknown>): boolean {
  return typeof step.field === 'string' && step.field !== 'asc' && step.field !== 'desc';
}

function malformed(words: string): EngineError {
  return createError('MALFORMED_QUERY', words);
}

/** Checks an `orderBy` against its object. Throws `INVALID_FIELD` or `MALFORMED_QUERY`. */
export function checkOrder(scope: QueryScope, orderBy: unknown): readonly OrderStep[] {
  if (orderBy === undefined) return [];
  if (!Array.isArray(orderBy)) throw malformed("orderBy takes a list such as [{ Name: 'asc' }]");
  if (orderBy.length > STEPS_MAX) throw malformed(`orderBy takes at most ${STEPS_MAX} fields`);
  const steps: OrderStep[] = [];
  // Not by a method of lists, which would pass over a hole.
  for (const given of orderBy as readonly unknown[]) {
    if (!isPlainObject(given)) throw malformed("a step of orderBy is an object such as { Name: 'asc' }");
    const keys = ownKeys(given);
    if (keys.length === 0) throw malformed('a step of orderBy names a field');
    // Both forms of a step: `{ LoginTime: 'desc' }` and `{ field, direction, nulls }`.
    if (isLongForm(given))
      steps.push(checkStep(scope, given.field as string, given.direction ?? 'asc', given.nulls ?? undefined));
    else for (const field of keys) steps.push(checkStep(scope, field, given[field], undefined));
  }
  return steps;
}

function checkStep(scope: QueryScope, field: string, direction: unknown, nulls: unknown): OrderStep {
  if (direction !== 'asc' && direction !== 'desc') throw malformed("a direction is 'asc' or 'desc'");
  if (nulls !== undefined && nulls !== 'first' && nulls !== 'last') throw malformed("nulls come 'first' or 'last'");
  const target = resolveTarget(scope, field);
  const nested = target.steps.length > 0 && target.field.filterable;
  if (!target.field.sortable && !nested)
    throw createError('INVALID_FIELD', `field '${field}' can not be sorted in a query call`, [field]);
  return { target, descending: direction === 'desc', nullsFirst: nulls !== 'last' };
}

/** The stored value of a record at a target; the first where a path finds many. */
export function createRowValue(target: Target): (record: StoredRecord) => unknown {
  const name = target.field.name;
  if (isPlainField(target)) return (record) => record[name];
  return (record) => {
    let first: unknown = null;
    visitPath(record[name], target.steps, 0, (value) => {
      first = value;
      return true;
    });
    return first;
  };
}

/** The comparable value of a record at a target. */
export function createRowKey(target: Target): (record: StoredRecord) => Key | null {
  const toKey = createToKey(target.spec, target.caseSensitive);
  const readValue = createRowValue(target);
  return (record) => toKey(readValue(record));
}

/** Values of any type order by kind first: numbers, then what has no order, then texts. */
function rankOf(key: Key): number {
  if (typeof key === 'string') return 2;
  return key === key ? 0 : 1;
}

export function compareKeys(left: Key | null, right: Key | null, descending: boolean, nullsFirst: boolean): number {
  if (left === right) return 0;
  if (left === null) return nullsFirst ? -1 : 1;
  if (right === null) return nullsFirst ? 1 : -1;
  const rank = rankOf(left) - rankOf(right);
  if (rank !== 0) return rank < 0 === descending ? 1 : -1;
  if (left !== left) return 0;
  return left < right === descending ? 1 : -1;
}

/** Orders slots by columns and records of `table`; ties by creation, the way the first step runs. */
export function createSlotComparator(
  table: Table,
  steps: readonly OrderStep[],
): (left: number, right: number) => number {
  const keys = steps.map(({ target }) => slotKeys(table, target));
  const backwards = steps[0]?.descending === true;
  return (left, right) => {
    for (let i = 0; i < steps.length; i++) {
      const { descending, nullsFirst } = steps[i] as OrderStep;
      const key = keys[i] as (slot: number) => Key | null;
      const order = compareKeys(key(left), key(right), descending, nullsFirst);
      if (order !== 0) return order;
    }
    return backwards ? right - left : left - right;
  };
}

function slotKeys(table: Table, target: Target): (slot: number) => Key | null {
  const name = target.field.name;
  const wantsColumn = target.steps.length === 0 && (table.builtColumn(name) !== undefined || !isManyTexts(table, name));
  const column = wantsColumn ? table.column(name) : undefined;
  if (column !== undefined) return columnKeys(column);
  const rowKey = createRowKey(target);
  // A key is asked for again and again while sorting; parsing and folding it once is enough.
  const known = new Map<number, Key | null>();
  return (slot) => {
    let key = known.get(slot);
    if (key === undefined) {
      key = rowKey(table.row(slot) as StoredRecord);
      known.set(slot, key);
    }
    return key;
  };
}

function columnKeys(column: Column): (slot: number) => Key | null {
  const { values, dictionary } = column;
  if (dictionary === undefined) return (slot) => (column.isNull(slot) ? null : (values[slot] as number));
  return (slot) => {
    const code = values[slot] as number;
    return code === NULL_INT ? null : (dictionary.folded[code] as string);
  };
}
