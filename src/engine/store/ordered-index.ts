import { assert } from '../ground/assert.ts';
import { type Column, NULL_INT } from './column.ts';
import { SortedRun } from './sorted-run.ts';

/** What stands for null among group keys; no code and no value is as low. */
export const NULL_KEY = Number.NEGATIVE_INFINITY;

/** The slots that share one value in each group field: most often a run, a bare slot where there is only one. */
export type Group = SortedRun | number;

/** The key of a slot in a numeric column: its value, null lowest. */
export function keyAt(column: Column, slot: number): number {
  const value = column.values[slot] as number;
  // The number that stands for null among ints is a value like any other among doubles.
  if (column.values instanceof Int32Array) return value === NULL_INT ? NULL_KEY : value;
  return value !== value ? NULL_KEY : value;
}

/**
 * An index over one or more fields: equality on its group fields, then order (and ranges) on its order field. A text
 * as the last field groups as well, for order among texts comes from its dictionary; within a group without order
 * field, and among equal keys, slots stand in the order their records were created.
 */
export class OrderedIndex {
  readonly fields: readonly string[];
  readonly groupColumns: readonly Column[];
  readonly orderColumn: Column | undefined;
  /** By the key of the only group field; by nested maps where there are more. */
  #groups: (Group | undefined)[] = [];
  readonly #nested = new Map<number, unknown>();
  #root: SortedRun | undefined;
  #size = 0;
  #groupCount = 0;
  /** What sorts in the records that were stored, while nobody has asked. */
  #sort: (() => void) | undefined;

  constructor(columns: readonly Column[]) {
    const last = columns[columns.length - 1] as Column;
    this.fields = columns.map((column) => column.field.name);
    this.orderColumn = last.isCoded ? undefined : last;
    this.groupColumns = last.isCoded ? columns : columns.slice(0, -1);
    if (this.groupColumns.length === 0) this.#root = new SortedRun(true);
  }

  /**
   * Takes nothing in until it is first asked, and then what `sort` puts in: the records of that moment. Most indexes of a
   * database that was opened serve no query of its first seconds, and sorting 100,000 records takes each 10 to 25 ms.
   */
  postpone(sort: () => void): void {
    this.#sort = sort;
  }

  /** Whether it holds the records: it does once it was asked. */
  get isSorted(): boolean {
    return this.#sort === undefined;
  }

  /** Makes it and its columns ready to be asked. Whoever reads its columns calls this first. */
  wake(): void {
    if (this.#sort === undefined) return;
    const sort = this.#sort;
    this.#sort = undefined;
    sort();
  }

  get size(): number {
    this.wake();
    return this.#size;
  }

  /** How many groups hold at least one slot, or once did. */
  get groupCount(): number {
    this.wake();
    return Math.max(1, this.#groupCount);
  }

  #orderKey(slot: number): number {
    return this.orderColumn === undefined ? 0 : keyAt(this.orderColumn, slot);
  }

  /** The group of the given keys, one a group column. */
  group(keys: readonly number[]): Group | undefined {
    this.wake();
    if (this.#root !== undefined) return this.#root;
    if (this.#isFlat) return this.#groups[(keys[0] as number) + 1];
    let node: unknown = this.#nested;
    for (const key of keys) {
      if (node === undefined) return undefined;
      node = (node as Map<number, unknown>).get(key);
    }
    return node as Group | undefined;
  }

  /** Codes are dense from 0 and null is -1 here, so one coded field needs no map. */
  get #isFlat(): boolean {
    return this.groupColumns.length === 1 && (this.groupColumns[0] as Column).isCoded;
  }

  #flatKey(slot: number): number {
    const value = (this.groupColumns[0] as Column).values[slot] as number;
    return value === NULL_INT ? 0 : value + 1;
  }

  /** The innermost map of a nested index on the way to a slot's group. */
  #mapOf(slot: number): Map<number, Group> {
    let map = this.#nested;
    for (let i = 0; i < this.groupColumns.length - 1; i++) {
      const key = keyAt(this.groupColumns[i] as Column, slot);
      let next = map.get(key) as Map<number, unknown> | undefined;
      if (next === undefined) {
        next = new Map();
        map.set(key, next);
      }
      map = next;
    }
    return map as Map<number, Group>;
  }

  #setFlat(at: number, group: Group | undefined): void {
    while (this.#groups.length <= at) this.#groups.push(undefined);
    this.#groups[at] = group;
  }

  /** Takes in a slot whose columns are set. */
  insert(slot: number): void {
    if (this.#sort !== undefined) return;
    this.#size++;
    const key = this.#orderKey(slot);
    if (this.#root !== undefined) return this.#root.insert(key, slot);
    if (this.#isFlat) {
      const at = this.#flatKey(slot);
      const group = this.#groups[at];
      const grown = this.#with(group, key, slot);
      if (grown !== group) this.#setFlat(at, grown);
      return;
    }
    const map = this.#mapOf(slot);
    const last = keyAt(this.groupColumns[this.groupColumns.length - 1] as Column, slot);
    map.set(last, this.#with(map.get(last), key, slot));
  }

  #with(group: Group | undefined, key: number, slot: number): Group {
    if (group === undefined) {
      this.#groupCount++;
      return slot;
    }
    let run = group;
    if (typeof run === 'number') {
      const alone = run;
      run = new SortedRun(this.orderColumn !== undefined);
      run.insert(this.#orderKey(alone), alone);
    }
    run.insert(key, slot);
    return run;
  }

  /** Takes out a slot; its columns must still hold what they held when it came in. */
  remove(slot: number): void {
    if (this.#sort !== undefined) return;
    this.#size--;
    const key = this.#orderKey(slot);
    if (this.#root !== undefined) return this.#root.remove(key, slot);
    if (this.#isFlat) {
      const at = this.#flatKey(slot);
      if (this.#isEmptyWithout(this.#groups[at], key, slot)) this.#groups[at] = undefined;
      return;
    }
    const map = this.#mapOf(slot);
    const last = keyAt(this.groupColumns[this.groupColumns.length - 1] as Column, slot);
    if (this.#isEmptyWithout(map.get(last), key, slot)) map.delete(last);
  }

  #isEmptyWithout(group: Group | undefined, key: number, slot: number): boolean {
    assert(group !== undefined, 'an entry to remove has a group');
    if (typeof group === 'number') {
      assert(group === slot, 'an entry to remove is in its group');
    } else {
      group.remove(key, slot);
      if (group.size > 0) return false;
    }
    this.#groupCount--;
    return true;
  }

  /**
   * Takes in many slots at once, given in the order of the order field (of slots where there is none), equal keys by
   * slot. A third of the cost of one by one.
   */
  insertMany(slots: Int32Array): void {
    if (this.#sort !== undefined) return;
    if (this.#root === undefined && !this.#isFlat) {
      for (const slot of slots) this.insert(slot);
      return;
    }
    this.#size += slots.length;
    if (this.#root !== undefined) return this.#root.insertSorted(this.#keysOf(slots), slots);
    this.#insertGroups(slots);
  }

  #keysOf(slots: Int32Array): Float64Array | undefined {
    if (this.orderColumn === undefined) return undefined;
    const keys = new Float64Array(slots.length);
    for (let i = 0; i < slots.length; i++) keys[i] = keyAt(this.orderColumn, slots[i] as number);
    return keys;
  }

  /** Parts the slots by group, each group's in their given order, by counting. */
  #insertGroups(slots: Int32Array): void {
    let top = 0;
    for (const slot of slots) top = Math.max(top, this.#flatKey(slot));
    const ends = new Int32Array(top + 2);
    for (const slot of slots) {
      const at = this.#flatKey(slot) + 1;
      ends[at] = (ends[at] as number) + 1;
    }
    for (let at = 1; at < ends.length; at++) ends[at] = (ends[at] as number) + (ends[at - 1] as number);
    const parted = new Int32Array(slots.length);
    const next = ends.slice();
    for (const slot of slots) {
      const at = this.#flatKey(slot);
      const place = next[at] as number;
      next[at] = place + 1;
      parted[place] = slot;
    }
    for (let at = 0; at <= top; at++) {
      const from = ends[at] as number;
      const to = ends[at + 1] as number;
      if (to > from) this.#insertGroup(at, parted.subarray(from, to));
    }
  }

  #insertGroup(at: number, members: Int32Array): void {
    const group = this.#groups[at];
    if (group === undefined) this.#groupCount++;
    if (group === undefined && members.length === 1) return this.#setFlat(at, members[0] as number);
    let run = group;
    if (run === undefined || typeof run === 'number') {
      run = new SortedRun(this.orderColumn !== undefined);
      if (typeof group === 'number') run.insert(this.#orderKey(group), group);
      this.#setFlat(at, run);
    }
    run.insertSorted(this.#keysOf(members), members);
  }
}
