import type { Condition, Key, Target } from '../query/condition.ts';
import { createRowKey } from '../query/order.ts';
import type { StoredRecord } from '../record/record.ts';
import { IntervalTree } from './interval-tree.ts';
import type { RecordChange } from './live-result.ts';
import { type Route, routesOf } from './route.ts';

/** What is found from a record. `stamp` is the router's: the visit in which it was found last. */
export interface Routed {
  stamp: number;
}

type KeyReader = (record: StoredRecord) => Key | null;

/** One query, or several that ask for the same values: most are alone, and a Set for each would be most of the index. */
type Bucket<W> = W | Set<W>;

/** Queries by the values that their fields must have. */
interface EqualTable<W> {
  readonly keyOf: (record: StoredRecord) => Key | null;
  readonly buckets: Map<Key | null, Bucket<W>>;
}

interface RangeTable<W> {
  readonly read: KeyReader;
  /** Apart, as a field of any type may hold both. */
  readonly numbers: IntervalTree<W>;
  readonly texts: IntervalTree<W>;
}

/** Values of several fields as one key. Told apart by kind, as a field of any type may hold 1 and '1'. */
function joinKeys(keys: readonly (Key | null)[]): Key | null {
  if (keys.length === 1) return keys[0] as Key | null;
  let joined = '';
  for (const key of keys) {
    const text = typeof key === 'string' ? key : key === null ? '' : String(key);
    joined += `${typeof key === 'string' ? 's' : key === null ? 'n' : 'd'}${text.length}:${text}`;
  }
  return joined;
}

function createEqualTable<W>(targets: readonly Target[]): EqualTable<W> {
  const readers = targets.map(createRowKey);
  const [only] = readers;
  const keyOf =
    readers.length === 1
      ? (only as KeyReader)
      : (record: StoredRecord) => joinKeys(readers.map((read) => read(record)));
  return { keyOf, buckets: new Map() };
}

/** Puts a value under a key and returns what takes it out. */
function addUnder<W extends Routed>(buckets: Map<Key | null, Bucket<W>>, key: Key | null, value: W): () => void {
  const there = buckets.get(key);
  if (there === undefined) buckets.set(key, value);
  else if (there instanceof Set) there.add(value);
  else buckets.set(key, new Set([there, value]));
  return () => {
    const bucket = buckets.get(key);
    if (bucket instanceof Set) {
      bucket.delete(value);
      if (bucket.size === 0) buckets.delete(key);
    } else if (bucket === value) buckets.delete(key);
  };
}

/**
 * An index over the live queries of one object: a record finds those that can be concerned with it by the values of its
 * fields. What is found still tests the record itself; what is not found need not be asked.
 */
export class QueryRouter<W extends Routed> {
  readonly #equal = new Map<string, EqualTable<W>>();
  readonly #ranges = new Map<string, RangeTable<W>>();
  /** Those without a way to them, asked at every write. */
  readonly #rest = new Set<W>();
  readonly #stamps: { last: number };
  #found = 0;

  /** `stamps`: the count that marks visits, one for all routers that share what they find. */
  constructor(stamps: { last: number } = { last: 0 }) {
    this.#stamps = stamps;
  }

  /** How many queries have been found since the beginning, over all writes. */
  get foundCount(): number {
    return this.#found;
  }

  /** Adds a query by its condition and returns what takes it out again. */
  add(watcher: W, condition: Condition | undefined): () => void {
    const routes = routesOf(condition);
    if (routes === undefined) {
      this.#rest.add(watcher);
      return () => this.#rest.delete(watcher);
    }
    const undos = routes.map((route) => this.#addRoute(watcher, route));
    return undos.length === 1
      ? (undos[0] as () => void)
      : () => {
          for (const undo of undos) undo();
        };
  }

  #addRoute(watcher: W, route: Route): () => void {
    if (route.kind === 'range') return this.#addRange(watcher, route);
    const signature = route.targets.map(({ path }) => path).join();
    let table = this.#equal.get(signature);
    if (table === undefined) {
      table = createEqualTable<W>(route.targets);
      this.#equal.set(signature, table);
    }
    const { buckets } = table;
    const takeOut = addUnder(buckets, joinKeys(route.keys), watcher);
    return () => {
      takeOut();
      if (buckets.size === 0) this.#equal.delete(signature);
    };
  }

  #addRange(watcher: W, { target, range }: Extract<Route, { kind: 'range' }>): () => void {
    const name = target.path;
    let table = this.#ranges.get(name);
    if (table === undefined) {
      table = { read: createRowKey(target), numbers: new IntervalTree(), texts: new IntervalTree() };
      this.#ranges.set(name, table);
    }
    const own = table;
    const tree = typeof (range.lower ?? range.upper) === 'string' ? own.texts : own.numbers;
    const takeOut = tree.add(range, watcher);
    return () => {
      takeOut();
      if (own.numbers.size + own.texts.size === 0) this.#ranges.delete(name);
    };
  }

  /** Calls `visit` once with every query that a change, by the record as it was or as it is, can concern. */
  visit(change: RecordChange, visit: (watcher: W, change: RecordChange) => void): void {
    const { before, after } = change;
    const stamp = ++this.#stamps.last;
    const find = (watcher: W) => {
      if (watcher.stamp === stamp) return;
      watcher.stamp = stamp;
      this.#found++;
      visit(watcher, change);
    };
    for (const table of this.#equal.values()) {
      const key = after === undefined ? undefined : table.keyOf(after);
      if (key !== undefined) visitBucket(table.buckets.get(key), find);
      if (before === undefined || before === after) continue;
      const old = table.keyOf(before);
      if (old !== key) visitBucket(table.buckets.get(old), find);
    }
    for (const table of this.#ranges.values()) {
      const key = after === undefined ? null : table.read(after);
      const old = before === undefined || before === after ? key : table.read(before);
      visitRanges(table, key, find);
      if (old !== key) visitRanges(table, old, find);
    }
    for (const watcher of this.#rest) find(watcher);
  }
}

function visitBucket<W>(bucket: Bucket<W> | undefined, visit: (watcher: W) => void): void {
  if (bucket === undefined) return;
  if (bucket instanceof Set) for (const watcher of bucket) visit(watcher);
  else visit(bucket);
}

function visitRanges<W>({ numbers, texts }: RangeTable<W>, key: Key | null, visit: (watcher: W) => void): void {
  if (key === null) return;
  if (typeof key === 'string') texts.visit(key, visit);
  else numbers.visit(key, visit);
}
