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

/** Queries by the values that their fields must have: maps within maps, one level a field. */
interface EqualTable<W> {
  readonly readers: readonly KeyReader[];
  readonly root: Map<Key | null, unknown>;
  count: number;
  readonly find: (record: StoredRecord) => ReadonlySet<W> | undefined;
}

interface RangeTable<W> {
  readonly read: KeyReader;
  /** Apart, as a field of any type may hold both. */
  readonly numbers: IntervalTree<W>;
  readonly texts: IntervalTree<W>;
}

function createEqualTable<W>(targets: readonly Target[]): EqualTable<W> {
  const readers = targets.map(createRowKey);
  const root = new Map<Key | null, unknown>();
  const find = (record: StoredRecord) => {
    let level: unknown = root;
    for (let i = 0; i < readers.length && level !== undefined; i++)
      level = (level as Map<Key | null, unknown>).get((readers[i] as KeyReader)(record));
    return level as ReadonlySet<W> | undefined;
  };
  return { readers, root, count: 0, find };
}

/** Puts a value under its keys and returns what takes it out, with every level that is left empty. */
function addUnder<W>(root: Map<Key | null, unknown>, keys: readonly (Key | null)[], value: W): () => void {
  const levels: Map<Key | null, unknown>[] = [root];
  for (const key of keys.slice(0, -1)) {
    const above = levels[levels.length - 1] as Map<Key | null, unknown>;
    let level = above.get(key) as Map<Key | null, unknown> | undefined;
    if (level === undefined) {
      level = new Map();
      above.set(key, level);
    }
    levels.push(level);
  }
  const last = levels[levels.length - 1] as Map<Key | null, unknown>;
  const lastKey = keys[keys.length - 1] as Key | null;
  const found = last.get(lastKey) as Set<W> | undefined;
  const bucket = found ?? new Set<W>();
  if (found === undefined) last.set(lastKey, bucket);
  bucket.add(value);
  return () => {
    bucket.delete(value);
    if (bucket.size > 0) return;
    for (let depth = levels.length - 1; depth >= 0; depth--) {
      const level = levels[depth] as Map<Key | null, unknown>;
      level.delete(keys[depth] as Key | null);
      if (level.size > 0) return;
    }
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
    const { root } = table;
    const own = table;
    own.count++;
    const takeOut = addUnder(root, route.keys, watcher);
    return () => {
      takeOut();
      own.count--;
      if (own.count === 0) this.#equal.delete(signature);
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
      if (after !== undefined) visitAll(table.find(after), find);
      if (before !== undefined && before !== after) visitAll(table.find(before), find);
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

function visitAll<W>(found: ReadonlySet<W> | undefined, visit: (watcher: W) => void): void {
  if (found !== undefined) for (const watcher of found) visit(watcher);
}

function visitRanges<W>({ numbers, texts }: RangeTable<W>, key: Key | null, visit: (watcher: W) => void): void {
  if (key === null) return;
  if (typeof key === 'string') texts.visit(key, visit);
  else numbers.visit(key, visit);
}
