import { Observable } from 'rxjs';
import { createError } from '../ground/errors.ts';
import { Listeners } from '../ground/listeners.ts';
import type { StoredRecord } from '../record/record.ts';
import { type Delta, diff, firstDelta, isEmptyDelta, type Keyed } from './delta.ts';
import type { SharedResult, Step, StepListener } from './shared-result.ts';

/** Which rows of all that fit are shown. */
export interface LiveWindow {
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

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
  /** Of no commit, so that none will announce it. */
  readonly extra: boolean;
}

/** Gives a live query its result, in a window of its own or that of the query. */
export type Attach = (window: LiveWindow | undefined) => {
  readonly shared: SharedResult;
  readonly detach: () => void;
};

/** What a live query stands on; made by the database. */
export interface LiveQueryParts {
  readonly attach: Attach;
  readonly onError: (error: unknown) => void;
  readonly onClose: () => void;
  /** Puts off what listeners are told; undefined where each commit is told by itself. */
  readonly later: ((action: () => void) => () => void) | undefined;
}

/**
 * A query whose result stays true. The snapshot is in step with every read at any moment; listeners hear of each
 * commit that changed it, in order, after it. Unchanged rows keep their identity from snapshot to snapshot.
 */
export class LiveQuery<T> implements AsyncIterable<readonly T[]> {
  readonly #parts: LiveQueryParts;
  readonly #listeners: Listeners<Delivery<T>>;
  readonly #hearer: StepListener<StoredRecord>;
  #shared: SharedResult;
  #detach: () => void;
  #version = 0;
  #waiting: Delivery<T>[] = [];
  #closed = false;
  /** Made when somebody is to be told of the end. */
  #completions: Set<() => void> | undefined;
  /** With deliveries put off: the rows that listeners know, while there are newer ones. */
  #known: readonly Keyed<T>[] | undefined;
  #callOff = () => {};

  constructor(parts: LiveQueryParts) {
    this.#parts = parts;
    this.#listeners = new Listeners(parts.onError);
    this.#hearer = { take: (step) => this.#take(step as unknown as Step<T>), announce: () => this.#announce() };
    const { shared, detach } = parts.attach(undefined);
    this.#shared = shared;
    this.#detach = detach;
    shared.listen(this.#hearer);
  }

  /** The result behind it, which equal queries have in common. */
  get shared(): SharedResult {
    return this.#shared;
  }

  /** The present result, the same array until it changes. Fits React's `useSyncExternalStore`. */
  readonly getSnapshot = (): readonly T[] => this.#shared.snapshot as readonly unknown[] as readonly T[];

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
    return this.#listeners.add((delivery) => {
      if (delivery.version > since) hear(delivery);
    });
  }

  /** The result has moved with a commit; listeners are told when it is announced. */
  #take({ delta, snapshot, before }: Pick<Step<T>, 'delta' | 'snapshot' | 'before'>, extra = false): void {
    const { later } = this.#parts;
    if (later === undefined) {
      this.#version++;
      this.#waiting.push({ version: this.#version, delta, snapshot, extra });
    } else if (this.#known === undefined) {
      this.#known = before;
      this.#callOff = later(() => this.#tellKnown());
    }
  }

  /** Tells what has come together since the listeners were told last. */
  #tellKnown(): void {
    const known = this.#known;
    this.#known = undefined;
    if (known === undefined || this.#closed) return;
    const delta = diff(known, this.#shared.rows as unknown as readonly Keyed<T>[]);
    if (isEmptyDelta(delta)) return;
    this.#version++;
    this.#listeners.call({ version: this.#version, delta, snapshot: this.getSnapshot(), extra: false });
  }

  /** Tells the listeners of the oldest step not yet told, and of those behind it that no commit announces. */
  #announce(): void {
    let delivery = this.#waiting.shift();
    while (delivery !== undefined && !this.#closed) {
      this.#listeners.call(delivery);
      delivery = this.#waiting[0]?.extra === true ? this.#waiting.shift() : undefined;
    }
  }

  /**
   * Shows other rows of all that fit, as a list that is scrolled does: listeners hear of the difference as of any other.
   * Throws `MALFORMED_QUERY`, or `TRANSACTION_OPEN` while writes are under way.
   */
  setWindow(offset: number, limit: number): void {
    if (this.#closed) throw createError('DATABASE_CLOSED', 'the live query has been closed');
    const { shared, detach } = this.#parts.attach({ offset, limit });
    const before = this.#shared.rows as unknown as readonly Keyed<T>[];
    this.#shared.unlisten(this.#hearer);
    this.#detach();
    this.#shared = shared;
    this.#detach = detach;
    shared.listen(this.#hearer);
    const delta = diff(before, shared.rows as unknown as readonly Keyed<T>[]);
    if (isEmptyDelta(delta)) return;
    this.#take({ delta, snapshot: this.getSnapshot(), before }, true);
    if (this.#waiting.length === 1) this.#announce();
  }

  /**
   * The result now, and again each time it has changed since it was last asked for: a reader that is slow gets the newest
   * and none of those between. Ends when the query is closed.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<readonly T[], void, undefined> {
    for await (const { snapshot } of this.#changes()) yield snapshot;
  }

  /**
   * What changed, beginning with the whole present result. A reader that is slow gets what happened meanwhile as one
   * delta: added up, they are the result always. Ends when the query is closed.
   */
  async *deltas(): AsyncGenerator<Delta<T>, void, undefined> {
    let before: readonly Keyed<T>[] | undefined;
    for await (const { rows, snapshot } of this.#changes()) {
      const delta = before === undefined ? firstDelta(snapshot) : diff(before, rows);
      if (before === undefined || !isEmptyDelta(delta)) yield delta;
      before = rows;
    }
  }

  async *#changes(): AsyncGenerator<
    { readonly rows: readonly Keyed<T>[]; readonly snapshot: readonly T[] },
    void,
    undefined
  > {
    let told: readonly T[] | undefined;
    let wake = () => {};
    const stop = this.#closed ? () => undefined : this.#listen(() => wake());
    const end = () => wake();
    this.#completions ??= new Set();
    this.#completions.add(end);
    try {
      for (;;) {
        const snapshot = this.getSnapshot();
        if (snapshot !== told) {
          told = snapshot;
          yield { rows: this.#shared.rows as unknown as readonly Keyed<T>[], snapshot };
          continue;
        }
        if (this.#closed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#completions?.delete(end);
      stop();
    }
  }

  /** Ends the query: no listener is called again, Observables complete. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.clear();
    this.#waiting = [];
    this.#shared.unlisten(this.#hearer);
    this.#detach();
    this.#callOff();
    this.#parts.onClose();
    const completions = this.#completions ?? [];
    this.#completions = undefined;
    for (const complete of [...completions]) complete();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
