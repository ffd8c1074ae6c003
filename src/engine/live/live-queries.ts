import { checkAggregate } from '../query/check-aggregate.ts';
import { checkFind, checkSelect } from '../query/check-query.ts';
import { createProjection } from '../query/project.ts';
import { isAggregate, type Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Store } from '../store/store.ts';
import type { Batch } from '../write/change.ts';
import { AggregateResult } from './aggregate-result.ts';
import { LiveQuery, type LiveResult } from './live-query.ts';
import { OrderedResult } from './ordered-result.ts';

type AnyLiveQuery = LiveQuery<StoredRecord>;

/**
 * All live queries of a database, by object. Each commit first brings every result up to date, within the commit;
 * only then are listeners told, so none of them ever sees one result before and another after it.
 */
export class LiveQueries {
  readonly #store: Store;
  readonly #onError: (error: unknown) => void;
  readonly #byObject = new Map<string, Set<AnyLiveQuery>>();
  #openCount = 0;
  /** What each commit not yet announced has changed. */
  readonly #told = new Map<number, readonly AnyLiveQuery[]>();

  constructor(store: Store, onError: (error: unknown) => void) {
    this.#store = store;
    this.#onError = onError;
    store.feed.follow((batch) => this.#follow(batch));
    store.feed.announceBy((batch) => this.#announce(batch));
  }

  get count(): number {
    return this.#openCount;
  }

  open(reader: Reader, query: Readonly<Record<string, unknown>>): AnyLiveQuery {
    this.#store.assertNotWriting('a live query cannot be opened');
    return this.openResult([reader.entity.definition.name], createResult(reader, query));
  }

  /** Opens a result that changes of these objects can move. `onClose` is called once, when it is closed. */
  openResult(objects: Iterable<string>, result: LiveResult<StoredRecord>, onClose = () => {}): AnyLiveQuery {
    const names = [...objects];
    const live = new LiveQuery(result, this.#onError, (closed) => {
      for (const name of names) this.#byObject.get(name)?.delete(closed);
      this.#openCount--;
      onClose();
    });
    this.#openCount++;
    for (const name of names) {
      const queries = this.#byObject.get(name);
      if (queries === undefined) this.#byObject.set(name, new Set([live]));
      else queries.add(live);
    }
    return live;
  }

  #follow(batch: Batch): void {
    if (this.#openCount === 0) return;
    const touched = new Set<AnyLiveQuery>();
    for (const change of batch.changes) {
      for (const query of this.#byObject.get(change.object) ?? []) if (query.apply(change)) touched.add(query);
    }
    const moved = [...touched].filter((query) => this.#settle(query));
    if (moved.length > 0) this.#told.set(batch.sequence, moved);
  }

  /** A result that cannot be brought up to date is no reason for a write to fail: it stays, and the error is told. */
  #settle(query: AnyLiveQuery): boolean {
    try {
      return query.settle();
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  /** Brings a query up to what is so by now, without a commit, and tells its listeners. */
  refresh(query: AnyLiveQuery): void {
    if (this.#settle(query)) query.announce();
  }

  #announce(batch: Batch): void {
    if (this.#told.size === 0) return;
    const moved = this.#told.get(batch.sequence);
    this.#told.delete(batch.sequence);
    for (const query of moved ?? []) query.announce();
  }

  close(): void {
    for (const queries of this.#byObject.values()) for (const query of [...queries]) query.close();
  }
}

function createResult(reader: Reader, query: Readonly<Record<string, unknown>>) {
  if (isAggregate(query)) return new AggregateResult(reader, checkAggregate(reader.scope, query));
  const plan = checkFind(reader.scope, query);
  return new OrderedResult(reader, plan, createProjection(checkSelect(reader.scope, query.select)));
}
