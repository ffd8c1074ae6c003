import { createRecord, createRecords } from './calls/create.ts';
import { deleteRecord, deleteRecords } from './calls/delete.ts';
import {
  type DeleteResult,
  type EmptyRecycleBinResult,
  type SaveResult,
  toError,
  type UndeleteResult,
  type UpsertResult,
} from './calls/results.ts';
import { emptyRecycleBin, undeleteRecord, undeleteRecords } from './calls/undelete.ts';
import { updateRecord, updateRecords } from './calls/update.ts';
import { upsertRecords } from './calls/upsert.ts';
import type { Call } from './definition/definition.ts';
import type { CreateOf, FieldNameOf, RecordOf, UpdateOf } from './definition/infer.ts';
import { createError } from './ground/errors.ts';
import type {
  AggregateQuery,
  CountQuery,
  Explanation,
  FindAll,
  FindQuery,
  Known,
  Query,
  ResultOf,
} from './query/query.ts';
import type { Reader } from './query/reader.ts';
import type { Store } from './store/store.ts';

type QueryData = Readonly<Record<string, unknown>>;

/** Whether the transaction that a handle belongs to still runs. */
export interface TransactionState {
  over: boolean;
}

/**
 * One object's calls inside a transaction. They are synchronous, see what the transaction has written, and throw what
 * is wrong; thrown on, it takes the whole transaction back. Arrays are all or none.
 */
export class TransactionCollection<S> {
  readonly #store: Store;
  readonly #reader: Reader;
  readonly #state: TransactionState;

  constructor(store: Store, reader: Reader, state: TransactionState) {
    this.#store = store;
    this.#reader = reader;
    this.#state = state;
  }

  #assertCall(call: Call): void {
    if (this.#state.over) throw createError('TRANSACTION_OVER', 'the transaction has ended');
    if (!this.#reader.entity.definition.calls.has(call))
      throw createError('METHOD_NOT_ALLOWED', `${this.#reader.entity.definition.name} does not support ${call}()`);
  }

  get(id: string): RecordOf<S> | undefined {
    this.#assertCall('query');
    return this.#reader.get(id) as RecordOf<S> | undefined;
  }

  find<const Q extends FindQuery<S> = FindAll>(
    query: Q & Known<S, Q> = {} as Q & Known<S, Q>,
  ): readonly ResultOf<S, Q>[] {
    this.#assertCall('query');
    return this.#reader.find(query as QueryData) as readonly ResultOf<S, Q>[];
  }

  findOne<const Q extends FindQuery<S> = FindAll>(
    query: Q & Known<S, Q> = {} as Q & Known<S, Q>,
  ): ResultOf<S, Q> | undefined {
    this.#assertCall('query');
    return this.#reader.find(query as QueryData, 1)[0] as ResultOf<S, Q> | undefined;
  }

  count(query: CountQuery<S> = {}): number {
    this.#assertCall('query');
    return this.#reader.count(query as QueryData);
  }

  aggregate<const Q extends AggregateQuery<S>>(query: Q & Known<S, Q>): readonly ResultOf<S, Q>[] {
    this.#assertCall('query');
    return this.#reader.aggregate(query as QueryData) as readonly ResultOf<S, Q>[];
  }

  explain(query: Query<S>): Explanation {
    this.#assertCall('query');
    return this.#reader.explain(query as QueryData);
  }

  create(record: CreateOf<S>): SaveResult;
  create(records: readonly CreateOf<S>[]): SaveResult[];
  create(input: CreateOf<S> | readonly CreateOf<S>[]): SaveResult | SaveResult[] {
    this.#assertCall('create');
    const { entity } = this.#reader;
    return Array.isArray(input)
      ? whole(createRecords(this.#store, entity, input, ALL))
      : createRecord(this.#store, entity, input);
  }

  update(record: UpdateOf<S>): SaveResult;
  update(records: readonly UpdateOf<S>[]): SaveResult[];
  update(input: UpdateOf<S> | readonly UpdateOf<S>[]): SaveResult | SaveResult[] {
    this.#assertCall('update');
    const { entity } = this.#reader;
    return Array.isArray(input)
      ? whole(updateRecords(this.#store, entity, input, ALL))
      : updateRecord(this.#store, entity, input);
  }

  upsert(field: FieldNameOf<S>, record: Partial<CreateOf<S>> & Partial<UpdateOf<S>>): UpsertResult;
  upsert(field: FieldNameOf<S>, records: readonly (Partial<CreateOf<S>> & Partial<UpdateOf<S>>)[]): UpsertResult[];
  upsert(field: FieldNameOf<S>, input: unknown): UpsertResult | UpsertResult[] {
    this.#assertCall('upsert');
    const upsert = (records: readonly unknown[]) =>
      whole(upsertRecords(this.#store, this.#reader, field, records, ALL));
    return Array.isArray(input) ? upsert(input) : (upsert([input])[0] as UpsertResult);
  }

  delete(id: string): DeleteResult;
  delete(ids: readonly string[]): DeleteResult[];
  delete(input: string | readonly string[]): DeleteResult | DeleteResult[] {
    this.#assertCall('delete');
    const { entity } = this.#reader;
    return Array.isArray(input)
      ? whole(deleteRecords(this.#store, entity, input, ALL))
      : deleteRecord(this.#store, entity, input);
  }

  undelete(id: string): UndeleteResult;
  undelete(ids: readonly string[]): UndeleteResult[];
  undelete(input: string | readonly string[]): UndeleteResult | UndeleteResult[] {
    this.#assertCall('undelete');
    const { entity } = this.#reader;
    return Array.isArray(input)
      ? whole(undeleteRecords(this.#store, entity, input, ALL))
      : undeleteRecord(this.#store, entity, input);
  }

  /** Takes records out of the recycle bin for good. */
  emptyRecycleBin(ids: readonly string[]): EmptyRecycleBinResult[] {
    this.#assertCall('delete');
    return whole(emptyRecycleBin(this.#store, this.#reader.entity, ids, ALL));
  }
}

const ALL = { allOrNone: true };

/** Throws the first true fault of an array call that kept nothing. */
function whole<T extends SaveResult>(results: T[]): T[] {
  const bad = results.find(
    (result) => !result.success && result.errors[0]?.statusCode !== 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  );
  if (bad !== undefined) throw toError(bad);
  return results;
}
