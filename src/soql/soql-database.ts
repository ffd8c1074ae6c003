import { checkLiveOptions, checkOptions } from '../engine/calls/check-options.ts';
import { type Collections, DatabaseCore } from '../engine/database.ts';
import type { ObjectDefinition } from '../engine/definition/define-object.ts';
import { createError } from '../engine/ground/errors.ts';
import type { LiveQueries } from '../engine/live/live-queries.ts';
import type { LiveOptions, LiveQuery } from '../engine/live/live-query.ts';
import { type DatabaseOptions, type DatabaseParts, openStoredParts } from '../engine/open-parts.ts';
import type { Explanation } from '../engine/query/query.ts';
import type { TextIndexes } from '../engine/search/text-indexes.ts';
import { type Calendar, type CalendarOptions, createCalendar } from './dates/calendar.ts';
import { Catalog } from './resolve/catalog.ts';
import type { SearchResult } from './search/run-sosl.ts';
import { type QueryOptions, type QueryResult, type SearchTextOptions, SoqlQueries } from './soql-queries.ts';
import type { SoqlText } from './soql-tag.ts';
import type { RowOf } from './soql-types.ts';

/** An open database: its objects by name beside its own members. */
export type Database<Definitions extends readonly unknown[] = readonly ObjectDefinition[]> = SoqlDatabase<Definitions> &
  Collections<Definitions>;

const CALENDAR_OPTIONS = { timeZone: 'string', fiscalYearStart: 'number', weekStart: 'number' } as const;
const LIVE_QUERY_OPTIONS = { binds: 'object' } as const;
const SEARCH_OPTIONS = { binds: 'object', form: 'string' } as const;
const QUERY_OPTIONS = { binds: 'object', form: 'string', batchSize: 'number' } as const;

function checkQueryOptions(options: QueryOptions, kinds: Readonly<Record<string, string>>): void {
  checkOptions(options, kinds);
  const { binds, form, batchSize } = options;
  if (binds === null) throw createError('INVALID_OPTION', 'binds is an object');
  if (form !== undefined && form !== 'plain' && form !== 'rest')
    throw createError('INVALID_OPTION', "form is 'plain' or 'rest'");
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize >= 1))
    throw createError('INVALID_OPTION', 'batchSize is a whole number from 1');
}

/** A query as its text and options: the values of a tagged template join the binds. */
function readQuery(
  soql: string | SoqlText,
  options: QueryOptions,
  kinds: Readonly<Record<string, string>> = QUERY_OPTIONS,
): { text: string; given: QueryOptions } {
  checkQueryOptions(options, kinds);
  if (typeof soql === 'string') return { text: soql, given: options };
  if (typeof soql !== 'object' || soql === null || typeof soql.soql !== 'string')
    throw createError('MALFORMED_QUERY', 'a query is a text of SOQL; a query as data is asked of a collection');
  return { text: soql.soql, given: { ...options, binds: { ...options.binds, ...soql.binds } } };
}

function openCalendar(options: CalendarOptions): Calendar {
  checkOptions(options, CALENDAR_OPTIONS);
  const { fiscalYearStart = 1, weekStart = 0 } = options;
  if (!Number.isInteger(fiscalYearStart) || fiscalYearStart < 1 || fiscalYearStart > 12)
    throw createError('INVALID_OPTION', 'fiscalYearStart is a month, 1 to 12');
  if (!Number.isInteger(weekStart) || weekStart < 0 || weekStart > 6)
    throw createError('INVALID_OPTION', 'weekStart is a day of the week, 0 for Sunday to 6');
  try {
    return createCalendar(options);
  } catch (error) {
    if (error instanceof RangeError) throw createError('INVALID_OPTION', 'the platform does not know this timeZone');
    throw error;
  }
}

/** A database that answers SOQL. */
export class SoqlDatabase<Definitions extends readonly unknown[]> extends DatabaseCore<Definitions> {
  readonly #soql: SoqlQueries;
  readonly #live: LiveQueries;
  readonly #texts: TextIndexes;

  constructor(parts: DatabaseParts, soql: SoqlQueries) {
    super(parts);
    this.#live = parts.live;
    this.#texts = parts.texts;
    this.#soql = soql;
  }

  /**
   * Runs a SOQL query, of records, of aggregates or of a count, from memory. Throws `MALFORMED_QUERY`, `INVALID_FIELD`,
   * `INVALID_TYPE` or `MALFORMED_ID`, with the place in the text where there is one.
   */
  query<const Text extends string | SoqlText, const Options extends QueryOptions = QueryOptions>(
    soql: Text,
    options?: Options,
  ): QueryResult<RowOf<Definitions, Text, Options>>;
  /** The same with rows of a type of one's own, for what their text does not tell. */
  query<Row extends object>(soql: string | SoqlText, options?: QueryOptions): QueryResult<Row>;
  query(soql: string | SoqlText, options: QueryOptions = {}): QueryResult<unknown> {
    const { text, given } = readQuery(soql, options);
    return this.#soql.query(text, given, false);
  }

  /** The same over the records in the recycle bin too. */
  queryAll<const Text extends string | SoqlText, const Options extends QueryOptions = QueryOptions>(
    soql: Text,
    options?: Options,
  ): QueryResult<RowOf<Definitions, Text, Options>>;
  /** The same with rows of a type of one's own, for what their text does not tell. */
  queryAll<Row extends object>(soql: string | SoqlText, options?: QueryOptions): QueryResult<Row>;
  queryAll(soql: string | SoqlText, options: QueryOptions = {}): QueryResult<unknown> {
    const { text, given } = readQuery(soql, options);
    return this.#soql.query(text, given, true);
  }

  /** The next rows of a result that was not done, by its `nextRecordsUrl`. Throws `INVALID_QUERY_LOCATOR`. */
  queryMore(nextRecordsUrl: string): QueryResult {
    return this.#soql.queryMore(nextRecordsUrl);
  }

  /**
   * A SOQL query whose result stays true until closed, as `live` of a collection gives. Date literals move as the clock
   * does. Child queries cannot be live. Throws as `query` does.
   */
  live<const Text extends string | SoqlText>(
    soql: Text,
    options?: Pick<QueryOptions, 'binds'> & LiveOptions,
  ): LiveQuery<RowOf<Definitions, Text>>;
  live<Row extends object>(
    soql: string | SoqlText,
    options?: Pick<QueryOptions, 'binds'> & LiveOptions,
  ): LiveQuery<Row>;
  live(soql: string | SoqlText, options: Pick<QueryOptions, 'binds'> & LiveOptions = {}): unknown {
    const { signal, deliver, ...others } = options;
    checkLiveOptions({ signal, deliver });
    const { text, given } = readQuery(soql, others, LIVE_QUERY_OPTIONS);
    return this.#soql.live(this.#live, text, given.binds, { signal, deliver });
  }

  /**
   * Runs a SOSL search over the words of records. They are indexed when first searched for, which takes a moment, and
   * kept up to date from then on. `attributes` say which object each record is of. Throws `MALFORMED_SEARCH`,
   * `INVALID_SEARCH`, `INVALID_TYPE`, `INVALID_FIELD` or `MALFORMED_QUERY`, with the place in the text.
   */
  async search(sosl: string | SoqlText, options: SearchTextOptions = {}): Promise<SearchResult> {
    const { text, given } = readQuery(sosl, options, SEARCH_OPTIONS);
    return this.#soql.search(this.#texts, text, given);
  }

  /** How a SOQL query finds its records: the index, the range, how much was visited. Runs the query. */
  explain(soql: string | SoqlText, options: QueryOptions = {}): Explanation {
    const { text, given } = readQuery(soql, options);
    return this.#soql.explain(text, given);
  }
}

/**
 * Opens a database: in memory alone, or filled from a `storage` that keeps it. Rejects with `INVALID_OPTION`,
 * `INVALID_DEFINITION` or `MALFORMED_ID`, and with `STORAGE_LOCKED`, `STORAGE_CORRUPT`, `STORAGE_NEWER`,
 * `MIGRATION_FAILED` or `WRONG_KEY`.
 */
export async function openDatabase<const Definitions extends readonly unknown[]>(
  options: DatabaseOptions<Definitions> & {
    /** The zone, fiscal year and week that date literals and date functions of SOQL go by. */
    readonly calendar?: CalendarOptions | undefined;
  },
): Promise<Database<Definitions>> {
  if (typeof options !== 'object' || options === null)
    throw createError('INVALID_OPTION', 'openDatabase takes its options as an object');
  const { calendar = {}, ...others } = options;
  const parts = await openStoredParts(others as unknown as DatabaseOptions<Definitions>);
  const { store, readers, version } = parts;
  const catalog = new Catalog(readers.values(), store.user);
  const soql = new SoqlQueries(store, catalog, openCalendar(calendar), calendar.timeZone ?? 'UTC', version);
  return new SoqlDatabase<Definitions>(parts, soql) as Database<Definitions>;
}
