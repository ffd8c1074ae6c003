import type { FieldNameOf, RecordOf } from '../definition/infer.ts';
import { createError } from '../ground/errors.ts';
import { checkRowCount } from '../query/check-query.ts';
import { checkWhere } from '../query/check-where.ts';
import type { Where } from '../query/query.ts';
import type { Reader } from '../query/reader.ts';
import { findHits } from '../search/find-hits.ts';
import { highlight, type TextSpan } from '../search/highlight.ts';
import { rankHits } from '../search/rank-hits.ts';
import { countLooseWords, type Hit, LOOSE_WORDS_MAX, type SearchTree } from '../search/search-tree.ts';
import { type SearchablePath, searchablePaths } from '../search/searchable-paths.ts';
import type { TextIndexes } from '../search/text-indexes.ts';
import { isUuidBeginning, wordsOf } from '../search/words.ts';
import { checkOptions } from './check-options.ts';

export interface SearchOptions<S> {
  /** The texts to look into, dotted where they nest; all of them when absent. */
  readonly fields?: readonly (FieldNameOf<S> | `${string}.${string}`)[] | undefined;
  /** What a record found has to meet besides. */
  readonly where?: Where<S> | undefined;
  /** Whether a record has all the words (default) or any of them. */
  readonly match?: 'all' | 'any' | undefined;
  /** Whether the last word may be unfinished, as while it is being typed. Default false. */
  readonly prefix?: boolean | undefined;
  /** How many letters of a word may be wrong: true for one in five, a share below 1, or a whole number up to 6. */
  readonly fuzzy?: boolean | number | undefined;
  /** Whether hits say where their words stand. Default false. */
  readonly highlight?: boolean | undefined;
  /** How many hits at most: 50 when absent. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

export interface SearchHit<R> {
  /** The stored, frozen record itself. */
  readonly record: R;
  /** How well it fits; of use to compare hits of one search. */
  readonly score: number;
  /** With `highlight`: by field, the places of the words found, as `slice` takes them. */
  readonly highlights?: Readonly<Record<string, readonly TextSpan[]>>;
}

const OPTIONS = {
  fields: 'object',
  where: 'object',
  match: 'string',
  prefix: 'boolean',
  highlight: 'boolean',
  limit: 'number',
  offset: 'number',
} as const;
const LIMIT = 50;
const TEXT_MAX = 10_000;
const FUZZY_MAX = 6;
const FUZZY_SHARE = 0.2;

function readFuzzy(fuzzy: unknown): number {
  if (fuzzy === undefined || fuzzy === false) return 0;
  if (fuzzy === true) return FUZZY_SHARE;
  const isShare = typeof fuzzy === 'number' && fuzzy >= 0 && fuzzy < 1;
  if (isShare || (Number.isInteger(fuzzy) && (fuzzy as number) >= 1 && (fuzzy as number) <= FUZZY_MAX))
    return fuzzy as number;
  throw createError('INVALID_OPTION', `fuzzy is true, a share below 1 or a whole number up to ${FUZZY_MAX}`);
}

function readFields(paths: readonly SearchablePath[], fields: unknown): readonly SearchablePath[] {
  if (fields === undefined) return paths;
  if (!Array.isArray(fields)) throw createError('INVALID_OPTION', 'fields is a list of names');
  return fields.map((name: unknown) => {
    if (typeof name !== 'string') throw createError('INVALID_OPTION', 'fields is a list of names');
    const path = paths.find((each) => each.name === name);
    if (path !== undefined) return path;
    const shown = name.slice(0, 80);
    throw createError('INVALID_FIELD', `field '${shown}' can not be searched`, [shown]);
  });
}

/** What people type is words and nothing else: each piece between blanks is one word, or several side by side. */
function readText(text: string, prefix: boolean, fuzzy: number, match: 'all' | 'any'): SearchTree {
  const pieces = text.split(/\s+/).flatMap((piece) => {
    const words = wordsOf(piece);
    return words.length > 0 ? [words] : [];
  });
  const parts = pieces.map((words, piece): SearchTree => {
    const isLast = (at: number) => piece === pieces.length - 1 && at === words.length - 1;
    return { kind: 'words', words: words.map((word, at) => ({ text: word, prefix: prefix && isLast(at), fuzzy })) };
  });
  const last = text.slice(text.search(/\S+$/));
  // A UUID is one word, and until it is finished its parts look like several.
  if (prefix && isUuidBeginning(last)) {
    const uuid: SearchTree = { kind: 'words', words: [{ text: last.toUpperCase(), prefix: true, fuzzy: 0 }] };
    parts.push({ kind: 'or', parts: [parts.pop() as SearchTree, uuid] });
  }
  return { kind: match === 'any' ? 'or' : 'and', parts };
}

/** Runs a search of one object. Throws `INVALID_OPTION`, `INVALID_FIELD`, `MALFORMED_QUERY` or `MALFORMED_SEARCH`. */
export async function searchRecords<S>(
  indexes: TextIndexes,
  reader: Reader,
  text: string,
  given: SearchOptions<S>,
): Promise<readonly SearchHit<RecordOf<S>>[]> {
  const { fuzzy, ...options } = given ?? {};
  checkOptions(given === null ? given : options, OPTIONS);
  if (typeof text !== 'string' || text.length > TEXT_MAX)
    throw createError('MALFORMED_SEARCH', `a search takes a text of at most ${TEXT_MAX} characters`);
  const { match = 'all' } = options;
  if (match !== 'all' && match !== 'any') throw createError('INVALID_OPTION', "match is 'all' or 'any'");
  const limit = checkRowCount('limit', options.limit, LIMIT);
  const offset = checkRowCount('offset', options.offset, 0);
  const tree = readText(text, options.prefix === true, readFuzzy(fuzzy), match);
  if (countLooseWords(tree) > LOOSE_WORDS_MAX)
    throw createError('MALFORMED_SEARCH', `a search has at most ${LOOSE_WORDS_MAX} words that are fuzzy`);
  const condition = checkWhere(reader.scope, options.where);
  const paths = readFields(searchablePaths(reader.entity.definition), options.fields);
  const index = await indexes.of(reader);
  const hits = findHits(index, tree, paths);
  return rankHits(index, hits, condition)
    .slice(offset, offset + limit)
    .map((slot) => {
      const found = hits.get(slot) as Hit;
      const { score } = found;
      const record = index.record(slot);
      const hit = { record: record as RecordOf<S>, score };
      return Object.freeze(options.highlight === true ? { ...hit, highlights: highlight(record, paths, found) } : hit);
    });
}
