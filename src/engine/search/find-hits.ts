import type { Hit, SearchTree, WordTest } from './search-tree.ts';
import { type SearchablePath, textAt } from './searchable-paths.ts';
import type { TextIndex } from './text-index.ts';
import { wordsOf } from './words.ts';

type Hits = ReadonlyMap<number, Hit>;

/** What is in all of them. The fewest are gone through, and looked for in the others. */
function intersect(all: readonly Hits[]): Hits {
  const [first, ...others] = [...all].sort((left, right) => left.size - right.size);
  if (first === undefined || others.length === 0) return first ?? new Map();
  const found = new Map<number, Hit>();
  for (const [slot, hit] of first) {
    const rest = others.map((hits) => hits.get(slot));
    if (rest.every((other) => other !== undefined)) found.set(slot, joinHits([hit, ...rest]));
  }
  return found;
}

function unite(all: readonly Hits[]): Hits {
  if (all.length === 1) return all[0] as Hits;
  const found = new Map<number, Hit>();
  for (const hits of all) {
    for (const [slot, hit] of hits) {
      const known = found.get(slot);
      found.set(slot, known === undefined ? hit : joinHits([known, hit]));
    }
  }
  return found;
}

function subtract(hits: Hits, others: Hits): Hits {
  const found = new Map<number, Hit>();
  for (const [slot, hit] of hits) if (!others.has(slot)) found.set(slot, hit);
  return found;
}

function joinHits(hits: readonly Hit[]): Hit {
  return {
    score: hits.reduce((sum, { score }) => sum + score, 0),
    words: hits.flatMap(({ words }) => words),
  };
}

/** Whether words of one text, side by side, are among those that each place of a phrase takes. */
function holdsPhrase(text: string, places: readonly (readonly string[])[]): boolean {
  const words = wordsOf(text);
  for (let from = 0; from + places.length <= words.length; from++) {
    if (places.every((taken, at) => taken.includes(words[from + at] as string))) return true;
  }
  return false;
}

function findPhrase(index: TextIndex, words: readonly WordTest[], paths: readonly SearchablePath[]): Hits {
  const byPlace = words.map((word) => index.find(word, paths));
  const found = new Map<number, Hit>();
  for (const [slot, hit] of intersect(byPlace)) {
    const record = index.record(slot);
    const taken = byPlace.map((hits) => hits.get(slot)?.words ?? []);
    if (paths.some((path) => holdsPhrase(textAt(record, path), taken))) found.set(slot, hit);
  }
  return found;
}

function findIn(index: TextIndex, tree: SearchTree, paths: readonly SearchablePath[]): Hits {
  switch (tree.kind) {
    case 'words': {
      const [only, ...more] = tree.words;
      if (only === undefined) return new Map();
      return more.length === 0 ? index.find(only, paths) : findPhrase(index, tree.words, paths);
    }
    case 'but':
      return subtract(findIn(index, tree.part, paths), findIn(index, tree.not, paths));
    case 'and':
      return intersect(tree.parts.map((part) => findIn(index, part, paths)));
    default:
      return unite(tree.parts.map((part) => findIn(index, part, paths)));
  }
}

/** The records of this moment that a search finds in these paths, by slot. */
export function findHits(index: TextIndex, tree: SearchTree, paths: readonly SearchablePath[]): Hits {
  index.refresh();
  return findIn(index, tree, paths);
}
