/** What is searched for, as plain data. */

/** What one word of a record is held against. `text` is folded. */
export interface WordTest {
  readonly text: string;
  /** Whether the word may go on. */
  readonly prefix: boolean;
  /** How many letters may be wrong: a whole number, or below 1 a share of the word's length. 0 for none. */
  readonly fuzzy: number;
  /** A further test of a word that begins with `text`, for wildcards. */
  readonly fits?: (word: string) => boolean;
}

export type SearchTree =
  /** One word, or several that stand side by side in one text. */
  | { readonly kind: 'words'; readonly words: readonly WordTest[] }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly SearchTree[] }
  | { readonly kind: 'but'; readonly part: SearchTree; readonly not: SearchTree };

/** A record found: how well, and by which of its words. */
export interface Hit {
  readonly score: number;
  readonly words: readonly string[];
}
