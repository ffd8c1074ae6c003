import { foldCase } from '../ground/fold-case.ts';

/**
 * What a word is: a run of letters, digits and marks. Whatever else stands in a text parts words, so `anna@example.com`
 * is three of them and `10.0.0.7` four. A UUID is one: five words of each would be most of an index, and nobody looks
 * for a piece from its middle. Scripts without blanks make one long word of a sentence; its beginning is found.
 */
const WORD = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|[\p{L}\p{N}\p{M}]+/giu;

/** The words of a text in the form in which they are compared. */
export function wordsOf(text: string): readonly string[] {
  return foldCase(text).match(WORD) ?? [];
}

/** Where the words of a text stand in it: a folded text may be longer than what was written. */
export function placesOfWords(text: string): readonly { readonly word: string; readonly from: number }[] {
  return Array.from(text.matchAll(WORD), (found) => ({ word: found[0], from: found.index }));
}
