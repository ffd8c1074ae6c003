import { Observable } from 'rxjs';
import { must } from '../ground/assert.ts';
import { createError } from '../ground/errors.ts';
import { Listeners } from '../ground/listeners.ts';
import type { StoredRecord } from '../record/record.ts';
import { ChangeReader } from './change-reader.ts';
import { type Delta, firstDelta, isEmptyDelta, type Keyed } from './delta.ts';
import { diff } from './diff.ts';
import type { LiveSource, LiveWindow } from './live-source.ts';
import type { OpenResult } from './open-result.ts';
import { ANNOUNCE, type SharedResult, type Step, type StepListener, TAKE } from './shared-result.ts';

export interface LiveOptions {
  /** Closes the live query when it is raised. */
  readonly signal?: AbortSignal | undefined;
  /**
   * When listeners are told: with each commit (default), or of all commits of a turn of the event loop or of a frame of
   * the screen together.
   */
  readonly deliver?: 'commit' | 'microtask' | 'frame' | undefined;
}

/** A step as one live query tells it. */
interface Delivery<T> {
  readonly version: number;
  readonly delta: Delta<T>;
  readonly snapshot: readonly T[];
  /** The rows of the snapshot with what tells them apart, where deliveries are put off. */
  readonly rows: readonly Keyed<T>[] | undefined;
  /** The step of the result that it tells; undefined where the live query moved by itself. */
  readonly step: Step<T> | undefined;
  /** Whether its turn has come: that of a step when its commit is announced. */
  due: boolean;
}

export function createDelivery<T>(
  version: number,
  delta: Delta<T>,
  snapshot: readonly T[],
  rows: readonly Keyed<T>[] | undefined,
  step: Step<T> | undefined,
): Delivery<T> {
  return { version, delta, snapshot, rows, step, due: step === undefined };
}

/** What a live query stands on: the database's. */
export interface LiveHost {
  readonly onError: (error: unknown) => void;
  /** The result of a source, in a window of its own where one is given. */
  attach(source: LiveSource, window: LiveWindow | undefined): OpenResult;
  detach(open: OpenResult): void;
  release(query: LiveQuery<StoredRecord>): void;
  /** Puts off what listeners are told. Returns what calls it off. */
  later(when: 'microtask' | 'frame', action: () => void): () => void;
}

/**
 * A query whose result stays true. The snapshot is in step with every read at any moment; listeners hear of each
 * commit that changed it, in order, after it. Unchanged rows keep their identity from snapshot to snapshot.
 */
export class LiveQuery<T> implements AsyncIterable<readonly T[]>, StepListener<StoredRecord> {
  readonly #host: LiveHost;
  readonly #source: LiveSource;
  readonly #options: LiveOptions;
  #open: OpenResult;
  /** Made with the first of them. */
  #listeners: Listeners<Delivery<T>> | undefined;
  #version = 0;
  #waiting: Delivery<T>[] | undefined;
  #closed = false;
  /** Made when somebody is to be told of the end. */
  #completions: Set<() => void> | undefined;
  /** With deliveries put off: the rows that listeners know. */
  #known: readonly Keyed<T>[] | undefined;
  /** Whether there are newer ones. */
  #behind = false;
  #callOff: (() => void) | undefined;
  #telling = false;

  constructor(host: LiveHost, source: LiveSource, options: LiveOptions) {
    this.#host = host;
    this.#source = source;
    this.#options = options;
    this.#open = host.attach(source, undefined);
    this.#open.shared.listen(this);
    if (options.deliver !== undefined && options.deliver !== 'commit') this.#known = this.#copyRows();
    const { signal } = options;
    if (signal === undefined) return;
    const abort = () => this.close();
    signal.addEventListener('abort', abort);
    this.#completions = new Set([() => signal.removeEventListener('abort', abort)]);
  }

  /** The result behind it, which equal queries have in common. */
  get shared(): SharedResult {
    return this.#open.shared;
  }

  get #rows(): readonly Keyed<T>[] {
    return this.#open.shared.rows as unknown as readonly Keyed<T>[];
  }

  /** What can be compared with later rows: the list itself goes with the time. */
  #copyRows(): readonly Keyed<T>[] {
    return [...this.#rows];
  }

  /** The present result, the same array until it changes. Fits React's `useSyncExternalStore`. */
  readonly getSnapshot = (): readonly T[] => this.#open.shared.snapshot as readonly unknown[] as readonly T[];

  /** Calls `listener` after each commit that changed the result. Returns what stops it. */
  readonly subscribe = (listener: () => void): (() => void) => this.#listen(() => listener());

  /** The result now, and again after each commit that changed it. Completes when the query is closed. */
  get result$(): Observable<readonly T[]> {
    return new Observable((subscriber) =>
      this.#tell(
        subscriber,
        () => subscriber.next(this.getSnapshot()),
        ({ snapshot }) => subscriber.next(snapshot),
      ),
    );
  }

  /** First a delta that adds the whole present result, then one for each commit that changed it. */
  get delta$(): Observable<Delta<T>> {
    return new Observable((subscriber) =>
      this.#tell(
        subscriber,
        () => subscriber.next(firstDelta(this.getSnapshot())),
        ({ delta }) => subscriber.next(delta),
      ),
    );
  }

  /** What libraries look for that take any Observable. */
  '@@observable'(): Observable<readonly T[]> {
    return this.result$;
  }

  /** `begin` tells the present result. What a subscriber writes while it hears that is told to it afterwards. */
  #tell(subscriber: { complete(): void }, begin: () => void, hear: (delivery: Delivery<T>) => void): () => void {
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
    this.#completions ??= new Set();
    this.#completions.add(complete);
    begin();
    for (let next = held.shift(); next !== undefined; next = held.shift()) hear(next);
    begun = true;
    return () => {
      this.#completions?.delete(complete);
      stop();
    };
  }

  #listen(hear: (delivery: Delivery<T>) => void): () => void {
    if (this.#closed) throw createError('DATABASE_CLOSED', 'the live query has been closed');
    // What is already in the snapshot that the listener starts from is not told to it again.
    const since = this.#version;
    let start = this.#behind ? this.#copyRows() : undefined;
    this.#listeners ??= new Listeners(this.#host.onError);
    return this.#listeners.add((delivery) => {
      if (delivery.version <= since) return;
      const delta = start === undefined || delivery.rows === undefined ? delivery.delta : diff(start, delivery.rows);
      start = undefined;
      if (!isEmptyDelta(delta)) hear(delta === delivery.delta ? delivery : { ...delivery, delta });
    });
  }

  /** Of the engine: the result has moved with a commit; listeners are told when it is announced. */
  [TAKE](step: Step<StoredRecord>): void {
    this.#take((step as unknown as Step<T>).delta, step as unknown as Step<T>);
  }

  #take(delta: Delta<T>, step: Step<T> | undefined): void {
    const { deliver = 'commit' } = this.#options;
    if (deliver === 'commit') {
      this.#waiting ??= [];
      this.#waiting.push(this.#delivery(delta, step));
    } else if (!this.#behind) {
      this.#behind = true;
      this.#callOff = this.#host.later(deliver, () => this.#tellKnown());
    }
  }

  #delivery(delta: Delta<T>, step: Step<T> | undefined): Delivery<T> {
    this.#version++;
    return createDelivery(this.#version, delta, this.getSnapshot(), this.#known, step);
  }

  /** Tells what has come together since the listeners were told last. Who came meanwhile knows some of it. */
  #tellKnown(): void {
    this.#behind = false;
    if (this.#closed) return;
    const before = must(this.#known, 'what listeners know is kept where deliveries are put off');
    this.#known = this.#copyRows();
    this.#listeners?.call(this.#delivery(diff(before, this.#known), undefined));
  }

  /**
   * Of the engine: the turn of a step has come, and of those before it, unless they have been told already: a write made by
   * a listener that the clock woke is announced before the clock's own steps are all told.
   */
  [ANNOUNCE](step: Step<StoredRecord>): void {
    const waiting = this.#waiting ?? [];
    const last = waiting.findIndex((delivery) => delivery.step === (step as unknown as Step<T>));
    for (let i = 0; i <= last; i++) (waiting[i] as Delivery<T>).due = true;
    this.#tellDue();
  }

  /** Tells what is due, one after another: what comes due while listeners hear of one waits until all have heard of it. */
  #tellDue(): void {
    if (this.#telling) return;
    this.#telling = true;
    while (this.#waiting?.[0]?.due === true) {
      const delivery = this.#waiting.shift() as Delivery<T>;
      this.#listeners?.call(delivery);
    }
    this.#telling = false;
  }

  /**
   * Shows other rows of all that fit, as a list that is scrolled does: listeners hear of the difference as of any other.
   * Throws `MALFORMED_QUERY`, or `TRANSACTION_OPEN` while writes are under way.
   */
  setWindow(offset: number, limit: number): void {
    if (this.#closed) throw createError('DATABASE_CLOSED', 'the live query has been closed');
    const open = this.#host.attach(this.#source, { offset, limit });
    const before = this.#rows;
    this.#open.shared.unlisten(this);
    this.#host.detach(this.#open);
    this.#open = open;
    open.shared.listen(this);
    const delta = diff(before, this.#rows);
    if (!isEmptyDelta(delta)) this.#take(delta, undefined);
    // Nobody announces the steps of the result that it has left.
    for (const delivery of this.#waiting ?? []) delivery.due = true;
    this.#tellDue();
  }

  /**
   * The result now, and again each time it has changed since it was last asked for: a reader that is slow gets the newest
   * and none of those between. Ends when the query is closed.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<readonly T[], undefined, undefined> {
    return this.#read((snapshot) => snapshot);
  }

  /**
   * What changed, beginning with the whole present result. A reader that is slow gets what happened meanwhile as one
   * delta: added up, they are the result always. Ends when the query is closed.
   */
  deltas(): AsyncIterableIterator<Delta<T>, undefined, undefined> {
    let told: readonly Keyed<T>[] | undefined;
    return this.#read((snapshot) => {
      const before = told;
      told = this.#copyRows();
      if (before === undefined) return firstDelta(snapshot);
      const delta = diff(before, told);
      return isEmptyDelta(delta) ? undefined : delta;
    });
  }

  /** `make`: what is read of rows that are others than those read before, if anything. */
  #read<V>(make: (snapshot: readonly T[]) => V | undefined): ChangeReader<V> {
    let told: readonly T[] | undefined;
    return new ChangeReader({
      take: () => {
        const snapshot = this.getSnapshot();
        if (snapshot === told) return undefined;
        told = snapshot;
        return make(snapshot);
      },
      isClosed: () => this.#closed,
      listen: (wake) => {
        const stop = this.#listen(wake);
        this.#completions ??= new Set();
        this.#completions.add(wake);
        return () => {
          this.#completions?.delete(wake);
          stop();
        };
      },
    });
  }

  /** Ends the query: no listener is called again, Observables complete. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners?.clear();
    this.#waiting = undefined;
    this.#open.shared.unlisten(this);
    this.#host.detach(this.#open);
    this.#callOff?.();
    this.#host.release(this as unknown as LiveQuery<StoredRecord>);
    const completions = this.#completions ?? [];
    this.#completions = undefined;
    for (const complete of [...completions]) complete();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
