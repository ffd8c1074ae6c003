import { Observable } from 'rxjs';
import { createError } from '../ground/errors.ts';
import { Listeners } from '../ground/listeners.ts';
import type { Change } from '../write/change.ts';
import { type Delta, diff, firstDelta, isEmptyDelta, type Keyed } from './delta.ts';

/** What keeps a result in step with its table. */
export interface LiveResult<T> {
  /** Takes in one change; whether the rows may differ for it. */
  apply(change: Change): boolean;
  rows(): readonly Keyed<T>[];
  /** Forgets what depends on the moment, where something does. */
  expire?(): void;
}

interface Delivery<T> {
  readonly version: number;
  readonly delta: Delta<T>;
  readonly snapshot: readonly T[];
}

/**
 * A query whose result stays true. The snapshot is in step with every read at any moment; listeners hear of each
 * commit that changed it, in order, after it. Unchanged rows keep their identity from snapshot to snapshot.
 */
export class LiveQuery<T> {
  readonly #result: LiveResult<T>;
  readonly #listeners: Listeners<Delivery<T>>;
  readonly #onClose: (query: LiveQuery<T>) => void;
  #rows: readonly Keyed<T>[];
  #snapshot: readonly T[];
  #version = 0;
  #waiting: Delivery<T>[] = [];
  #closed = false;
  readonly #completions = new Set<() => void>();

  constructor(result: LiveResult<T>, onError: (error: unknown) => void, onClose: (query: LiveQuery<T>) => void) {
    this.#result = result;
    this.#listeners = new Listeners(onError);
    this.#onClose = onClose;
    this.#rows = result.rows();
    this.#snapshot = snapshotOf(this.#rows);
  }

  /** The present result, the same array until it changes. Fits React's `useSyncExternalStore`. */
  readonly getSnapshot = (): readonly T[] => this.#snapshot;

  /** Calls `listener` after each commit that changed the result. Returns what stops it. */
  readonly subscribe = (listener: () => void): (() => void) => this.#listen(() => listener());

  /** The result now, and again after each commit that changed it. Completes when the query is closed. */
  readonly result$: Observable<readonly T[]> = new Observable((subscriber) =>
    this.#attach(
      subscriber,
      () => subscriber.next(this.#snapshot),
      ({ snapshot }) => subscriber.next(snapshot),
    ),
  );

  /** First a delta that adds the whole present result, then one for each commit that changed it. */
  readonly delta$: Observable<Delta<T>> = new Observable((subscriber) =>
    this.#attach(
      subscriber,
      () => subscriber.next(firstDelta(this.#snapshot)),
      ({ delta }) => subscriber.next(delta),
    ),
  );

  /** `begin` tells the present result. What a subscriber writes while it hears that is told to it afterwards. */
  #attach(subscriber: { complete(): void }, begin: () => void, hear: (delivery: Delivery<T>) => void): () => void {
    if (this.#closed) {
      begin();
      subscriber.complete();
      return () => undefined;
    }
    const held: Delivery<T>[] = [];
    let begun = false;
    const stop = this.#listen((delivery) => {
      if (begun) hear(delivery);
      else held.push(delivery);
    });
    const complete = () => subscriber.complete();
    this.#completions.add(complete);
    begin();
    for (let next = held.shift(); next !== undefined; next = held.shift()) hear(next);
    begun = true;
    return () => {
      this.#completions.delete(complete);
      stop();
    };
  }

  #listen(hear: (delivery: Delivery<T>) => void): () => void {
    if (this.#closed) throw createError('DATABASE_CLOSED', 'the live query has been closed');
    // What is already in the snapshot that the listener starts from is not told to it again.
    const since = this.#version;
    return this.#listeners.add((delivery) => {
      if (delivery.version > since) hear(delivery);
    });
  }

  /** Takes in a change of the commit under way. Returns whether `settle` has something to do. */
  apply(change: Change): boolean {
    return this.#result.apply(change);
  }

  /** Brings the snapshot up to the commit. Returns whether there is something to tell. */
  settle(): boolean {
    const rows = this.#result.rows();
    const delta = diff(this.#rows, rows);
    this.#rows = rows;
    if (isEmptyDelta(delta)) return false;
    this.#snapshot = snapshotOf(rows);
    this.#version++;
    this.#waiting.push({ version: this.#version, delta, snapshot: this.#snapshot });
    return true;
  }

  /** Tells the listeners of the oldest commit not yet told. */
  announce(): void {
    const delivery = this.#waiting.shift();
    if (delivery !== undefined && !this.#closed) this.#listeners.call(delivery);
  }

  /** Ends the query: no listener is called again, Observables complete. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.clear();
    this.#waiting = [];
    this.#onClose(this);
    for (const complete of [...this.#completions]) complete();
    this.#completions.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function snapshotOf<T>(rows: readonly Keyed<T>[]): readonly T[] {
  return Object.freeze(rows.map(({ row }) => row));
}
