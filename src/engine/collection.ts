import {
  checkLiveOptions,
  checkOptions,
  EXPORT_OPTIONS,
  IMPORT_OPTIONS,
  REPLICATION_OPTIONS,
  WRITE_OPTIONS,
} from './calls/check-options.ts';
import type { ExportOptions } from './calls/export-records.ts';
import type { ImportOptions, ImportResult, TakeRows } from './calls/import-records.ts';
import {
  type GetDeletedResult,
  type GetUpdatedResult,
  getDeleted,
  getUpdated,
  type ReplicationOptions,
} from './calls/replication-calls.ts';
import type {
  DeleteResult,
  EmptyRecycleBinResult,
  SaveResult,
  UndeleteResult,
  UpsertResult,
  WriteOptions,
} from './calls/results.ts';
import { retrieveRecords } from './calls/retrieve.ts';
import { runWrite } from './calls/run-write.ts';
import type { SearchHit, SearchOptions } from './calls/search-records.ts';
import type { ObjectDefinition } from './definition/define-object.ts';
import type { Call } from './definition/definition.ts';
import { describeObject, type ObjectDescription } from './definition/describe.ts';
import { describeLayout, type LayoutDescription } from './definition/describe-layout.ts';
import type { CreateOf, FieldNameOf, RecordOf, SpecOf, UpdateOf } from './definition/infer.ts';
import { createError } from './ground/errors.ts';
import type { LiveQueries } from './live/live-queries.ts';
import type { LiveOptions, LiveQuery } from './live/live-query.ts';
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
import type { StoredRecord } from './record/record.ts';
import type { TextIndexes } from './search/text-indexes.ts';
import type { Store } from './store/store.ts';
import type { WriteCall } from './write/write-call.ts';

/** What a collection stands on; made by the database. */
export interface CollectionParts {
  readonly store: Store;
  readonly reader: Reader;
  readonly live: LiveQueries;
  readonly texts: TextIndexes;
  readonly definitions: readonly ObjectDefinition[];
  /** Of the API whose addresses describe tells. */
  readonly version: string;
}

/** The collection of a definition: what `db.LiveAgentSession` is, for `typeof LiveAgentSession`. */
export type CollectionOf<D> = Collection<SpecOf<D>>;

type QueryData = Readonly<Record<string, unknown>>;

/**
 * The records of one object and its calls. Reads are synchronous, from memory. Writes are true in memory when the call
 * returns; their promise settles once they are as durable as the database was opened for. With one record given the
 * promise rejects with an `EngineError`; with an array it gives results in input order.
 */
export class Collection<S> {
  readonly definition: ObjectDefinition;
  readonly #store: Store;
  readonly #reader: Reader;
  readonly #live: LiveQueries;
  readonly #texts: TextIndexes;
  readonly #definitions: readonly ObjectDefinition[];
  readonly #version: string;

  constructor({ store, reader, live, texts, definitions, version }: CollectionParts) {
    this.definition = reader.entity.definition;
    this.#store = store;
    this.#reader = reader;
    this.#live = live;
    this.#texts = texts;
    this.#definitions = definitions;
    this.#version = version;
  }

  get name(): string {
    return this.definition.name;
  }

  /** Live records held. */
  get size(): number {
    return this.#reader.entity.table.liveCount;
  }

  /** The number of the database's last commit: as long as it stays, so does every answer already read. */
  get sequence(): number {
    return this.#store.feed.sequence;
  }

  #assertCall(call: Call): void {
    this.#store.assertOpen();
    if (!this.definition.calls.has(call))
      throw createError('METHOD_NOT_ALLOWED', `${this.definition.name} does not support ${call}()`);
  }

  /** The record of an id, or undefined when there is none or it is deleted. The stored, frozen record itself. */
  get(id: string): RecordOf<S> | undefined {
    this.#store.assertOpen();
    return this.#reader.get(id) as RecordOf<S> | undefined;
  }

  /** The records that fit, in order. Throws `INVALID_FIELD`, `MALFORMED_ID` or `MALFORMED_QUERY`. */
  find<const Q extends FindQuery<S> = FindAll>(
    query: Q & Known<S, Q> = {} as Q & Known<S, Q>,
  ): readonly ResultOf<S, Q>[] {
    this.#assertCall('query');
    return this.#reader.find(query as QueryData) as readonly ResultOf<S, Q>[];
  }

  /** The first record that fits, or undefined. */
  findOne<const Q extends FindQuery<S> = FindAll>(
    query: Q & Known<S, Q> = {} as Q & Known<S, Q>,
  ): ResultOf<S, Q> | undefined {
    this.#assertCall('query');
    return this.#reader.find(query as QueryData, 1)[0] as ResultOf<S, Q> | undefined;
  }

  /** How many records fit; a range of an index is counted without being read. */
  count(query: CountQuery<S> = {}): number {
    this.#assertCall('query');
    return this.#reader.count(query as QueryData);
  }

  /** Counts, sums and the like, of all records that fit or by group. */
  aggregate<const Q extends AggregateQuery<S>>(query: Q & Known<S, Q>): readonly ResultOf<S, Q>[] {
    this.#assertCall('query');
    return this.#reader.aggregate(query as QueryData) as readonly ResultOf<S, Q>[];
  }

  /** How a query finds its answer: the index, the range, what was tested, how much was visited. Runs the query. */
  explain(query: Query<S>): Explanation {
    this.#assertCall('query');
    return this.#reader.explain(query as QueryData);
  }

  /** A result that stays true until closed; of a find or, when `select` names values or `groupBy` is given, of an aggregate. */
  live<const Q extends Query<S> = FindAll>(
    query: Q & Known<S, Q> = {} as Q & Known<S, Q>,
    options: LiveOptions = {},
  ): LiveQuery<ResultOf<S, Q>> {
    this.#assertCall('query');
    checkLiveOptions(options);
    return this.#live.open(this.#reader, query as QueryData, options) as unknown as LiveQuery<ResultOf<S, Q>>;
  }

  /**
   * The records that have the words of a text, the best first. The words are indexed when first searched for, which takes
   * a moment, and kept up to date from then on. Throws `MALFORMED_SEARCH`, `INVALID_FIELD` or `INVALID_OPTION`.
   */
  async search(text: string, options: SearchOptions<S> = {}): Promise<readonly SearchHit<RecordOf<S>>[]> {
    this.#assertCall('search');
    // Loaded when wanted, as import is.
    const { searchRecords } = await import('./calls/search-records.ts');
    return searchRecords<S>(this.#texts, this.#reader, text, options);
  }

  /** Makes a write: here, where its promise settles once it is kept, or in the tab that writes. */
  #write<T>(write: WriteCall): T | Promise<T> {
    const { forward } = this.#store;
    return forward === undefined ? this.#store.kept(this.#give(write) as T) : (forward(this.name, write) as Promise<T>);
  }

  #give(write: WriteCall): unknown {
    const { forward } = this.#store;
    return forward === undefined ? runWrite(this.#store, this.#reader, write) : forward(this.name, write);
  }

  create(record: CreateOf<S>): Promise<SaveResult>;
  create(records: readonly CreateOf<S>[], options?: WriteOptions): Promise<SaveResult[]>;
  async create(
    input: CreateOf<S> | readonly CreateOf<S>[],
    options: WriteOptions = {},
  ): Promise<SaveResult | SaveResult[]> {
    this.#assertCall('create');
    checkOptions(options, WRITE_OPTIONS);
    return this.#write({ call: 'create', input, options });
  }

  update(record: UpdateOf<S>): Promise<SaveResult>;
  update(records: readonly UpdateOf<S>[], options?: WriteOptions): Promise<SaveResult[]>;
  async update(
    input: UpdateOf<S> | readonly UpdateOf<S>[],
    options: WriteOptions = {},
  ): Promise<SaveResult | SaveResult[]> {
    this.#assertCall('update');
    checkOptions(options, WRITE_OPTIONS);
    return this.#write({ call: 'update', input, options });
  }

  /** Updates the record whose `field` (its id, an external id or an idLookup field) has the value given, or creates one. */
  upsert(field: FieldNameOf<S>, record: Partial<CreateOf<S>> & Partial<UpdateOf<S>>): Promise<UpsertResult>;
  upsert(
    field: FieldNameOf<S>,
    records: readonly (Partial<CreateOf<S>> & Partial<UpdateOf<S>>)[],
    options?: WriteOptions,
  ): Promise<UpsertResult[]>;
  async upsert(
    field: FieldNameOf<S>,
    input: unknown,
    options: WriteOptions = {},
  ): Promise<UpsertResult | UpsertResult[]> {
    this.#assertCall('upsert');
    checkOptions(options, WRITE_OPTIONS);
    return this.#write({ call: 'upsert', input, options, field });
  }

  /** Puts records in the recycle bin, with the children that hang on them. */
  delete(id: string): Promise<DeleteResult>;
  delete(ids: readonly string[], options?: WriteOptions): Promise<DeleteResult[]>;
  async delete(input: string | readonly string[], options: WriteOptions = {}): Promise<DeleteResult | DeleteResult[]> {
    this.#assertCall('delete');
    checkOptions(options, WRITE_OPTIONS);
    return this.#write({ call: 'delete', input, options });
  }

  /** Brings records back from the recycle bin as they were, with the children their deletion took. */
  undelete(id: string): Promise<UndeleteResult>;
  undelete(ids: readonly string[], options?: WriteOptions): Promise<UndeleteResult[]>;
  async undelete(
    input: string | readonly string[],
    options: WriteOptions = {},
  ): Promise<UndeleteResult | UndeleteResult[]> {
    this.#assertCall('undelete');
    checkOptions(options, WRITE_OPTIONS);
    return this.#write({ call: 'undelete', input, options });
  }

  /** Takes records out of the recycle bin for good. */
  async emptyRecycleBin(ids: readonly string[], options: WriteOptions = {}): Promise<EmptyRecycleBinResult[]> {
    this.#assertCall('delete');
    checkOptions(options, WRITE_OPTIONS);
    return this.#write({ call: 'emptyRecycleBin', input: ids, options });
  }

  /** The records of up to 2,000 ids with the fields asked for, in the order of the ids; null for one not to be had. */
  async retrieve(ids: readonly string[], fields?: readonly FieldNameOf<S>[]): Promise<(Partial<RecordOf<S>> | null)[]> {
    this.#assertCall('retrieve');
    return retrieveRecords(this.#reader, ids, fields) as (Partial<RecordOf<S>> | null)[];
  }

  /** The ids created or updated from `start` up to `end`; a window of at most 30 days back unless `unlimited`. */
  getUpdated(start: string | Date, end: string | Date, options: ReplicationOptions = {}): GetUpdatedResult {
    this.#assertCall('getUpdated');
    checkOptions(options, REPLICATION_OPTIONS);
    return getUpdated(this.#store, this.#reader, start, end, options);
  }

  /** The records deleted from `start` up to `end`; a window of at most 15 days back unless `unlimited`. */
  getDeleted(start: string | Date, end: string | Date, options: ReplicationOptions = {}): GetDeletedResult {
    this.#assertCall('getDeleted');
    checkOptions(options, REPLICATION_OPTIONS);
    return getDeleted(this.#store, this.#reader, start, end, options);
  }

  /** Notes that the user has looked at records: sets LastViewedDate and LastReferencedDate, and no other stamp. */
  async recordView(ids: string | readonly string[]): Promise<void> {
    await this.#write({ call: 'recordView', input: ids });
  }

  /** Notes that the user has come upon records through others: sets LastReferencedDate, and no other stamp. */
  async recordReference(ids: string | readonly string[]): Promise<void> {
    await this.#write({ call: 'recordReference', input: ids });
  }

  describe(): ObjectDescription {
    this.#store.assertOpen();
    return describeObject(this.definition, this.#definitions, this.#version);
  }

  /** How the object's fields are laid out for people, and the lists of its children. */
  describeLayout(): LayoutDescription {
    this.#assertCall('describeLayout');
    return describeLayout(this.definition, this.#definitions, this.#version);
  }

  /**
   * Takes in what an API returned or a file holds: a parsed payload, text or a stream of JSON, NDJSON or CSV. Given
   * ids, names and dates are kept; a record already held under its id is brought up to date.
   */
  async import(payload: unknown, options: ImportOptions = {}): Promise<ImportResult> {
    this.#store.assertOpen();
    checkOptions(options, IMPORT_OPTIONS);
    // Loaded when wanted: most pages that embed the engine never import a file.
    const { importRecords } = await import('./calls/import-records.ts');
    const takeRows: TakeRows = (input, how) => this.#give({ call: 'import', input, options: how });
    const result = await importRecords(this.#store, this.definition, takeRows, payload, options);
    await this.#store.settled?.();
    return result;
  }

  /** The records of the moment of the call as text, in pieces of about 64 KiB. Later writes do not show in it. */
  export(options: ExportOptions = {}): AsyncGenerator<string> {
    this.#store.assertOpen();
    checkOptions(options, EXPORT_OPTIONS);
    this.#store.assertNotWriting('records cannot be exported');
    const deleted = options.deleted === true ? 'include' : 'exclude';
    return this.#writeOut(this.#reader.find({ where: options.where ?? {}, deleted }), options);
  }

  async *#writeOut(records: readonly StoredRecord[], options: ExportOptions): AsyncGenerator<string> {
    const { exportRecords } = await import('./calls/export-records.ts');
    yield* exportRecords(this.#store, this.definition, records, options);
  }
}
