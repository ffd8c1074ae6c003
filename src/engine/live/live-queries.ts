import { createError } from '../ground/errors.ts';
import type { Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Store } from '../store/store.ts';
import type { Batch, Change } from '../write/change.ts';
import { Alarm } from './alarm.ts';
import { createDelta } from './delta.ts';
import { Joins } from './joins.ts';
import {
  type Chain,
  createDelivery,
  exposeObservable,
  type LiveHost,
  type LiveOptions,
  LiveQuery,
} from './live-query.ts';
import type { RecordChange } from './live-result.ts';
import { createSource, type LiveSource, type LiveWindow } from './live-source.ts';
import { OpenResult } from './open-result.ts';
import { QueryRouter } from './query-router.ts';
import { createStep, SharedResult, type Step } from './shared-result.ts';

/** How long a frame lasts where no screen says so. */
const FRAME_MS = 16;

/** How long a result waits that could not be made anew. */
const RETRY_MS = 60_000;

/** A result that has moved, and how. */
interface Moved {
  readonly shared: SharedResult;
  readonly step: Step<StoredRecord>;
}

type AnyLiveQuery = LiveQuery<StoredRecord>;

/**
 * All live queries of a database. A commit finds those that its changes can concern, by an index over the queries, and
 * brings their results up to date within the commit; only then are listeners told, so none of them ever sees one result
 * before and another after it.
 */
export class LiveQueries implements LiveHost {
  readonly #store: Store;
  readonly onError: (error: unknown) => void;
  readonly feed: Chain;
  readonly #routers = new Map<string, QueryRouter<SharedResult>>();
  readonly #joins = new Joins();
  readonly #alarm: Alarm;
  /** Of one count for all routers, as a result may stand in several. */
  readonly #stamps = { last: 0 };
  readonly #byKey = new Map<string, OpenResult>();
  readonly #handles = new Set<AnyLiveQuery>();
  readonly #touched: SharedResult[] = [];
  /** What each commit not yet announced has changed. */
  readonly #untold = new Map<number, readonly Moved[]>();
  /**
   * Never used: what a commit makes for its listeners dies with it, and a full collection that finds none of it alive
   * throws away the code that was compiled for its hidden classes (see `Store`).
   */
  protected readonly kept: unknown = keepShapes();
  readonly #touch = (shared: SharedResult, change: RecordChange) => {
    try {
      shared.hasten?.(change);
      if (shared.apply(change)) this.#mark(shared);
    } catch (error) {
      this.onError(error);
    }
  };

  constructor(store: Store, onError: (error: unknown) => void) {
    this.#store = store;
    this.onError = onError;
    this.feed = store.feed;
    exposeObservable();
    this.#alarm = new Alarm(store.environment, () => this.#ring());
    store.feed.follow((batch) => this.#follow(batch));
    store.feed.announceBy((batch) => this.#announce(batch));
  }

  /** How many live queries are open. */
  get count(): number {
    return this.#handles.size;
  }

  /** How many results are kept for them. */
  get resultCount(): number {
    return new Set([...this.#handles].map(({ shared }) => shared)).size;
  }

  /** How many results have been found to be concerned by a change, over all writes: what the queries have cost. */
  get visitCount(): number {
    let count = 0;
    for (const router of this.#routers.values()) count += router.foundCount;
    return count;
  }

  open(reader: Reader, query: Readonly<Record<string, unknown>>, options: LiveOptions = {}): AnyLiveQuery {
    return this.openSource(createSource(reader, query), options);
  }

  /** Opens a live query. Throws `TRANSACTION_OPEN` while writes are under way, `ABORTED` when its signal is raised. */
  openSource(source: LiveSource, options: LiveOptions = {}): AnyLiveQuery {
    if (options.signal?.aborted === true)
      throw createError('ABORTED', 'the live query was aborted before it was opened');
    const handle: AnyLiveQuery = new LiveQuery(this, source, options);
    this.#handles.add(handle);
    return handle;
  }

  assertOpen(): void {
    this.#store.assertOpen();
  }

  release(handle: AnyLiveQuery): void {
    this.#handles.delete(handle);
  }

  /** Runs an action at the end of the turn, or when the next frame is drawn. Returns what calls it off. */
  later(when: 'microtask' | 'frame', action: () => void): () => void {
    const { environment } = this.#store;
    if (when === 'frame') return environment.frame?.(action) ?? environment.wake(action, FRAME_MS);
    let calledOff = false;
    Promise.resolve().then(() => {
      if (!calledOff) action();
    });
    return () => {
      calledOff = true;
    };
  }

  /** The result of a source, made or shared. `known`: that which it takes the place of. Throws `TRANSACTION_OPEN`. */
  attach(source: LiveSource, window: LiveWindow | undefined, known?: SharedResult): OpenResult {
    this.#store.assertNotWriting('a live query cannot be opened or moved');
    const key = keyIn(source, window);
    let open = key === undefined ? undefined : this.#byKey.get(key);
    if (open === undefined) {
      open = this.#open(source, window, key, known);
      if (key !== undefined) this.#byKey.set(key, open);
    }
    open.users++;
    return open;
  }

  detach(open: OpenResult): void {
    open.users--;
    if (open.users > 0) return;
    open.close();
    if (open.key !== undefined) this.#byKey.delete(open.key);
  }

  #open(
    source: LiveSource,
    window: LiveWindow | undefined,
    key: string | undefined,
    known: SharedResult | undefined,
  ): OpenResult {
    const beganMs = this.#store.environment.now();
    const shared = new SharedResult(source.create(window), known);
    const open = new OpenResult(source, shared, this.#router(source.object), key);
    for (const name of source.others ?? []) open.onClose(this.#router(name).add(shared, undefined));
    for (const join of source.joins ?? []) open.onClose(this.#joins.add(join));
    if (source.timed) this.#setAlarm(source, open, beganMs);
    return open;
  }

  /** `sinceMs`: a moment no later than the result was made: what has passed since then is seen to at once. */
  #setAlarm(source: LiveSource, open: OpenResult, sinceMs: number): void {
    const { shared } = open;
    let madeMs = sinceMs;
    const renew = (nowMs: number): number => {
      try {
        // Who was expected may have gone, or been put off.
        const dueMs = source.passMs === undefined || nowMs < madeMs ? nowMs : source.dueMs(madeMs);
        if (dueMs > nowMs) return dueMs;
        this.#mark(shared);
        madeMs = nowMs;
        shared.expire();
        open.route();
        return source.dueMs(nowMs);
      } catch (error) {
        this.onError(error);
        return nowMs + RETRY_MS;
      }
    };
    const wait = this.#alarm.add(source.dueMs(sinceMs), renew);
    open.onClose(() => wait.end());
    if (source.passMs === undefined) return;
    shared.hasten = ({ after }) => {
      // A clock that was put back has made the result one of the future.
      if (this.#store.environment.now() < madeMs) wait.hasten(Number.NEGATIVE_INFINITY);
      else if (after !== undefined) wait.hasten(source.passMs?.(after, madeMs) ?? Number.POSITIVE_INFINITY);
    };
  }

  #router(object: string): QueryRouter<SharedResult> {
    let router = this.#routers.get(object);
    if (router === undefined) {
      router = new QueryRouter(this.#stamps);
      this.#routers.set(object, router);
    }
    return router;
  }

  #follow(batch: Batch): void {
    if (this.#handles.size === 0) return;
    const { changes } = batch;
    for (let i = 0; i < changes.length; i++) {
      const change = changes[i] as Change;
      this.#routers.get(change.object)?.visit(change, this.#touch);
    }
    for (let i = 0; i < changes.length; i++) {
      const change = changes[i] as Change;
      if (this.#joins.has(change.object)) this.#followJoins(change);
    }
    // The clock may have moved results, and the timer has had no turn to say so.
    const nowMs = this.#store.environment.now();
    if (this.#alarm.isDue(nowMs)) this.#alarm.renewDue(nowMs);
    const moved = this.#settleTouched();
    if (moved.length > 0) this.#untold.set(batch.sequence, moved);
  }

  /** The clock has moved results: all are made true before any of them is told. */
  #ring(): void {
    this.#alarm.renewDue(this.#store.environment.now());
    for (const { shared, step } of this.#settleTouched()) shared.announce(step);
  }

  /** Records whose parent has changed are as if changed themselves, though they are what they were. */
  #followJoins(change: Change): void {
    const { deleted } = this.#store.entity(change.object).definition.roles;
    this.#joins.visitChildren(change, deleted, (child, slot) => {
      const { table, definition } = child.entity;
      const record = table.row(slot);
      this.#routers.get(definition.name)?.visit({ slot, before: record, after: record }, this.#touch);
    });
  }

  #mark(shared: SharedResult): void {
    if (shared.touched) return;
    shared.touched = true;
    this.#touched.push(shared);
  }

  /** A result that cannot be brought up to date is no reason for a write to fail: it stays, and the error is told. */
  #settleTouched(): readonly Moved[] {
    if (this.#touched.length === 0) return [];
    const moved: Moved[] = [];
    for (const shared of this.#touched) {
      try {
        const step = shared.settle();
        if (step !== undefined) moved.push({ shared, step });
      } catch (error) {
        this.onError(error);
      }
    }
    this.#touched.length = 0;
    return moved;
  }

  #announce(batch: Batch): void {
    if (this.#untold.size === 0) return;
    const moved = this.#untold.get(batch.sequence);
    this.#untold.delete(batch.sequence);
    for (const { shared, step } of moved ?? []) shared.announce(step);
  }

  close(): void {
    for (const handle of [...this.#handles]) handle.close();
    this.#alarm.close();
  }
}

function keepShapes(): unknown {
  const delta = createDelta<StoredRecord>({ changed: [{ index: 0, record: {} }], total: 1 });
  const step = createStep(delta, []);
  return createDelivery(0, delta, [], [], step, 0);
}

/** What tells the results of equal queries in one window from all others. Most have none, and no text of their own. */
function keyIn({ key }: LiveSource, window: LiveWindow | undefined): string | undefined {
  return key === undefined || window === undefined ? key : `${window.offset},${window.limit} ${key}`;
}
