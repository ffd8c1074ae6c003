import { foldCase } from '../ground/fold-case.ts';
import type { StoredRecord } from '../record/record.ts';
import { type SearchablePath, textAt } from './searchable-paths.ts';
import { placesOfWords } from './words.ts';

/** A part of a text, from a place up to another, in UTF-16 units as `slice` takes them. */
export type TextSpan = readonly [from: number, to: number];

/** Where the words found stand in a record's texts. Places, not marked-up text: what is marked how is the page's. */
export function highlight(
  record: StoredRecord,
  paths: readonly SearchablePath[],
  words: readonly string[],
): Readonly<Record<string, readonly TextSpan[]>> {
  const found = new Set(words);
  const spans: Record<string, readonly TextSpan[]> = {};
  for (const path of paths) {
    const inText = placesOfWords(textAt(record, path))
      .filter(({ word }) => found.has(foldCase(word)))
      .map(({ word, from }): TextSpan => [from, from + word.length]);
    if (inText.length > 0) spans[path.name] = inText;
  }
  return spans;
}
