import type { Condition, Key, Target } from '../query/condition.ts';
import { createRowKey } from '../query/order.ts';
import type { StoredRecord } from '../record/record.ts';
import { type Bucket, EqualTable } from './equal-table.ts';
import { IntervalTree } from './interval-tree.ts';
import type { RecordChange } from './live-result.ts';
import { type Route, routesOf } from './route.ts';

/** What is found from a record. `stamp` is the router's: the visit in which it was found last. */
export interface Routed {
  stamp: number;
}

type Visit<W> = (watcher: W, change: RecordChange) => void;

type KeyReader = (record: StoredRecord) => Key | null;

interface RangeTable<W> {
  readonly read: KeyReader;
  /** Apart, as a field of any type may hold both. */
  readonly numbers: IntervalTree<W>;
  readonly texts: IntervalTree<W>;
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
  #foundCount = 0;

  /** `stamps`: the count that marks visits, one for all routers that share what they find. */
  constructor(stamps: { last: number } = { last: 0 }) {
    this.#stamps = stamps;
  }

  /** How many queries have been found since the beginning, over all writes. */
  get foundCount(): number {
    return this.#foundCount;
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
    return this.#addEqual(watcher, route.targets, route.keys);
  }

  /** Apart, so that what it returns holds on to no more than it needs: each live query has one. */
  #addEqual(watcher: W, targets: readonly Target[], keys: readonly (Key | null)[]): () => void {
    const signature = signatureOf(targets);
    let table = this.#equal.get(signature);
    if (table === undefined) {
      table = new EqualTable<W>(targets);
      this.#equal.set(signature, table);
    }
    const own = table;
    own.add(keys, watcher);
    return () => {
      own.remove(keys, watcher);
      // Another may have been made since this one was empty.
      if (own.isEmpty && this.#equal.get(signature) === own) this.#equal.delete(signature);
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
  visit(change: RecordChange, visit: Visit<W>): void {
    const { before, after } = change;
    const stamp = ++this.#stamps.last;
    for (const table of this.#equal.values()) {
      const bucket = after === undefined ? undefined : table.find(after);
      if (bucket !== undefined) this.#visitBucket(bucket, stamp, change, visit);
      if (before === undefined || before === after) continue;
      const old = table.find(before);
      if (old !== undefined && old !== bucket) this.#visitBucket(old, stamp, change, visit);
    }
    if (this.#ranges.size > 0) this.#visitRanges(stamp, change, visit);
    if (this.#rest.size > 0) this.#visitBucket(this.#rest, stamp, change, visit);
  }

  #visitBucket(bucket: Bucket<W>, stamp: number, change: RecordChange, visit: Visit<W>): void {
    if (bucket instanceof Set) for (const watcher of bucket) this.#found(watcher, stamp, change, visit);
    else this.#found(bucket, stamp, change, visit);
  }

  #visitRanges(stamp: number, change: RecordChange, visit: Visit<W>): void {
    const { before, after } = change;
    const find = (watcher: W) => this.#found(watcher, stamp, change, visit);
    for (const table of this.#ranges.values()) {
      const key = after === undefined ? null : table.read(after);
      const old = before === undefined || before === after ? key : table.read(before);
      visitRanges(table, key, find);
      if (old !== key) visitRanges(table, old, find);
    }
  }

  #found(watcher: W, stamp: number, change: RecordChange, visit: Visit<W>): void {
    if (watcher.stamp === stamp) return;
    watcher.stamp = stamp;
    this.#foundCount++;
    visit(watcher, change);
  }
}

/** What tells one set of fields from another. */
function signatureOf(targets: readonly Target[]): string {
  return targets.length === 1 ? (targets[0] as Target).path : targets.map(({ path }) => path).join();
}

function visitRanges<W>({ numbers, texts }: RangeTable<W>, key: Key | null, visit: (watcher: W) => void): void {
  if (key === null) return;
  if (typeof key === 'string') texts.visit(key, visit);
  else numbers.visit(key, visit);
}
