import { foldCase } from '../ground/fold-case.ts';

/**
 * What a word is: a run of letters, digits and marks. Whatever else stands in a text parts words, so `anna@example.com`
 * is three of them and `10.0.0.7` four. A UUID is one: five words of each would be most of an index, and nobody looks
 * for a piece from its middle. Scripts without blanks make one long word of a sentence; its beginning is found.
 */
const WORD = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|[\p{L}\p{N}\p{M}]+/giu;
/** What a UUID may begin with beyond its first part. */
const UUID_BEGINNING =
  /^[\da-f]{8}-(?:[\da-f]{0,4}|[\da-f]{4}-(?:[\da-f]{0,4}|[\da-f]{4}-(?:[\da-f]{0,4}|[\da-f]{4}-[\da-f]{0,11})))$/i;

/** The form in which words compare: letters that are written in two ways are one. */
function foldWord(text: string): string {
  return foldCase(text.normalize('NFC'));
}

/** The words of a text in the form in which they are compared. */
export function wordsOf(text: string): readonly string[] {
  return foldWord(text).match(WORD) ?? [];
}

/** The words of a text and where they stand in it: a folded text may be longer than what was written. */
export function placesOfWords(
  text: string,
): readonly { readonly word: string; readonly from: number; readonly to: number }[] {
  return Array.from(text.matchAll(WORD), ({ 0: found, index }) => {
    return { word: foldWord(found), from: index, to: index + found.length };
  });
}

/** Whether a text is a UUID that is not finished, and so the beginning of a word rather than words. */
export function isUuidBeginning(text: string): boolean {
  return UUID_BEGINNING.test(text);
}
