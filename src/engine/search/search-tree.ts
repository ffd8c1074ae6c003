/** What is searched for, as plain data. */

/** What one word of a record is held against. `text` is folded. */
export interface WordTest {
  readonly text: string;
  /** Whether the word may go on. */
  readonly prefix: boolean;
  /** How many letters may be wrong: a whole number, or below 1 a share of the word's length. 0 for none. */
  readonly fuzzy: number;
  /** A further test of a word that begins with `text`, for wildcards, and the pattern that it is made of. */
  readonly fits?: (word: string) => boolean;
  readonly pattern?: string;
}

export type SearchTree =
  /** One word, or several that stand side by side in one text. */
  | { readonly kind: 'words'; readonly words: readonly WordTest[] }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly SearchTree[] }
  | { readonly kind: 'but'; readonly part: SearchTree; readonly not: SearchTree };

/** So many words of a search may be unfinished, misspelt or have wildcards: each is as dear as all the words it fits. */
export const LOOSE_WORDS_MAX = 32;

/** How many words of a tree are looked for by more than looking them up. */
export function countLooseWords(tree: SearchTree): number {
  switch (tree.kind) {
    case 'words':
      return tree.words.filter(({ prefix, fuzzy }) => prefix || fuzzy > 0).length;
    case 'but':
      return countLooseWords(tree.part) + countLooseWords(tree.not);
    default:
      return tree.parts.reduce((count, part) => count + countLooseWords(part), 0);
  }
}

/** What each place of a phrase took, of words side by side. */
export type Phrase = readonly (readonly string[])[];

/** A record found: how well, and by which of its words and phrases. */
export interface Hit {
  readonly score: number;
  readonly words: readonly string[];
  readonly phrases: readonly Phrase[];
}
