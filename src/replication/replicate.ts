import { Observable } from 'rxjs';
import type { DatabaseCore } from '../engine/database.ts';
import { createError } from '../engine/ground/errors.ts';
import type { DatabaseParts, NamesOf } from '../engine/open-parts.ts';
import { partsOf } from '../engine/parts-of.ts';
import type { SettledConflict } from './conflict.ts';
import { platformConnectivity } from './connectivity.ts';
import { LatestValue } from './latest-value.ts';
import { openSync } from './open-sync.ts';
import { Outbox } from './outbox.ts';
import { checkReplication, policyFor, type ReplicateOptions } from './replicate-options.ts';
import { RetryBudget } from './retry-budget.ts';
import { SyncRunner } from './sync-runner.ts';
import type { SyncedObject } from './sync-scope.ts';
import type { SyncProgress, SyncStatus } from './sync-status.ts';
import { SyncStore } from './sync-store.ts';

/** Of each database, by name, the objects of the syncs that run. */
const running = new WeakMap<object, Map<string, readonly string[]>>();
/** How a record stands with the server. */
export type RecordState = 'synced' | 'pending' | 'conflict' | 'rejected';

/** A sync that runs until it is closed. */
export class Replication {
  readonly #runner: SyncRunner;
  readonly #at: SyncStore;
  readonly #keeper: DatabaseParts['keeper'];
  readonly #names: readonly string[];
  readonly #status: LatestValue<SyncStatus>;
  readonly #stops: (() => void)[] = [];
  readonly #tellConflicts = new Set<(conflict: SettledConflict) => void>();
  readonly #onEnd = new Set<() => void>();
  #progress: SyncProgress | undefined;
  #isClosed = false;
  #isTold = false;
  /** The local writes that the server has not taken. */
  readonly outbox: Outbox;

  /** Made by `replicate`. */
  constructor(parts: DatabaseParts, options: ReplicateOptions, objects: readonly SyncedObject[]) {
    const { store, keeper } = parts;
    this.#keeper = keeper;
    const { environment: env } = store;
    const at = new SyncStore(parts);
    this.#at = at;
    this.#names = objects.map(({ name }) => name);
    const leads = () => keeper === undefined || keeper.health().role === 'leader';
    const syncParts = {
      name: options.name ?? 'default',
      at,
      remote: options.remote,
      env,
      objects,
      pushRows: options.batch?.push ?? 1_000,
      pullRows: options.batch?.pull ?? 1_000,
      policyOf: (object: string) => policyFor(options.conflicts, object),
      onProgress: (progress: SyncProgress | undefined) => {
        this.#progress = progress;
        this.#tell();
      },
      onConflicts: (conflicts: readonly SettledConflict[]) => {
        for (const conflict of conflicts) for (const tell of [...this.#tellConflicts]) tell(conflict);
      },
    };
    let isOpened = false;
    this.#runner = new SyncRunner({
      parts: syncParts,
      connectivity: options.connectivity ?? platformConnectivity(),
      retry: { baseMs: options.retry?.baseMs ?? 500, maxMs: options.retry?.maxMs ?? 60_000 },
      budget: new RetryBudget(env),
      pollMs: options.pollMs ?? 30_000,
      leads: () => {
        if (!leads()) return false;
        if (!isOpened) openSync(syncParts);
        isOpened = true;
        return true;
      },
      // Only tabs run transactions where another may write.
      isShared: keeper?.transact !== undefined,
      isPaused: options.paused ?? false,
      onChange: () => this.#tell(),
    });
    this.#status = new LatestValue(this.#read());
    const dispatch = (event: 'work' | 'resync') => this.#runner.dispatch(event);
    this.outbox = new Outbox({
      at,
      name: syncParts.name,
      keeper,
      objects: this.#names,
      onChange: () => dispatch('work'),
      refetch: () => this.refetch(),
    });
    this.#follow();
  }

  /** Local writes are seen to in a turn of their own: listeners of the feed must not be kept waiting, nor be answered by writes. */
  #follow(): void {
    const { store } = this.#at;
    let isWaiting = false;
    const stop = store.feed.subscribe((batch) => {
      if (isWaiting || !batch.changes.some(({ object }) => object.startsWith('Sync'))) return;
      isWaiting = true;
      queueMicrotask(() => {
        isWaiting = false;
        if (this.#isClosed || store.isClosed) return;
        const isReset = this.#at.state(this.#runner.name)?.ResetReason != null;
        if (this.#runner.state === 'live' && isReset) this.#runner.dispatch('resync');
        else if (this.#runner.state === 'live' && this.#runner.hasWork()) this.#runner.dispatch('work');
        this.#tell();
      });
    });
    this.#stops.push(stop);
  }

  /** Begins. Called once, by `replicate`. */
  start(): void {
    this.#runner.start();
    this.#tell();
  }

  /** How it stands: the present status to each new subscriber, then each new one. Completes when it is closed. */
  readonly status$: Observable<SyncStatus> = new Observable((subscriber) => this.#status.subscribe(subscriber));

  /** How it stands now. */
  get status(): SyncStatus {
    return this.#status.value;
  }

  /** Conflicts as they are met, with what became of them. All that were are records of `SyncConflict`. */
  readonly conflicts$: Observable<SettledConflict> = new Observable((subscriber) => {
    if (this.#isClosed) return subscriber.complete();
    const tell = (conflict: SettledConflict) => subscriber.next(conflict);
    const end = () => subscriber.complete();
    this.#tellConflicts.add(tell);
    this.#onEnd.add(end);
    return () => {
      this.#tellConflicts.delete(tell);
      this.#onEnd.delete(end);
    };
  });

  /**
   * How a record stands with the server; one in the recycle bin too, and one that was taken away for good until the server knows it.
   * Undefined where there is no record of this id here, as with `get`: that the server has none is not said by that. Throws
   * `INVALID_OPTION` for an object that this sync does not have.
   */
  stateOf(object: string, id: string): RecordState | undefined {
    if (!this.#names.includes(object))
      throw createError(
        'INVALID_OPTION',
        `this sync has no ${String(object).slice(0, 80)}: it has ${this.#names.join(', ')}`,
      );
    const { ids } = this.#at.entity(object).entity;
    const known = (typeof id === 'string' ? ids.normalize(id) : undefined) ?? id;
    const change = this.#at.change(object, known);
    if (change !== undefined) return change.State;
    return this.#at.record(object, known) === undefined ? undefined : 'synced';
  }

  /** Stops exchanging anything until `resume()`. Writes go on and wait. */
  pause(): void {
    this.#runner.dispatch('pause');
  }

  /** Goes on after `pause()`, and at once where a failure is waited out. */
  resume(): void {
    this.#runner.dispatch('resume');
  }

  /** Looks at once at what the server has, whatever is waited for. */
  resync(): void {
    this.#runner.dispatch('resync');
  }

  /** Fetches everything anew, and takes away what the server no longer shows. What waits to be sent stays. */
  refetch(): void {
    const { store } = this.#at;
    if (this.#isClosed || store.isClosed) return;
    const begin = () => this.#at.write((hand) => hand.beginAnew(this.#runner.name, 'rights'));
    // Where commits are made, which may be another tab: what syncs there sees it.
    if (this.#keeper?.transact !== undefined) void Promise.resolve(this.#keeper.transact(begin)).catch(() => undefined);
    else begin();
    this.#runner.dispatch('resync');
  }

  /**
   * Resolves when all that was written before has been answered and all that the server had has come. Rejects with `ABORTED` once
   * it is closed, and with the reason where it waits for a person, as for a new token. Offline or paused it waits.
   */
  async inSync(): Promise<void> {
    const runner = this.#runner;
    const from = runner.pulls;
    this.resync();
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (runner.state === 'unauthorized' || runner.state === 'outdated') reject(runner.error);
        else if (runner.pulls > from && runner.state === 'live' && !runner.hasWork()) resolve();
        // The tab that syncs tells of what it has sent; what it has fetched is here with it.
        else if (runner.state === 'following' && !runner.hasWork()) resolve();
        else return;
        queueMicrotask(() => subscription.unsubscribe());
      };
      const complete = () =>
        reject(
          createError('ABORTED', 'the sync has been closed: nothing is exchanged until replicate() is called again'),
        );
      const subscription = this.status$.subscribe({ next: look, complete });
    });
  }

  /** Ends it. What waits to be sent stays in the database, and is sent by the next `replicate`. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#runner.dispatch('close');
    for (const stop of this.#stops.splice(0)) stop();
    this.#status.end(this.#read());
    for (const end of [...this.#onEnd]) end();
    await this.#runner.settled();
    // A storage that fails says so by itself.
    if (!this.#at.store.isClosed) await this.#at.store.settled?.().catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Adds what must be undone at the end. */
  onClose(stop: () => void): void {
    this.#stops.push(stop);
  }

  /** Many things change in one turn; those who watch hear of them once. */
  #tell(): void {
    if (this.#isTold || this.#isClosed) return;
    this.#isTold = true;
    queueMicrotask(() => {
      this.#isTold = false;
      if (!this.#isClosed && !this.#at.store.isClosed) this.#status.set(this.#read());
    });
  }

  #read(): SyncStatus {
    const at = this.#at;
    const count = (state: 'pending' | 'conflict' | 'rejected') => at.countChanges(this.#names, state);
    const runner = this.#runner;
    if (at.store.isClosed) return Object.freeze({ ...this.#status.value, state: runner.state });
    return Object.freeze({
      state: runner.state,
      pending: count('pending'),
      inFlight: runner.inFlight,
      conflicts: count('conflict'),
      rejected: count('rejected'),
      quarantined: at.store.entity('SyncQuarantine').table.liveCount,
      lastPullAt: runner.lastPullAt,
      lastPushAt: runner.lastPushAt,
      error: runner.error,
      retryAt: runner.retryAt,
      progress: this.#progress,
    });
  }
}

declare const queueMicrotask: (action: () => void) => void;

/**
 * Keeps objects of a database in step with a server, both ways, from now on and over restarts. It begins at once and never fails for
 * what may pass: the status says what it waits for. Throws `INVALID_OPTION`, or `INVALID_TYPE` for an object that the database lacks.
 */
export function replicate<Definitions extends readonly unknown[]>(
  db: DatabaseCore<Definitions>,
  options: ReplicateOptions<NamesOf<Definitions> & string>,
): Replication {
  const parts = typeof db === 'object' && db !== null ? partsOf(db) : undefined;
  if (parts === undefined)
    throw createError('INVALID_OPTION', 'replicate takes a database that openDatabase() gave, and that is open');
  parts.store.assertOpen();
  const objects = checkReplication(parts, options as ReplicateOptions);
  const { name = 'default', signal } = options;
  const names = running.get(parts.store) ?? new Map<string, readonly string[]>();
  running.set(parts.store, names);
  if (names.has(name))
    throw createError('INVALID_OPTION', 'a sync of this name runs already: close it, or give another name');
  const taken = new Set([...names.values()].flat());
  if (objects.some((one) => taken.has(one.name)))
    throw createError(
      'INVALID_OPTION',
      'an object belongs to one sync at a time: leave it out of one, or close that first',
    );
  names.set(
    name,
    objects.map((one) => one.name),
  );
  const replication = new Replication(parts, options as ReplicateOptions, objects);
  const onAbort = () => void replication.close();
  const ending = db.changes$.subscribe({ complete: onAbort });
  signal?.addEventListener('abort', onAbort, { once: true });
  replication.onClose(() => {
    names.delete(name);
    ending.unsubscribe();
    signal?.removeEventListener('abort', onAbort);
  });
  replication.start();
  if (signal?.aborted === true) onAbort();
  return replication;
}
