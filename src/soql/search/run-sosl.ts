import type { Condition } from '../../engine/query/condition.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import { findHits } from '../../engine/search/find-hits.ts';
import { amongHits, rankHits } from '../../engine/search/rank-hits.ts';
import type { Hit, SearchTree } from '../../engine/search/search-tree.ts';
import type { TextIndex } from '../../engine/search/text-index.ts';
import type { TextIndexes } from '../../engine/search/text-indexes.ts';
import { compileFilter, rowCount } from '../compile/compile-find.ts';
import { type RunContext, valueOfBind } from '../compile/run-context.ts';
import type { RowCount } from '../parse/ast.ts';
import type { Catalog } from '../resolve/catalog.ts';
import { soslError } from '../soql-error.ts';
import { type CompiledReturning, type CompiledSosl, compileSosl, type FieldLabel } from './compile-sosl.ts';
import { parseSearchText } from './parse-search-text.ts';
import { shareRows } from './share-rows.ts';

/** A record found, as the REST API gives it. */
export type SearchRow = Readonly<Record<string, unknown>> & {
  readonly attributes: { readonly type: string; readonly url: string };
};

/** The answer to a search, in the shape of the REST API's. */
export interface SearchResult {
  /** Object by object in the order of RETURNING; of one object the best first, or in its ORDER BY. */
  readonly searchRecords: readonly SearchRow[];
  /** With `WITH METADATA = 'LABELS'`; named as the REST API guide prints it. */
  readonly metadata?: {
    readonly entityetadata: readonly { readonly entityName: string; readonly fieldMetadata: readonly FieldLabel[] }[];
  };
}

/** What a search is run with. */
export interface SoslRun {
  readonly catalog: Catalog;
  readonly indexes: TextIndexes;
  /** The moment's clock, zone and binds. */
  readonly context: () => RunContext;
  readonly version: string;
  readonly isRest: boolean;
}

const ROWS_MAX = 2000;
/** As many records of an object, where nothing more is said of it (SOSL reference, limits). */
const OBJECT_ROWS_MAX = 250;

function treeOf({ query }: CompiledSosl, text: string, run: RunContext): SearchTree {
  const { find } = query;
  if (find.kind === 'text') return parseSearchText(find.text, { statement: text, from: find.at, isBind: false });
  const value = valueOfBind(run, find, text);
  if (typeof value !== 'string') throw soslError('MALFORMED_SEARCH', text, find.at, 'what FIND looks for is a text');
  return parseSearchText(value, { statement: text, from: find.at, isBind: true });
}

/** A LIMIT or OFFSET, within what a search gives. Throws `INVALID_SEARCH`. */
function rowsOf(run: RunContext, count: RowCount | undefined, absent: number, text: string, word: string): number {
  const value = rowCount(run, count, absent, text);
  if (value > ROWS_MAX)
    throw soslError('INVALID_SEARCH', text, count?.at ?? 0, `SOSL ${word} should be between 0 to ${ROWS_MAX}`);
  return value;
}

/** The records found of one object, in order, as many as it may give. */
function findRecords(
  index: TextIndex,
  hits: ReadonlyMap<number, Hit>,
  returning: CompiledReturning,
  run: RunContext,
  most: number,
  text: string,
): readonly StoredRecord[] {
  const { find, query } = returning;
  const limit = rowsOf(run, query.limit, most, text, 'limit');
  const offset = rowsOf(run, query.offset, 0, text, 'offset');
  let records: readonly StoredRecord[];
  if (query.orderBy.length > 0) {
    const among: Condition = amongHits(index, hits);
    records = hits.size === 0 ? [] : find.find(run, among).slice(offset, offset + limit);
  } else {
    const ranked = rankHits(index, hits, compileFilter(find.scope, find.query)(run));
    records = ranked.slice(offset, offset + limit).map((slot) => index.record(slot));
  }
  return records;
}

function rowOf({ find }: CompiledReturning, record: StoredRecord, run: RunContext, env: SoslRun): SearchRow {
  const { version: restVersion, isRest } = env;
  const { name, roles } = find.scope.object.reader.entity.definition;
  const url = `/services/data/v${restVersion}/sobjects/${name}/${String(record[roles.id])}`;
  const row = find.shape.makeRow(record, run, { restVersion: isRest ? restVersion : undefined });
  return { attributes: { type: name, url }, ...row } as SearchRow;
}

/**
 * Runs a SOSL text: the words of the objects it names are indexed first, and then all is answered from one moment.
 * Throws as {@link compileSosl} and {@link parseSearchText} do.
 */
export async function runSosl(text: string, env: SoslRun): Promise<SearchResult> {
  const compiled = compileSosl(text, env.catalog);
  const { query, returning } = compiled;
  const tree = treeOf(compiled, text, env.context());
  const indexes: TextIndex[] = [];
  for (const { find } of returning) indexes.push(await env.indexes.of(find.scope.object.reader));
  // From here on nothing waits.
  const run = env.context();
  const most = Math.min(OBJECT_ROWS_MAX, Math.floor(ROWS_MAX / Math.max(1, returning.length)));
  const found = returning.map((each, at) => {
    const index = indexes[at] as TextIndex;
    const hits = findHits(index, tree, each.paths);
    const isLimited = each.hasClauses || query.limit !== undefined;
    return findRecords(index, hits, each, run, isLimited ? ROWS_MAX : most, text);
  });
  const total = rowsOf(run, query.limit, ROWS_MAX, text, 'limit');
  const shares = shareRows(
    found.map((records) => records.length),
    total,
  );
  const searchRecords = returning.flatMap((each, at) =>
    (found[at] ?? []).slice(0, shares[at]).map((record) => rowOf(each, record, run, env)),
  );
  if (!query.labels) return { searchRecords };
  const entityetadata = returning.map(({ find, labels }) => ({
    entityName: find.scope.object.reader.entity.definition.name,
    fieldMetadata: labels,
  }));
  return { searchRecords, metadata: { entityetadata } };
}
