import { Observable } from 'rxjs';
import { must } from '../ground/assert.ts';
import { createError } from '../ground/errors.ts';
import { Listeners } from '../ground/listeners.ts';
import type { StoredRecord } from '../record/record.ts';
import type { ChangeFeed } from '../store/change-feed.ts';
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
  /** How long the chain of answers is that led to it. */
  readonly depth: number;
  /** Whether its turn has come: that of a step when its commit is announced. */
  due: boolean;
}

export function createDelivery<T>(
  version: number,
  delta: Delta<T>,
  snapshot: readonly T[],
  rows: readonly Keyed<T>[] | undefined,
  step: Step<T> | undefined,
  depth: number,
): Delivery<T> {
  return { version, delta, snapshot, rows, step, depth, due: step === undefined };
}

/** What waits holds on to its rows: of a long list few can wait. */
function weightOf({ snapshot }: Delivery<unknown>): number {
  return 1 + (snapshot.length >> 8);
}

/** Of the change feed: what keeps listeners from answering each other for ever. */
export type Chain = Pick<ChangeFeed, 'backlog' | 'nextDepth' | 'tellAt'>;

/** What a live query stands on: the database's. */
export interface LiveHost {
  readonly onError: (error: unknown) => void;
  /** Throws `DATABASE_CLOSED`. */
  assertOpen(): void;
  /** The commits, which know how long a chain of answers is. */
  readonly feed: Chain;
  /** The result of a source, in a window of its own where one is given. */
  attach(source: LiveSource, window: LiveWindow | undefined, known?: SharedResult): OpenResult;
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
  /** How long the chain of answers is that led to newer ones; undefined while there are none. */
  #behind: number | undefined;
  #callOff: (() => void) | undefined;
  /** Once closed: what it showed last, and for whom who has read some of it. */
  #last: readonly T[] | undefined;
  #lastRows: readonly Keyed<T>[] = [];
  #telling = false;
  /** What the deliveries weigh that have come since none was left. */
  #backlog = 0;

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
    if (this.#closed) return this.#lastRows;
    return this.#open.shared.rows as unknown as readonly Keyed<T>[];
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    this.#host.assertOpen();
    throw createError('LIVE_QUERY_CLOSED', 'the live query has been closed');
  }

  /** What can be compared with later rows: the list itself goes with the time. */
  #copyRows(): readonly Keyed<T>[] {
    return [...this.#rows];
  }

  /**
   * The present result, the same array until it changes: that of the last commit, so that within a transaction it is what
   * was before it. Of a closed query what it was last. Fits React's `useSyncExternalStore`.
   */
  readonly getSnapshot = (): readonly T[] =>
    this.#last ?? (this.#open.shared.snapshot as readonly unknown[] as readonly T[]);

  /** Calls `listener` after each commit that changed the result. Returns what stops it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    if (typeof listener !== 'function') throw createError('INVALID_OPTION', 'subscribe takes a function');
    return this.#listen(() => listener(), true);
  };

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
    for (let next = held.shift(); next !== undefined; next = held.shift()) {
      const delivery = next;
      this.#host.feed.tellAt(delivery.depth, () => hear(delivery));
    }
    begun = true;
    return () => {
      this.#completions?.delete(complete);
      stop();
    };
  }

  /**
   * `always`: also of what has come and gone again while deliveries were put off, for those who may have seen it: they read
   * the snapshot, which is in step at any moment.
   */
  #listen(hear: (delivery: Delivery<T>) => void, always = false): () => void {
    this.#assertOpen();
    // What is already in the snapshot that the listener starts from is not told to it again.
    const since = this.#version;
    let start = this.#behind === undefined ? undefined : this.#copyRows();
    this.#listeners ??= new Listeners(this.#host.onError);
    return this.#listeners.add((delivery) => {
      if (delivery.version <= since) return;
      const delta = start === undefined || delivery.rows === undefined ? delivery.delta : diff(start, delivery.rows);
      start = undefined;
      if (always || !isEmptyDelta(delta)) hear(delta === delivery.delta ? delivery : { ...delivery, delta });
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
      const delivery = this.#delivery(delta, step, this.#host.feed.nextDepth);
      this.#waiting.push(delivery);
      const weight = weightOf(delivery);
      this.#host.feed.backlog += weight;
      this.#backlog += weight;
    } else if (this.#behind === undefined) {
      // A frame is drawn between one answer and the next: nobody is kept from anything.
      this.#behind = deliver === 'frame' ? 0 : this.#host.feed.nextDepth;
      this.#callOff = this.#host.later(deliver, () => this.#tellKnown());
    }
  }

  #delivery(delta: Delta<T>, step: Step<T> | undefined, depth: number): Delivery<T> {
    this.#version++;
    return createDelivery(this.#version, delta, this.getSnapshot(), this.#known, step, depth);
  }

  /** Tells what has come together since the listeners were told last. Who came meanwhile knows some of it. */
  #tellKnown(): void {
    const depth = this.#behind ?? 0;
    this.#behind = undefined;
    if (this.#closed) return;
    const before = must(this.#known, 'what listeners know is kept where deliveries are put off');
    this.#known = this.#copyRows();
    this.#tellOne(this.#delivery(diff(before, this.#known), undefined, depth));
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
      this.#tellOne(this.#waiting.shift() as Delivery<T>);
    }
    this.#telling = false;
    if (this.#waiting === undefined || this.#waiting.length === 0) this.#forgetBacklog();
  }

  /** Only when all of it is told: if each that is told let in another, there would be no end. */
  #forgetBacklog(): void {
    this.#host.feed.backlog -= this.#backlog;
    this.#backlog = 0;
  }

  #tellOne(delivery: Delivery<T>): void {
    this.#host.feed.tellAt(delivery.depth, () => this.#listeners?.call(delivery));
  }

  /**
   * Shows other rows of all that fit, as a list that is scrolled does: listeners hear of the difference as of any other.
   * Throws `MALFORMED_QUERY`, or `TRANSACTION_OPEN` while writes are under way.
   */
  setWindow(offset: number, limit: number): void {
    this.#assertOpen();
    if (offset === undefined || limit === undefined)
      throw createError('MALFORMED_QUERY', 'setWindow takes an offset and a limit');
    const open = this.#host.attach(this.#source, { offset, limit }, this.#open.shared);
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
        const stop = this.#listen(wake, true);
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
    // What it shows from now on, though an equal query may go on with the result.
    this.#last = this.getSnapshot();
    if (this.#completions !== undefined) this.#lastRows = this.#copyRows();
    this.#closed = true;
    this.#listeners?.clear();
    this.#forgetBacklog();
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

/**
 * Has live queries found by libraries that look for `Symbol.observable`, which is no platform's: whoever brings it may do
 * so at any time, so it is looked for whenever a database opens.
 */
export function exposeObservable(): void {
  const { observable } = Symbol as { readonly observable?: symbol };
  const { prototype } = LiveQuery;
  if (observable === undefined || observable in prototype) return;
  Object.defineProperty(prototype, observable, { value: prototype['@@observable'], configurable: true });
}
