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
  return value === NULL_INT || value !== value ? NULL_KEY : value;
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

  constructor(columns: readonly Column[]) {
    const last = columns[columns.length - 1] as Column;
    this.fields = columns.map((column) => column.field.name);
    this.orderColumn = last.isCoded ? undefined : last;
    this.groupColumns = last.isCoded ? columns : columns.slice(0, -1);
    if (this.groupColumns.length === 0) this.#root = new SortedRun(true);
  }

  get size(): number {
    return this.#size;
  }

  /** How many groups hold at least one slot, or once did. */
  get groupCount(): number {
    return Math.max(1, this.#groupCount);
  }

  #orderKey(slot: number): number {
    return this.orderColumn === undefined ? 0 : keyAt(this.orderColumn, slot);
  }

  /** The group of the given keys, one a group column. */
  group(keys: readonly number[]): Group | undefined {
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

  /** Takes in many slots at once: sorted first, then merged, which costs a third of one by one. */
  insertMany(slots: Int32Array): void {
    const keys = Float64Array.from(slots, (slot) => this.#orderKey(slot));
    if (this.#root !== undefined) {
      this.#size += slots.length;
      return insertSortedByKey(this.#root, keys, slots);
    }
    if (!this.#isFlat) {
      for (const slot of slots) this.insert(slot);
      return;
    }
    for (const [at, members] of this.#partition(slots)) {
      this.#size += members.length;
      let group = this.#groups[at];
      if (group === undefined || typeof group === 'number') {
        if (group === undefined) this.#groupCount++;
        const run = new SortedRun(this.orderColumn !== undefined);
        if (typeof group === 'number') run.insert(this.#orderKey(group), group);
        group = run;
        if (members.length === 1 && run.size === 0) {
          this.#setFlat(at, members[0] as number);
          continue;
        }
        this.#setFlat(at, run);
      }
      if (this.orderColumn === undefined) group.insertSorted(undefined, members);
      else insertSortedByKey(group, Float64Array.from(members, (slot) => this.#orderKey(slot)), members);
    }
  }

  /** The slots of each group, in their given order, by counting. */
  #partition(slots: Int32Array): Map<number, Int32Array> {
    const counts = new Map<number, number>();
    for (const slot of slots) {
      const at = this.#flatKey(slot);
      counts.set(at, (counts.get(at) ?? 0) + 1);
    }
    const members = new Map<number, Int32Array>();
    for (const [at, count] of counts) {
      members.set(at, new Int32Array(count));
      counts.set(at, 0);
    }
    for (const slot of slots) {
      const at = this.#flatKey(slot);
      const place = counts.get(at) as number;
      (members.get(at) as Int32Array)[place] = slot;
      counts.set(at, place + 1);
    }
    return members;
  }
}

/** Slots come in ascending order, so a stable sort by key gives the order of (key, slot). */
function insertSortedByKey(run: SortedRun, keys: Float64Array, slots: Int32Array): void {
  const order = sortOrder(keys);
  run.insertSorted(
    Float64Array.from(order, (i) => keys[i] as number),
    Int32Array.from(order, (i) => slots[i] as number),
  );
}

/** The places of `keys` in ascending order of key, equal keys in ascending place. */
function sortOrder(keys: Float64Array): Int32Array {
  const order = new Int32Array(keys.length);
  let sorted = true;
  for (let i = 0; i < order.length; i++) {
    order[i] = i;
    if (i > 0 && (keys[i] as number) < (keys[i - 1] as number)) sorted = false;
  }
  if (sorted) return order;
  return order.sort((left, right) => (keys[left] as number) - (keys[right] as number) || left - right);
}
