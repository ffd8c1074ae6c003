import { formatDate, formatDateTime } from '../ground/date-time.ts';
import type { StoredRecord } from '../record/record.ts';
import { type Column, NULL_INT } from '../store/column.ts';
import type { Table } from '../store/table.ts';
import type { Key, Target } from './condition.ts';
import { isManyTexts } from './narrow.ts';
import { createRowKey } from './order.ts';
import { createProjection } from './project.ts';

/** Slots given to groups: `members[i]` is the group of the i-th slot; groups are numbered as they first appear. */
export interface Grouping {
  readonly members: Int32Array;
  readonly counts: Int32Array;
  readonly size: number;
  /** The value of each group field for a group, in the order of the fields. */
  valuesOf(group: number): readonly unknown[];
}

/** The column a target can be read from, built when worth it; undefined for nested places and texts that hardly repeat. */
export function targetColumn(table: Table, target: Target): Column | undefined {
  if (target.steps.length > 0 || target.field.type === 'list') return undefined;
  const built = table.builtColumn(target.field.name);
  if (built !== undefined || isManyTexts(table, target.field.name)) return built;
  return table.column(target.field.name);
}

/** The stored value that a number of a column stands for. */
export function columnValue(column: Column, value: number): unknown {
  if (value === NULL_INT || value !== value) return null;
  if (column.dictionary !== undefined) return column.dictionary.texts[value];
  const { type } = column.field;
  if (type === 'dateTime') return formatDateTime(value);
  if (type === 'date') return formatDate(value);
  return type === 'boolean' ? value === 1 : value;
}

interface Part {
  readonly members: Int32Array;
  readonly size: number;
  readonly first: readonly number[];
}

/** One pass over codes and a table of group numbers by code: 2 ns a record. */
function groupByCode(codes: Int32Array, codeCount: number, slots: Int32Array, count: number): Part {
  const groups = new Int32Array(codeCount + 1).fill(-1);
  const members = new Int32Array(count);
  const first: number[] = [];
  for (let i = 0; i < count; i++) {
    const code = codes[slots[i] as number] as number;
    const at = code === NULL_INT ? 0 : code + 1;
    let group = groups[at] as number;
    if (group < 0) {
      group = first.length;
      groups[at] = group;
      first.push(slots[i] as number);
    }
    members[i] = group;
  }
  return { members, size: first.length, first };
}

function groupByKey(keyOf: (slot: number) => Key | null, slots: Int32Array, count: number): Part {
  const groups = new Map<Key | null, number>();
  const members = new Int32Array(count);
  const first: number[] = [];
  for (let i = 0; i < count; i++) {
    const slot = slots[i] as number;
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

function groupByTarget(table: Table, target: Target, slots: Int32Array, count: number): Part {
  const column = targetColumn(table, target);
  if (column?.dictionary !== undefined) return groupByCode(column.values as Int32Array, column.dictionary.size, slots, count);
  if (column !== undefined) {
    const { values } = column;
    // Null is NaN or a number no value has; a Map takes either as a key.
    return groupByKey((slot) => values[slot] as number, slots, count);
  }
  const keyOf = createRowKey(target);
  return groupByKey((slot) => keyOf(table.rows[slot] as StoredRecord), slots, count);
}

function combine(left: Part, right: Part, slots: Int32Array, count: number): Part {
  const groups = new Map<number, number>();
  const members = new Int32Array(count);
  const first: number[] = [];
  for (let i = 0; i < count; i++) {
    const key = (left.members[i] as number) * right.size + (right.members[i] as number);
    let group = groups.get(key);
    if (group === undefined) {
      group = first.length;
      groups.set(key, group);
      first.push(slots[i] as number);
    }
    members[i] = group;
  }
  return { members, size: first.length, first };
}

/** Groups the first `count` of `slots` by the targets; all in one group when there are none. */
export function createGrouping(table: Table, targets: readonly Target[], slots: Int32Array, count: number): Grouping {
  let part: Part | undefined;
  for (const target of targets) {
    const next = groupByTarget(table, target, slots, count);
    part = part === undefined ? next : combine(part, next, slots, count);
  }
  const { members, size, first } = part ?? { members: new Int32Array(count), size: 1, first: [] };
  const counts = new Int32Array(size);
  for (let i = 0; i < count; i++) {
    const group = members[i] as number;
    counts[group] = (counts[group] as number) + 1;
  }
  const readers = targets.map((target) => groupValueReader(table, target));
  return { members, counts, size, valuesOf: (group) => readers.map((read) => read(first[group] as number)) };
}

/** Text shows its first stored spelling, so that a group's name does not hang on which record came first. */
function groupValueReader(table: Table, target: Target): (slot: number) => unknown {
  const column = targetColumn(table, target);
  if (column !== undefined) return (slot) => columnValue(column, column.values[slot] as number);
  const project = createProjection([target]);
  return (slot) => project(table.rows[slot] as StoredRecord)[target.path];
}
