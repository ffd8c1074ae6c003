import type { Hit, Phrase, SearchTree, WordTest } from './search-tree.ts';
import { type SearchablePath, textAt } from './searchable-paths.ts';
import type { TextIndex } from './text-index.ts';
import { wordsOf } from './words.ts';

type Hits = ReadonlyMap<number, Hit>;

/** What is looked for in one search. What is asked twice is found once. */
interface Search {
  readonly index: TextIndex;
  readonly paths: readonly SearchablePath[];
  readonly known: Map<string, Hits>;
}

const NOTHING: Hits = new Map();

function joinHits(hits: readonly Hit[]): Hit {
  return {
    score: hits.reduce((sum, { score }) => sum + score, 0),
    words: hits.flatMap(({ words }) => words),
    phrases: hits.flatMap(({ phrases }) => phrases),
  };
}

/** What is in all of them. The fewest are gone through, and looked for in the others. */
function intersect(all: readonly Hits[]): Hits {
  const [first, ...others] = [...new Set(all)].sort((left, right) => left.size - right.size);
  if (first === undefined || others.length === 0) return first ?? NOTHING;
  const found = new Map<number, Hit>();
  for (const [slot, hit] of first) {
    const rest = others.map((hits) => hits.get(slot));
    if (rest.every((other) => other !== undefined)) found.set(slot, joinHits([hit, ...rest]));
  }
  return found;
}

/** What is in any of them. What each record was found by is gathered first and joined once. */
function unite(all: readonly Hits[]): Hits {
  const different = [...new Set(all)];
  if (different.length < 2) return different[0] ?? NOTHING;
  const gathered = new Map<number, Hit[]>();
  for (const hits of different) {
    for (const [slot, hit] of hits) {
      const list = gathered.get(slot);
      if (list === undefined) gathered.set(slot, [hit]);
      else list.push(hit);
    }
  }
  const found = new Map<number, Hit>();
  for (const [slot, hits] of gathered) found.set(slot, hits.length === 1 ? (hits[0] as Hit) : joinHits(hits));
  return found;
}

function subtract(hits: Hits, others: Hits): Hits {
  const found = new Map<number, Hit>();
  for (const [slot, hit] of hits) if (!others.has(slot)) found.set(slot, hit);
  return found;
}

/** Whether words of one text, side by side, are among those that each place of a phrase takes. */
function holdsPhrase(text: string, places: Phrase): boolean {
  const words = wordsOf(text);
  for (let from = 0; from + places.length <= words.length; from++) {
    if (places.every((taken, at) => taken.includes(words[from + at] as string))) return true;
  }
  return false;
}

function findWord({ index, paths, known }: Search, word: WordTest): Hits {
  const { text, prefix, fuzzy, pattern = '' } = word;
  const key = JSON.stringify([text, prefix, fuzzy, pattern]);
  let hits = known.get(key);
  if (hits === undefined) {
    hits = index.find(word, paths);
    known.set(key, hits);
  }
  return hits;
}

/** Evaluates parts one by one for as long as something is left that all of them have. */
function findAll<T>(parts: readonly T[], find: (part: T) => Hits): readonly Hits[] {
  const all: Hits[] = [];
  for (const part of parts) {
    const hits = find(part);
    if (hits.size === 0) return [NOTHING];
    all.push(hits);
  }
  return all;
}

function findPhrase(search: Search, words: readonly WordTest[]): Hits {
  const byPlace = findAll(words, (word) => findWord(search, word));
  if (byPlace.length < words.length) return NOTHING;
  const found = new Map<number, Hit>();
  for (const [slot, { score }] of intersect(byPlace)) {
    const record = search.index.record(slot);
    const phrase = byPlace.map((hits) => hits.get(slot)?.words ?? []);
    if (search.paths.some((path) => holdsPhrase(textAt(record, path), phrase)))
      found.set(slot, { score, words: [], phrases: [phrase] });
  }
  return found;
}

function findIn(search: Search, tree: SearchTree): Hits {
  switch (tree.kind) {
    case 'words': {
      const [only, ...more] = tree.words;
      if (only === undefined) return NOTHING;
      return more.length === 0 ? findWord(search, only) : findPhrase(search, tree.words);
    }
    case 'but': {
      const hits = findIn(search, tree.part);
      return hits.size === 0 ? hits : subtract(hits, findIn(search, tree.not));
    }
    case 'and':
      return intersect(findAll(tree.parts, (part) => findIn(search, part)));
    default:
      return unite(tree.parts.map((part) => findIn(search, part)));
  }
}

/** The records of this moment that a search finds in these paths, by slot. */
export function findHits(index: TextIndex, tree: SearchTree, paths: readonly SearchablePath[]): Hits {
  index.refresh();
  return findIn({ index, paths, known: new Map() }, tree);
}
