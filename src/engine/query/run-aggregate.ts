import type { StoredRecord } from '../record/record.ts';
import type { Column } from '../store/column.ts';
import type { Table } from '../store/table.ts';
import type { AggregateOutput, AggregatePlan } from './check-aggregate.ts';
import { listAll, sumAllFullInts, sumAllInts, sumDoubles, sumInts } from './column-loops.ts';
import type { Key, Target } from './condition.ts';
import { createGrouping, type Grouping, targetColumn } from './group.ts';
import { listSlots } from './narrow.ts';
import { compareKeys, createRowKey, createRowValue } from './order.ts';
import { createRowPredicate } from './row-predicate.ts';
import { createRunStats, type RunStats, runFind } from './run-find.ts';
import { createToKey } from './value-key.ts';

/** Gives the value of a computed column for a group. */
type Result = (group: number) => unknown;

interface Selection {
  readonly table: Table;
  /** The records chosen; all of a table without gaps when undefined. */
  readonly slots: Int32Array | undefined;
  readonly count: number;
  readonly grouping: Grouping;
}

function slotAt({ slots }: Selection, i: number): number {
  return slots === undefined ? i : (slots[i] as number);
}

function sumUp(column: Column, selection: Selection): { sums: Float64Array; counts: Int32Array } {
  const sums = new Float64Array(selection.grouping.size);
  const counts = new Int32Array(selection.grouping.size);
  const { slots, count, grouping } = selection;
  const { members } = grouping;
  if (column.values instanceof Int32Array) {
    if (slots === undefined && !column.hasNulls) {
      sumAllFullInts(column.values, members, sums, count);
      return { sums, counts: grouping.counts };
    }
    if (slots === undefined) sumAllInts(column.values, members, sums, counts, count);
    else sumInts(column.values, slots, members, sums, counts, count);
  } else {
    let listed = slots;
    if (listed === undefined) {
      listed = new Int32Array(count);
      listAll(listed, count);
    }
    sumDoubles(column.values, listed, members, sums, counts, count);
  }
  return { sums, counts };
}

/** The lowest or highest value of each group: the place in the selection where it was found. */
function extremes(selection: Selection, keyOf: (slot: number) => Key | null, highest: boolean): Int32Array {
  const best: (Key | null)[] = new Array(selection.grouping.size).fill(null);
  const at = new Int32Array(selection.grouping.size).fill(-1);
  for (let i = 0; i < selection.count; i++) {
    const slot = slotAt(selection, i);
    const key = keyOf(slot);
    if (key === null) continue;
    const group = selection.grouping.members[i] as number;
    const other = best[group] as Key | null;
    if (other !== null && (highest ? key <= other : key >= other)) continue;
    best[group] = key;
    at[group] = slot;
  }
  return at;
}

function keyReader(table: Table, target: Target): (slot: number) => Key | null {
  const column = targetColumn(table, target);
  if (column === undefined) {
    const keyOf = createRowKey(target);
    return (slot) => keyOf(table.row(slot) as StoredRecord);
  }
  const { dictionary, values } = column;
  if (dictionary === undefined) return (slot) => (column.isNull(slot) ? null : (values[slot] as number));
  return (slot) => (column.isNull(slot) ? null : (dictionary.folded[values[slot] as number] as string));
}

function extremeResult(selection: Selection, target: Target, highest: boolean): Result {
  const at = extremes(selection, keyReader(selection.table, target), highest);
  const readValue = createRowValue(target);
  return (group) => {
    const slot = at[group] as number;
    return slot < 0 ? null : readValue(selection.table.row(slot) as StoredRecord);
  };
}

function countResult(selection: Selection, target: Target | undefined): Result {
  const { grouping, table } = selection;
  if (target === undefined || target.field.name === table.definition.roles.id) return (group) => grouping.counts[group];
  const keyOf = keyReader(table, target);
  const counts = new Int32Array(grouping.size);
  for (let i = 0; i < selection.count; i++) {
    if (keyOf(slotAt(selection, i)) === null) continue;
    const group = grouping.members[i] as number;
    counts[group] = (counts[group] as number) + 1;
  }
  return (group) => counts[group];
}

function countDistinctResult(selection: Selection, target: Target): Result {
  const keyOf = keyReader(selection.table, target);
  const seen: Set<Key>[] = Array.from({ length: selection.grouping.size }, () => new Set());
  for (let i = 0; i < selection.count; i++) {
    const key = keyOf(slotAt(selection, i));
    if (key !== null) seen[selection.grouping.members[i] as number]?.add(key);
  }
  return (group) => seen[group]?.size ?? 0;
}

function sumResult(selection: Selection, target: Target, average: boolean): Result {
  const column = targetColumn(selection.table, target);
  let sums: Float64Array;
  let counts: Int32Array;
  if (column !== undefined) ({ sums, counts } = sumUp(column, selection));
  else {
    const keyOf = keyReader(selection.table, target);
    sums = new Float64Array(selection.grouping.size);
    counts = new Int32Array(selection.grouping.size);
    for (let i = 0; i < selection.count; i++) {
      const key = keyOf(slotAt(selection, i));
      if (key === null) continue;
      const group = selection.grouping.members[i] as number;
      sums[group] = (sums[group] as number) + (key as number);
      counts[group] = (counts[group] as number) + 1;
    }
  }
  // A sum of nothing is null, as in SOQL.
  return (group) => {
    const count = counts[group] as number;
    return count === 0 ? null : average ? (sums[group] as number) / count : sums[group];
  };
}

function compute(selection: Selection, output: AggregateOutput): Result {
  const { kind, target } = output;
  if (kind === 'count' || target === undefined) return countResult(selection, target);
  if (kind === 'countDistinct') return countDistinctResult(selection, target);
  if (kind === 'min' || kind === 'max') return extremeResult(selection, target, kind === 'max');
  return sumResult(selection, target, kind === 'avg');
}

export function selectSlots(
  table: Table,
  plan: AggregatePlan,
  stats: RunStats,
): { slots: Int32Array | undefined; count: number } {
  if (plan.condition === undefined) {
    if (table.liveCount === table.slotCount) {
      stats.visited += table.slotCount;
      return { slots: undefined, count: table.slotCount };
    }
    const slots = new Int32Array(table.slotCount);
    stats.visited += table.slotCount;
    return { slots, count: listSlots(table, slots) };
  }
  const all = {
    condition: plan.condition,
    order: [],
    limit: Number.POSITIVE_INFINITY,
    offset: 0,
    live: true,
    deleted: false,
  };
  return runFind(table, all, stats);
}

/** Computes the rows of an aggregate query. Without groupBy there is always one row. */
export function runAggregate(
  table: Table,
  plan: AggregatePlan,
  stats: RunStats = createRunStats(),
): readonly StoredRecord[] {
  const { slots, count } = selectSlots(table, plan, stats);
  stats.matched = count;
  const grouping = createGrouping(table, plan.groupBy, slots, count);
  const selection: Selection = { table, slots, count, grouping };
  const results = plan.outputs.map((output) => compute(selection, output));
  const names = [...plan.groupBy.map((target) => target.path), ...plan.outputs.map((output) => output.name)];
  const rows: StoredRecord[] = [];
  const { order } = grouping;
  for (let at = 0; at < order.length; at++) {
    const group = order[at] as number;
    // Copying a model of the row was tried: its map is out of date as soon as values of other kinds go in.
    const row: Record<string, unknown> = {};
    let place = 0;
    for (let i = 0; i < plan.groupBy.length; i++) row[names[place++] as string] = grouping.valueOf(group, i);
    for (const result of results) row[names[place++] as string] = result(group);
    rows.push(Object.freeze(row));
  }
  return arrangeRows(rows, plan);
}

/** What is done with rows once they are computed. */
export type RowArrangement = Pick<AggregatePlan, 'having' | 'order' | 'limit' | 'offset'>;

/** What having, orderBy, offset and limit leave of computed rows. */
export function arrangeRows(computed: readonly StoredRecord[], plan: RowArrangement): readonly StoredRecord[] {
  let rows = computed;
  if (plan.having !== undefined) rows = rows.filter(createRowPredicate(plan.having));
  if (plan.order.length > 0) rows = sortRows(rows, plan);
  return rows.slice(plan.offset, plan.offset + plan.limit);
}

function sortRows(rows: readonly StoredRecord[], plan: RowArrangement): StoredRecord[] {
  // A dotted group is one name in the row, not a path.
  const keys = plan.order.map(({ target }) => createToKey(target.spec, target.caseSensitive));
  const backwards = plan.order[0]?.descending === true;
  const keyed = rows.map((row, at) => ({
    row,
    at,
    keys: plan.order.map((step, i) => (keys[i] as (value: unknown) => Key | null)(row[step.target.path])),
  }));
  keyed.sort((left, right) => {
    for (let i = 0; i < plan.order.length; i++) {
      const { descending, nullsFirst } = plan.order[i] as AggregatePlan['order'][number];
      const order = compareKeys(left.keys[i] as Key | null, right.keys[i] as Key | null, descending, nullsFirst);
      if (order !== 0) return order;
    }
    return backwards ? right.at - left.at : left.at - right.at;
  });
  return keyed.map(({ row }) => row);
}
