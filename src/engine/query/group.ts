import type { StoredRecord } from '../record/record.ts';
import type { Column } from '../store/column.ts';
import type { Table } from '../store/table.ts';
import { countAndFind, countMembers, groupCodes, listAll } from './column-loops.ts';
import { isPlainField, type Key, type Target } from './condition.ts';
import { isManyTexts } from './narrow.ts';
import { createRowKey, createRowValue } from './order.ts';

/** Slots given to groups: `members[i]` is the group of the i-th slot. */
export interface Grouping {
  readonly members: Int32Array;
  readonly counts: Int32Array;
  /** One above the highest group number. */
  readonly size: number;
  /** The groups that have members, in the order in which they first appear. */
  readonly order: ArrayLike<number>;
  /** The value of a group in the i-th of the group fields. */
  valueOf(group: number, i: number): unknown;
}

/** The column a target can be read from, built when worth it; undefined for nested places and texts that hardly repeat. */
export function targetColumn(table: Table, target: Target): Column | undefined {
  if (!isPlainField(target)) return undefined;
  const built = table.builtColumn(target.field.name);
  if (built !== undefined || isManyTexts(table, target.field.name)) return built;
  return table.column(target.field.name);
}

interface Part {
  readonly members: Int32Array;
  readonly size: number;
  /** The slot where each group was first met. */
  readonly first: ArrayLike<number>;
}

function allSlots(count: number): Int32Array {
  const slots = new Int32Array(count);
  listAll(slots, count);
  return slots;
}

/**
 * All records of a table by one coded field that was never null: the codes are the groups, and what an index on the
 * field holds need not be counted again.
 */
function groupWhole(table: Table, target: Target, column: Column, count: number): Grouping {
  const size = (column.dictionary as NonNullable<Column['dictionary']>).size;
  const members = column.values as Int32Array;
  const counts = new Int32Array(size);
  const first = new Int32Array(size);
  const index = table.groupIndex(column);
  if (index === undefined) countAndFind(members, counts, first, count);
  else {
    for (let code = 0; code < size; code++) {
      const group = index.group([code]);
      if (group === undefined) continue;
      counts[code] = typeof group === 'number' ? 1 : group.size;
      first[code] = typeof group === 'number' ? group : group.firstSlot;
    }
  }
  const order: number[] = [];
  for (let code = 0; code < size; code++) if ((counts[code] as number) > 0) order.push(code);
  order.sort((left, right) => (first[left] as number) - (first[right] as number));
  const read = groupValueReader(table, target);
  return { members, counts, size, order, valueOf: (group) => read(first[group] as number) };
}

/** One pass over codes and a table of group numbers by code. */
function groupByCode(codes: Int32Array, codeCount: number, slots: Int32Array | undefined, count: number): Part {
  const groups = new Int32Array(codeCount + 1).fill(-1);
  const members = new Int32Array(count);
  const first = new Int32Array(codeCount + 1);
  const listed = slots ?? allSlots(count);
  const size = groupCodes(codes, groups, first, members, listed, count);
  return { members, size, first };
}

function groupByKey(keyOf: (slot: number) => Key | null, slots: Int32Array | undefined, count: number): Part {
  const groups = new Map<Key | null, number>();
  const members = new Int32Array(count);
  const first: number[] = [];
  for (let i = 0; i < count; i++) {
    const slot = slots === undefined ? i : (slots[i] as number);
    const key = keyOf(slot);
    let group = groups.get(key);
    if (group === undefined) {
      group = first.length;
      groups.set(key, group);
      first.push(slot);
    }
    members[i] = group;
  }
  return { members, size: first.length, first };
}

function groupByTarget(table: Table, target: Target, slots: Int32Array | undefined, count: number): Part {
  const column = targetColumn(table, target);
  if (column?.dictionary !== undefined)
    return groupByCode(column.values as Int32Array, column.dictionary.size, slots, count);
  if (column !== undefined) {
    const { values } = column;
    // Null is NaN or a number no value has; a Map takes either as a key.
    return groupByKey((slot) => values[slot] as number, slots, count);
  }
  const keyOf = createRowKey(target);
  return groupByKey((slot) => keyOf(table.row(slot) as StoredRecord), slots, count);
}

function combine(left: Part, right: Part, slots: Int32Array | undefined, count: number): Part {
  const groups = new Map<number, number>();
  const members = new Int32Array(count);
  const first: number[] = [];
  for (let i = 0; i < count; i++) {
    const key = (left.members[i] as number) * right.size + (right.members[i] as number);
    let group = groups.get(key);
    if (group === undefined) {
      group = first.length;
      groups.set(key, group);
      first.push(slots === undefined ? i : (slots[i] as number));
    }
    members[i] = group;
  }
  return { members, size: first.length, first };
}

/**
 * Groups the first `count` of `slots`, or of the table's where there are none, by the targets; all in one group when
 * there are no targets.
 */
export function createGrouping(
  table: Table,
  targets: readonly Target[],
  slots: Int32Array | undefined,
  count: number,
): Grouping {
  if (slots === undefined && targets.length === 1) {
    const target = targets[0] as Target;
    const column = targetColumn(table, target);
    if (column?.isCoded === true && !column.hasNulls) return groupWhole(table, target, column, count);
  }
  let part: Part | undefined;
  for (const target of targets) {
    const next = groupByTarget(table, target, slots, count);
    part = part === undefined ? next : combine(part, next, slots, count);
  }
  const { members, size, first } = part ?? { members: new Int32Array(count), size: 1, first: [] };
  const counts = new Int32Array(size);
  countMembers(members, counts, count);
  const readers = targets.map((target) => groupValueReader(table, target));
  const order = new Int32Array(size);
  listAll(order, size);
  return { members, counts, size, order, valueOf: (group, i) => readers[i]?.(first[group] as number) };
}

/** The value of a group is that of its first record: text as that record spells it. */
export function groupValueReader(table: Table, target: Target): (slot: number) => unknown {
  const readValue = createRowValue(target);
  return (slot) => readValue(table.row(slot) as StoredRecord);
}
