import type { StoredRecord } from '../record/record.ts';
import type { Hit, Phrase } from './search-tree.ts';
import { type SearchablePath, textAt } from './searchable-paths.ts';
import { placesOfWords } from './words.ts';

/** A part of a text, from a place up to another, in UTF-16 units as `slice` takes them. */
export type TextSpan = readonly [from: number, to: number];

/** The places of the words found, and of phrases only where their words stand side by side. */
function placesFound(text: string, words: ReadonlySet<string>, phrases: readonly Phrase[]): readonly TextSpan[] {
  const places = placesOfWords(text);
  const isFound = places.map(({ word }) => words.has(word));
  for (const phrase of phrases) {
    for (let from = 0; from + phrase.length <= places.length; from++) {
      if (!phrase.every((taken, at) => taken.includes(places[from + at]?.word ?? ''))) continue;
      for (let at = 0; at < phrase.length; at++) isFound[from + at] = true;
    }
  }
  return places.filter((_, at) => isFound[at]).map(({ from, to }): TextSpan => [from, to]);
}

/** Where what was found stands in a record's texts. Places, not marked-up text: what is marked how is the page's. */
export function highlight(
  record: StoredRecord,
  paths: readonly SearchablePath[],
  { words, phrases }: Hit,
): Readonly<Record<string, readonly TextSpan[]>> {
  const found = new Set(words);
  const spans: Record<string, readonly TextSpan[]> = {};
  for (const path of paths) {
    const inText = placesFound(textAt(record, path), found, phrases);
    if (inText.length > 0) spans[path.name] = inText;
  }
  return spans;
}
