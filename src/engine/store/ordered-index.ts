import { assert } from '../ground/assert.ts';
import { type Column, NULL_INT } from './column.ts';
import { keyAt } from './column-key.ts';
import { partSlots } from './part-slots.ts';
import { sortSlotsBy } from './sort-slots.ts';
import { SortedRun } from './sorted-run.ts';

/** The slots that share one value in each group field: most often a run, a bare slot where there is only one. */
export type Group = SortedRun | number;

export const NO_INDEXES: readonly OrderedIndex[] = [];

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
  /** Slots put in before their groups were asked for, by group, in their own order; each group is sorted when it is. */
  #unsorted: (Int32Array | undefined)[] | undefined;
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
    if (this.#isFlat) {
      const at = (keys[0] as number) + 1;
      if (this.#unsorted !== undefined) this.#sortGroup(at);
      return this.#groups[at];
    }
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
      if (this.#unsorted !== undefined) this.#sortGroup(at);
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
      if (this.#unsorted !== undefined) this.#sortGroup(at);
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
   * Takes in all slots of an index that is empty, in their own order. Where there are groups each is sorted when it is first
   * asked for: a screen asks for a few of 500, and sorting 100,000 by one field takes 30 ms.
   */
  insertAll(slots: Int32Array): void {
    if (this.orderColumn === undefined || !this.#isFlat) {
      this.insertMany(this.orderColumn === undefined ? slots : sortSlotsBy(this.orderColumn, slots));
      return;
    }
    const { parted, ends } = partSlots((this.groupColumns[0] as Column).values as Int32Array, slots);
    this.#unsorted = [];
    for (let at = 0, from = 0; at < ends.length; at++) {
      const to = ends[at] as number;
      this.#unsorted.push(to > from ? parted.subarray(from, to) : undefined);
      if (to > from) this.#groupCount++;
      from = to;
    }
    this.#size = slots.length;
  }

  #sortGroup(at: number): void {
    const slots = this.#unsorted?.[at];
    if (slots === undefined || this.#unsorted === undefined) return;
    this.#unsorted[at] = undefined;
    this.#groupCount--;
    this.#insertGroup(at, sortSlotsBy(this.orderColumn as Column, slots));
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

  #insertGroups(slots: Int32Array): void {
    const { parted, ends } = partSlots((this.groupColumns[0] as Column).values as Int32Array, slots);
    for (let at = 0, from = 0; at < ends.length; at++) {
      const to = ends[at] as number;
      if (to > from) this.#insertGroup(at, parted.subarray(from, to));
      from = to;
    }
  }

  #insertGroup(at: number, members: Int32Array): void {
    if (this.#unsorted !== undefined) this.#sortGroup(at);
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
