import type { Key, Target } from '../query/condition.ts';
import { createRowKey } from '../query/order.ts';
import type { StoredRecord } from '../record/record.ts';

/** One query, or several that ask for the same values: most are alone, and a Set for each would be most of the index. */
export type Bucket<W> = W | Set<W>;

/** A bucket whose values nothing else begins with: the rest of them need no maps of their own. */
class Lone<W> {
  readonly keys: readonly (Key | null)[];
  bucket: Bucket<W>;

  constructor(keys: readonly (Key | null)[], bucket: Bucket<W>) {
    this.keys = keys;
    this.bucket = bucket;
  }
}

type Branch<W> = Map<Key | null, Lone<W> | Branch<W>>;

/**
 * Queries by the values that some fields must have: a tree with a level a field, cut short where one query is alone on its
 * branch. Looking up allocates nothing; joining the values to one text took 0.6 us a write and 0.4 KB of garbage.
 */
export class EqualTable<W> {
  readonly #readers: readonly ((record: StoredRecord) => Key | null)[];
  readonly #root: Branch<W> = new Map();

  constructor(targets: readonly Target[]) {
    this.#readers = targets.map(createRowKey);
  }

  get isEmpty(): boolean {
    return this.#root.size === 0;
  }

  /** Those that ask for the values of a record. */
  find(record: StoredRecord): Bucket<W> | undefined {
    const readers = this.#readers;
    let branch = this.#root;
    for (let level = 0; level < readers.length; level++) {
      const below = branch.get(readers[level]?.(record) as Key | null);
      if (below === undefined) return undefined;
      if (below instanceof Map) {
        branch = below;
        continue;
      }
      for (let rest = level + 1; rest < readers.length; rest++)
        if (!isSameKey(readers[rest]?.(record) as Key | null, below.keys[rest] as Key | null)) return undefined;
      return below.bucket;
    }
    return undefined;
  }

  /** `keys`: by the order of the fields. */
  add(keys: readonly (Key | null)[], value: W): void {
    let branch = this.#root;
    for (let level = 0; ; level++) {
      const key = keys[level] as Key | null;
      const below = branch.get(key);
      if (below === undefined) {
        branch.set(key, new Lone(keys, value));
        return;
      }
      if (below instanceof Map) {
        branch = below;
        continue;
      }
      if (areSameKeys(below.keys, keys)) {
        if (below.bucket instanceof Set) below.bucket.add(value);
        else below.bucket = new Set([below.bucket, value]);
        return;
      }
      const next: Branch<W> = new Map([[below.keys[level + 1] as Key | null, below]]);
      branch.set(key, next);
      branch = next;
    }
  }

  remove(keys: readonly (Key | null)[], value: W): void {
    removeFrom(this.#root, keys, 0, value);
  }
}

/** As a Map tells keys apart. */
function isSameKey(left: Key | null, right: Key | null): boolean {
  return left === right || (left !== left && right !== right);
}

function areSameKeys(left: readonly (Key | null)[], right: readonly (Key | null)[]): boolean {
  return left.every((key, at) => isSameKey(key, right[at] as Key | null));
}

function removeFrom<W>(branch: Branch<W>, keys: readonly (Key | null)[], level: number, value: W): void {
  const key = keys[level] as Key | null;
  const below = branch.get(key);
  if (below === undefined) return;
  if (below instanceof Map) {
    removeFrom(below, keys, level + 1, value);
    if (below.size === 0) branch.delete(key);
    return;
  }
  if (!areSameKeys(below.keys, keys)) return;
  if (below.bucket instanceof Set) {
    below.bucket.delete(value);
    if (below.bucket.size === 0) branch.delete(key);
  } else if (below.bucket === value) branch.delete(key);
}
