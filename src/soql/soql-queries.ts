import { recordUse } from '../engine/calls/record-use.ts';
import { createError } from '../engine/ground/errors.ts';
import type { LiveQueries } from '../engine/live/live-queries.ts';
import type { LiveOptions, LiveQuery } from '../engine/live/live-query.ts';
import type { Explanation } from '../engine/query/query.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import type { TextIndexes } from '../engine/search/text-indexes.ts';
import type { Store } from '../engine/store/store.ts';
import type { CompiledFind } from './compile/compile-find.ts';
import { rowCount } from './compile/compile-find.ts';
import { type CompiledCount, type CompiledSoql, compileSoql } from './compile/compile-soql.ts';
import type { Row, RowForm } from './compile/row-shape.ts';
import type { RunContext } from './compile/run-context.ts';
import type { Calendar } from './dates/calendar.ts';
import { createLiveSource } from './live-soql.ts';
import type { Catalog } from './resolve/catalog.ts';
import type { SearchResult } from './search/run-sosl.ts';
import type { SoqlRow } from './soql-types.ts';

/** The answer to a query, in the shape of the REST API's. */
export interface QueryResult<R = SoqlRow> {
  /** How many records fit; of `COUNT()`, the count. */
  readonly totalSize: number;
  /** Whether these are all. */
  readonly done: boolean;
  readonly records: readonly R[];
  /** What `queryMore` takes, where there are more. */
  readonly nextRecordsUrl?: string;
}

export interface QueryOptions {
  /** Values for `:name` in the text. For IN and NOT IN a list. */
  readonly binds?: Readonly<Record<string, unknown>> | undefined;
  /**
   * `plain` (default): rows of what is selected. `rest`: as the REST API gives them, with `attributes` and its form of
   * dates, 2,000 at a time.
   */
  readonly form?: 'plain' | 'rest' | undefined;
  /** How many rows one answer has at most. All of them in the plain form unless given. */
  readonly batchSize?: number | undefined;
}

/** Options of a search in SOSL. */
export type SearchTextOptions = Pick<QueryOptions, 'binds' | 'form'>;

interface Cursor {
  readonly find: CompiledFind;
  readonly records: readonly StoredRecord[];
  readonly run: RunContext;
  readonly form: RowForm;
  readonly batchSize: number;
}

const REST_BATCH = 2000;
/** Compiled texts kept, and open cursors; the oldest make room. */
const TEXTS_MAX = 500;
const CURSORS_MAX = 1000;
const LOCATOR = /(?:^|\/)(\w{18})-(\d{1,9})$/;

function snapshotOf(binds: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isList = (value: unknown) => Array.isArray(value) || value instanceof Set;
  return Object.fromEntries(
    Object.entries(binds).map(([name, value]) => [name, isList(value) ? [...(value as Iterable<unknown>)] : value]),
  );
}

/** The SOQL of one database. */
export class SoqlQueries {
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #calendar: Calendar;
  readonly #timeZone: string;
  readonly #version: string;
  readonly #compiled = new Map<string, CompiledSoql>();
  readonly #cursors = new Map<string, Cursor>();
  #cursorCount = 0;

  constructor(store: Store, catalog: Catalog, calendar: Calendar, timeZone: string, version: string) {
    this.#store = store;
    this.#catalog = catalog;
    this.#calendar = calendar;
    this.#timeZone = timeZone;
    this.#version = version;
  }

  /** A text compiled, once as long as it keeps being asked. */
  compile(text: string): CompiledSoql {
    const known = this.#compiled.get(text);
    if (known !== undefined) return known;
    const compiled = compileSoql(text, this.#catalog);
    const oldest = this.#compiled.keys().next();
    if (this.#compiled.size >= TEXTS_MAX && oldest.done !== true) this.#compiled.delete(oldest.value);
    this.#compiled.set(text, compiled);
    return compiled;
  }

  #context(binds: Readonly<Record<string, unknown>> = {}, deleted = false): RunContext {
    const nowMs = this.#store.environment.now();
    return { nowMs, calendar: this.#calendar, timeZone: this.#timeZone, deleted, live: false, binds };
  }

  /** Runs a query. `deleted`: over the records in the recycle bin too. */
  query(text: string, options: QueryOptions, deleted: boolean): QueryResult {
    this.#store.assertOpen();
    const compiled = this.compile(text);
    const run = this.#context(options.binds, deleted || compiled.query.allRows);
    const isRest = options.form === 'rest';
    const form: RowForm = { restVersion: isRest ? this.#version : undefined };
    if (compiled.kind === 'count') return { totalSize: this.#count(compiled, run), done: true, records: [] };
    if (compiled.kind === 'aggregate') {
      const records = compiled.rows(run, form);
      return { totalSize: records.length, done: true, records };
    }
    const records = compiled.find(run);
    this.#noteUse(compiled, records);
    const batchSize = options.batchSize ?? (isRest ? REST_BATCH : Number.POSITIVE_INFINITY);
    return this.#batch({ find: compiled, records, run, form, batchSize }, 0, undefined);
  }

  #count({ scope, query, filter }: CompiledCount, run: RunContext): number {
    const { reader } = scope.object;
    const all = reader.countPlan({
      condition: filter(run),
      order: [],
      limit: Number.POSITIVE_INFINITY,
      offset: 0,
      live: true,
      deleted: run.deleted,
    });
    return Math.min(all, rowCount(run, query.limit, Number.POSITIVE_INFINITY, scope.text));
  }

  /** FOR VIEW and FOR REFERENCE: the records have been looked at, or come upon. */
  #noteUse({ scope, query }: CompiledFind, records: readonly StoredRecord[]): void {
    if (!query.forView && !query.forReference) return;
    const { entity } = scope.object.reader;
    const { id, deleted } = entity.definition.roles;
    const ids = records.filter((record) => record[deleted] !== true).map((record) => record[id] as string);
    recordUse(this.#store, entity, ids, query.forView);
  }

  #batch(cursor: Cursor, from: number, known: string | undefined): QueryResult {
    const { find, records, run, form, batchSize } = cursor;
    const to = Math.min(records.length, from + batchSize);
    const rows: Row[] = [];
    for (let at = from; at < to; at++) rows.push(find.shape.makeRow(records[at] as StoredRecord, run, form));
    const result = { totalSize: records.length, done: to === records.length, records: rows };
    if (result.done) {
      if (known !== undefined) this.#cursors.delete(known);
      return result;
    }
    const id = known ?? this.#keep(cursor);
    return { ...result, nextRecordsUrl: `/services/data/v${this.#version}/query/${id}-${to}` };
  }

  #keep(cursor: Cursor): string {
    const oldest = this.#cursors.keys().next();
    if (this.#cursors.size >= CURSORS_MAX && oldest.done !== true) this.#cursors.delete(oldest.value);
    this.#cursorCount++;
    const id = `01g${String(this.#cursorCount).padStart(15, '0')}`;
    this.#cursors.set(id, cursor);
    return id;
  }

  /** The next rows of a result. Throws `INVALID_QUERY_LOCATOR`. */
  queryMore(locator: string): QueryResult {
    this.#store.assertOpen();
    const [, id = '', from = ''] = (typeof locator === 'string' && LOCATOR.exec(locator)) || [];
    const cursor = this.#cursors.get(id);
    if (cursor === undefined || Number(from) > cursor.records.length)
      throw createError('INVALID_QUERY_LOCATOR', 'invalid query locator');
    return this.#batch(cursor, Number(from), id);
  }

  /** A result that stays true until closed. Where the text names the clock, it moves as the user's day does. */
  live(
    live: LiveQueries,
    text: string,
    given: Readonly<Record<string, unknown>> = {},
    options: LiveOptions = {},
  ): LiveQuery<SoqlRow> {
    this.#store.assertOpen();
    const compiled = this.compile(text);
    // The values of the moment: what the caller does with a list afterwards is not the query's.
    const binds = snapshotOf(given);
    const context = () => this.#context(binds, compiled.query.allRows);
    return live.openSource(createLiveSource(compiled, binds, context), options);
  }

  /** Runs a search in SOSL. */
  async search(texts: TextIndexes, text: string, options: SearchTextOptions): Promise<SearchResult> {
    this.#store.assertOpen();
    const binds = snapshotOf(options.binds ?? {});
    // Loaded when wanted, with the library that words are indexed by.
    const { runSosl } = await import('./search/run-sosl.ts');
    return runSosl(text, {
      catalog: this.#catalog,
      indexes: texts,
      context: () => this.#context(binds),
      version: this.#version,
      isRest: options.form === 'rest',
    });
  }

  /** How the records of a query are found. Runs it. */
  explain(text: string, options: QueryOptions): Explanation {
    this.#store.assertOpen();
    const compiled = this.compile(text);
    const run = this.#context(options.binds, compiled.query.allRows);
    const { reader } = compiled.scope.object;
    const all = { order: [], limit: Number.POSITIVE_INFINITY, offset: 0, live: true, deleted: run.deleted };
    if (compiled.kind === 'find') return reader.explainPlan(compiled.plan(run));
    return reader.explainPlan({ ...all, condition: compiled.filter(run) });
  }
}
