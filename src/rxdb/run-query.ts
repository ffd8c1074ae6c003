import type { CompiledQuery, IndexAccess } from './compiled-query.ts';
import type { AnyDocument, DocumentEntry } from './document-entry.ts';
import type { DocumentIndex } from './document-index.ts';
import type { SortedEntries } from './sorted-entries.ts';

/** Up to so many wanted are chosen as the documents go by, rather than by sorting all. */
const CHOOSE_MAX = 256;

/** What a query is run on. */
export interface QuerySource {
  /** The index on a path, with all that was written; undefined where it holds a value for which it has no place. */
  index(path: readonly string[]): DocumentIndex | undefined;
  /** Every document, those in use, those deleted, or both. */
  entries(live: boolean, deleted: boolean): Iterable<DocumentEntry>;
}

/** A stretch of a run of an index. */
interface Stretch {
  readonly run: SortedEntries;
  readonly from: number;
  readonly to: number;
}

/** The documents that a query finds, in its order. */
export function runQuery(source: QuerySource, query: CompiledQuery): AnyDocument[] {
  const { access } = query;
  const index = access === undefined ? undefined : source.index(access.path);
  if (access === undefined || index === undefined) return sorted(query, allThatFit(source, query));
  const stretches = stretchesOf(index, access, query);
  if (access.order === 'none') {
    const fitting = function* () {
      for (const entry of inOrder(stretches, false)) if (access.isExact || query.test(entry.document)) yield entry;
    };
    return sorted(query, fitting());
  }
  if (access.order === 'backward but the key') return readByTies(index, stretches, query, access.isExact);
  return readInOrder(stretches, query, access);
}

/** How many documents a query finds; of most by their places in an index alone. */
export function runCount(source: QuerySource, query: CompiledQuery): number {
  const { access } = query;
  const index = access === undefined ? undefined : source.index(access.path);
  if (access === undefined || index === undefined) return within(query, countOf(allThatFit(source, query)));
  const stretches = stretchesOf(index, access, query);
  if (access.isExact)
    return within(
      query,
      stretches.reduce((sum, { from, to }) => sum + to - from, 0),
    );
  let count = 0;
  for (const entry of inOrder(stretches, false)) if (query.test(entry.document)) count++;
  return within(query, count);
}

function within({ skip, limit }: CompiledQuery, count: number): number {
  return Math.min(Math.max(0, count - skip), limit);
}

function countOf(entries: Iterable<unknown>): number {
  let count = 0;
  for (const _ of entries) count++;
  return count;
}

function* allThatFit(source: QuerySource, query: CompiledQuery): Iterable<DocumentEntry> {
  for (const entry of source.entries(query.live, query.deleted)) if (query.test(entry.document)) yield entry;
}

function stretchesOf(
  index: DocumentIndex,
  { range }: IndexAccess,
  { live, deleted }: CompiledQuery,
): readonly Stretch[] {
  return index.runs(live, deleted).map((run) => {
    const [from, to] = index.ranks(run, range);
    return { run, from, to };
  });
}

function* inOrder(stretches: readonly Stretch[], backward: boolean): Iterable<DocumentEntry> {
  for (const { run, from, to } of backward ? stretches.toReversed() : stretches) {
    const entries: DocumentEntry[] = [];
    run.visit(from, to, backward, (entry) => {
      entries.push(entry);
      return true;
    });
    yield* entries;
  }
}

/** The documents of stretches that stand in the order asked for, until enough are found. */
function readInOrder(stretches: readonly Stretch[], query: CompiledQuery, access: IndexAccess): AnyDocument[] {
  const backward = access.order === 'backward';
  const documents: AnyDocument[] = [];
  const ordered = backward && stretches.length > 1 ? stretches.toReversed() : stretches;
  let skip = query.skip;
  for (const { run, from, to } of ordered) {
    const left = query.limit - documents.length;
    if (left <= 0) break;
    if (access.isExact) {
      // What is passed over need not be looked at, and how many are taken is known.
      const passed = Math.min(skip, to - from);
      skip -= passed;
      if (backward) run.readDocuments(Math.max(from, to - passed - left), to - passed, true, documents);
      else run.readDocuments(from + passed, Math.min(to, from + passed + left), false, documents);
    } else {
      run.visit(from, to, backward, ({ document }) => {
        if (!query.test(document)) return true;
        if (skip > 0) skip--;
        else documents.push(document);
        return documents.length < query.limit;
      });
    }
  }
  return documents;
}

/** From the end, where documents that differ in the primary key alone come in its rising order all the same. */
function readByTies(
  index: DocumentIndex,
  stretches: readonly Stretch[],
  query: CompiledQuery,
  isExact: boolean,
): AnyDocument[] {
  const wanted = query.skip + query.limit;
  const found: AnyDocument[] = [];
  for (const { run, from, to } of stretches.toReversed()) {
    let ties: DocumentEntry[] = [];
    const flush = () => {
      for (let i = ties.length - 1; i >= 0; i--) found.push((ties[i] as DocumentEntry).document);
      ties = [];
    };
    run.visit(from, to, true, (entry) => {
      const [first] = ties;
      if (first !== undefined && !index.ties(first, entry)) {
        flush();
        if (found.length >= wanted) return false;
      }
      if (isExact || query.test(entry.document)) ties.push(entry);
      return true;
    });
    flush();
    if (found.length >= wanted) break;
  }
  return found.slice(query.skip, wanted);
}

function sorted(query: CompiledQuery, entries: Iterable<DocumentEntry>): AnyDocument[] {
  const { skip, limit, compare } = query;
  const wanted = skip + limit;
  if (wanted <= CHOOSE_MAX) return chosen(entries, wanted, compare).slice(skip);
  const documents = Array.from(entries, ({ document }) => document).sort(compare);
  return skip === 0 && documents.length <= limit ? documents : documents.slice(skip, wanted);
}

/** The first few in an order, each put in its place among those chosen so far. */
function chosen(
  entries: Iterable<DocumentEntry>,
  wanted: number,
  compare: CompiledQuery['compare'],
): readonly AnyDocument[] {
  const first: AnyDocument[] = [];
  if (wanted <= 0) return first;
  for (const { document } of entries) {
    const last = first[first.length - 1];
    if (first.length >= wanted && last !== undefined && compare(document, last) >= 0) continue;
    let [low, high] = [0, first.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(first[middle] as AnyDocument, document) < 0) low = middle + 1;
      else high = middle;
    }
    first.splice(low, 0, document);
    if (first.length > wanted) first.pop();
  }
  return first;
}
