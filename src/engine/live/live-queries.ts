import { createError } from '../ground/errors.ts';
import { type AggregatePlan, checkAggregate } from '../query/check-aggregate.ts';
import { checkFind, checkRowCount, checkSelect } from '../query/check-query.ts';
import { type Condition, fieldsOf } from '../query/condition.ts';
import { createProjection } from '../query/project.ts';
import { isAggregate, type Reader } from '../query/reader.ts';
import { createRowPredicate, type RowPredicate } from '../query/row-predicate.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Store } from '../store/store.ts';
import type { Batch, Change } from '../write/change.ts';
import { AggregateResult, canMove } from './aggregate-result.ts';
import { Alarm } from './alarm.ts';
import { type Join, Joins } from './joins.ts';
import { type LiveOptions, LiveQuery, type LiveWindow } from './live-query.ts';
import type { LiveResult, RecordChange } from './live-result.ts';
import { agedLeaves, nextDue } from './next-due.ts';
import { createLiveFind, OrderedResult } from './ordered-result.ts';
import { queryKey } from './query-key.ts';
import { QueryRouter } from './query-router.ts';
import { RerunResult } from './rerun-result.ts';
import { SharedResult } from './shared-result.ts';

/** How long a frame lasts where no screen says so. */
const FRAME_MS = 16;

type AnyLiveQuery = LiveQuery<StoredRecord>;

/** What a live query is made of. */
export interface LiveSource {
  /** What equal queries have in common; undefined for one that nothing else can equal. */
  readonly key: string | undefined;
  readonly object: string;
  /** What a record has to meet to concern it, by its own fields; asked anew each time that it is due. */
  readonly condition: () => Condition | undefined;
  /** Other objects of which any change concerns it. */
  readonly others?: readonly string[];
  /** The references it looks along. */
  readonly joins?: readonly Join[];
  /** Its result, in a window other than the query's own where one is given. */
  readonly create: (window: LiveWindow | undefined) => LiveResult<StoredRecord>;
  /** When the clock next changes what it shows, in milliseconds since 1970; undefined where it never does. */
  readonly dueMs?: (nowMs: number) => number;
  /** Whether that moment depends on the records. */
  readonly hastens?: boolean;
  /** Whether it has to be computed anew then, as what it is made of is not known record by record. */
  readonly expires?: boolean;
}

interface Open {
  readonly shared: SharedResult;
  users: number;
  readonly close: () => void;
}

/**
 * All live queries of a database. A commit finds those that its changes can concern, by an index over the queries, and
 * brings their results up to date within the commit; only then are listeners told, so none of them ever sees one result
 * before and another after it.
 */
export class LiveQueries {
  readonly #store: Store;
  readonly #onError: (error: unknown) => void;
  readonly #routers = new Map<string, QueryRouter<SharedResult>>();
  readonly #joins = new Joins();
  readonly #alarm: Alarm;
  /** Of one count for all routers, as a result may stand in several. */
  readonly #stamps = { last: 0 };
  readonly #byKey = new Map<string, Open>();
  readonly #handles = new Set<AnyLiveQuery>();
  readonly #touched: SharedResult[] = [];
  /** What each commit not yet announced has changed. */
  readonly #told = new Map<number, readonly SharedResult[]>();
  readonly #hastened = new Set<SharedResult>();
  readonly #touch = (shared: SharedResult, change: RecordChange) => {
    if (shared.hasten !== undefined) this.#hastened.add(shared);
    if (!shared.apply(change) || shared.touched) return;
    shared.touched = true;
    this.#touched.push(shared);
  };

  constructor(store: Store, onError: (error: unknown) => void) {
    this.#store = store;
    this.#onError = onError;
    this.#alarm = new Alarm(store.environment);
    store.feed.follow((batch) => this.#follow(batch));
    store.feed.announceBy((batch) => this.#announce(batch));
  }

  /** How many live queries are open. */
  get count(): number {
    return this.#handles.size;
  }

  /** How many results are kept for them. */
  get resultCount(): number {
    let count = 0;
    const seen = new Set<SharedResult>();
    for (const handle of this.#handles) seen.add(handle.shared);
    count += seen.size;
    return count;
  }

  /** How many results have been found to be concerned by a change, over all writes: what the queries have cost. */
  get visitCount(): number {
    let count = 0;
    for (const router of this.#routers.values()) count += router.foundCount;
    return count;
  }

  open(reader: Reader, query: Readonly<Record<string, unknown>>, options: LiveOptions = {}): AnyLiveQuery {
    return this.openSource(isAggregate(query) ? aggregateSource(reader, query) : findSource(reader, query), options);
  }

  /** Opens a live query. Throws `TRANSACTION_OPEN` while writes are under way. */
  openSource(source: LiveSource, options: LiveOptions = {}): AnyLiveQuery {
    this.#store.assertNotWriting('a live query cannot be opened');
    const attach = (window: LiveWindow | undefined) => {
      this.#store.assertNotWriting('a live query cannot be moved');
      return this.#attach(source, window);
    };
    const { signal, deliver = 'commit' } = options;
    if (signal?.aborted === true) throw createError('ABORTED', 'the live query was aborted before it was opened');
    const abort = () => handle.close();
    const handle: AnyLiveQuery = new LiveQuery({
      attach,
      onError: this.#onError,
      onClose: () => {
        this.#handles.delete(handle);
        signal?.removeEventListener('abort', abort);
      },
      later: deliver === 'commit' ? undefined : (action) => this.#later(deliver, action),
    });
    signal?.addEventListener('abort', abort);
    this.#handles.add(handle);
    return handle;
  }

  /** Runs an action at the end of the turn, or when the next frame is drawn. Returns what calls it off. */
  #later(when: 'microtask' | 'frame', action: () => void): () => void {
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

  /** The result of a source, made or shared; with what lets go of it. */
  #attach(source: LiveSource, window: LiveWindow | undefined): { shared: SharedResult; detach: () => void } {
    const at = window === undefined ? '' : `${window.offset},${window.limit}`;
    const key = source.key === undefined ? undefined : `${source.object} ${at} ${source.key}`;
    const known = key === undefined ? undefined : this.#byKey.get(key);
    const open = known ?? this.#open(source, window, key);
    open.users++;
    let attached = true;
    return {
      shared: open.shared,
      detach: () => {
        if (!attached) return;
        attached = false;
        open.users--;
        if (open.users === 0) open.close();
      },
    };
  }

  #open(source: LiveSource, window: LiveWindow | undefined, key: string | undefined): Open {
    const shared = new SharedResult(source.create(window));
    const router = this.#router(source.object);
    let takeOut = router.add(shared, source.condition());
    const undos = [() => takeOut()];
    for (const name of source.others ?? []) undos.push(this.#router(name).add(shared, undefined));
    for (const join of source.joins ?? []) undos.push(this.#joins.add(join));
    const { dueMs } = source;
    if (dueMs !== undefined) {
      const { environment } = this.#store;
      const { end, set } = this.#alarm.add(dueMs(environment.now()), {
        move: (nowMs) => {
          this.#expire(shared);
          takeOut();
          takeOut = router.add(shared, source.condition());
          return dueMs(nowMs);
        },
        tell: () => shared.announce(),
      });
      if (source.hastens === true)
        shared.hasten = () => {
          if (source.expires === true) this.#expireNow(shared);
          set(dueMs(environment.now()));
        };
      undos.push(end);
    }
    const open: Open = {
      shared,
      users: 0,
      close: () => {
        for (const undo of undos) undo();
        if (key !== undefined) this.#byKey.delete(key);
      },
    };
    if (key !== undefined) this.#byKey.set(key, open);
    return open;
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
      const { object, id } = changes[i] as Change;
      if (this.#joins.has(object)) this.#followJoins(object, id);
    }
    for (const shared of this.#hastened) shared.hasten?.();
    this.#hastened.clear();
    if (this.#touched.length === 0) return;
    const moved = this.#touched.filter((shared) => this.#settle(shared));
    this.#touched.length = 0;
    if (moved.length > 0) this.#told.set(batch.sequence, moved);
  }

  /** Records whose parent has changed are as if changed themselves, though they are what they were. */
  #followJoins(object: string, id: string): void {
    this.#joins.visitChildren(object, id, (child, slot) => {
      const { table, definition } = child.entity;
      const record = table.rows[slot];
      this.#routers.get(definition.name)?.visit({ slot, before: record, after: record }, this.#touch);
    });
  }

  /** A result that cannot be brought up to date is no reason for a write to fail: it stays, and the error is told. */
  #settle(shared: SharedResult): boolean {
    try {
      return shared.settle();
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  #expireNow(shared: SharedResult): void {
    shared.expire();
    if (shared.touched) return;
    shared.touched = true;
    this.#touched.push(shared);
  }

  /** Brings a result up to what is so by now, without a commit. */
  #expire(shared: SharedResult): void {
    shared.expire();
    this.#settle(shared);
  }

  #announce(batch: Batch): void {
    if (this.#told.size === 0) return;
    const moved = this.#told.get(batch.sequence);
    this.#told.delete(batch.sequence);
    for (const shared of moved ?? []) shared.announce();
  }

  close(): void {
    for (const handle of [...this.#handles]) handle.close();
    this.#alarm.close();
  }
}

/** A plan in another window. */
export function inWindow<P extends { readonly offset: number; readonly limit: number }>(
  plan: P,
  window?: LiveWindow,
): P {
  if (window === undefined) return plan;
  const offset = checkRowCount('offset', window.offset, 0);
  return { ...plan, offset, limit: checkRowCount('limit', window.limit, Number.POSITIVE_INFINITY) };
}

function findSource(reader: Reader, query: Readonly<Record<string, unknown>>): LiveSource {
  const { plan, fits } = createPlan(query, (given) => checkFind(reader.scope, given));
  const show = createProjection(checkSelect(reader.scope, query.select));
  return {
    key: queryKey(query),
    object: reader.entity.definition.name,
    condition: () => plan().condition,
    create: (window) => new OrderedResult(reader, () => createLiveFind(inWindow(plan(), window), show, fits)),
    ...agingOf(reader, plan),
  };
}

interface TimedPlan<P> {
  /** Made once, or where its conditions move with the clock each time that it is asked for. */
  readonly plan: () => P;
  /** Where they move: whether a record meets them at the moment. */
  readonly fits: RowPredicate | undefined;
}

function createPlan<P extends { readonly condition: Condition | undefined }>(
  query: Readonly<Record<string, unknown>>,
  check: (query: Readonly<Record<string, unknown>>) => P,
): TimedPlan<P> {
  const first = check(query);
  if (agedLeaves(first.condition).length === 0) return { plan: () => first, fits: undefined };
  // What the caller does with the query afterwards is not this one's.
  const own = structuredClone(query);
  const plan = () => check(own);
  return { plan, fits: (record) => createRowPredicate(plan().condition)(record) };
}

/** How a query with conditions by age waits for the clock. */
function agingOf(
  reader: Reader,
  plan: () => { readonly condition: Condition | undefined },
): Pick<LiveSource, 'dueMs' | 'hastens'> {
  const aged = agedLeaves(plan().condition);
  if (aged.length === 0) return {};
  for (const { target } of aged) reader.entity.table.addIndex([target.field.name]);
  return { dueMs: (nowMs) => nextDue(reader, plan().condition, nowMs), hastens: true };
}

function aggregateSource(reader: Reader, query: Readonly<Record<string, unknown>>): LiveSource {
  const { plan } = createPlan(query, (given) => checkAggregate(reader.scope, given));
  return {
    expires: true,
    key: queryKey(query),
    object: reader.entity.definition.name,
    condition: () => plan().condition,
    create: (window) => createAggregateResult(reader, () => inWindow(plan(), window)),
    ...agingOf(reader, plan),
  };
}

/**
 * What keeps an aggregate in step: moved where it can be, run anew where it cannot. `create`: the plan, anew each time
 * that the moment has moved; only its conditions may differ.
 */
export function createAggregateResult(reader: Reader, create: () => AggregatePlan): LiveResult<StoredRecord> {
  const plan = create();
  if (canMove(plan)) return new AggregateResult(reader, create);
  const run = () =>
    reader.runAggregate(create()).map((row) => {
      return { key: JSON.stringify(plan.groupBy.map((target) => row[target.path])), row };
    });
  return new RerunResult(run, (change) => createConcern(reader, create())(change));
}

/** Whether a change can have moved an aggregate: a record that fits came, went, or changed in a field that is read. */
function createConcern(reader: Reader, plan: AggregatePlan): (change: RecordChange) => boolean {
  const fits = createRowPredicate(plan.condition);
  const fields = new Set(fieldsOf(plan.condition));
  for (const { field } of plan.groupBy) fields.add(field.name);
  for (const { target } of plan.outputs) if (target !== undefined) fields.add(target.field.name);
  const { deleted } = reader.entity.definition.roles;
  const isIn = (record: StoredRecord | undefined): record is StoredRecord =>
    record !== undefined && record[deleted] !== true && fits(record);
  return ({ before, after }) => {
    if (!isIn(before)) return isIn(after);
    return !isIn(after) || [...fields].some((name) => before[name] !== after[name]);
  };
}
