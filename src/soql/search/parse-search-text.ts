import type { EngineError } from '../../engine/ground/errors.ts';
import { foldCase } from '../../engine/ground/fold-case.ts';
import { createLikeTest } from '../../engine/query/like.ts';
import type { SearchTree, WordTest } from '../../engine/search/search-tree.ts';
import { wordsOf } from '../../engine/search/words.ts';
import { soslError } from '../soql-error.ts';

/** Above this a text loses its operators, above the next it finds nothing (SOSL reference, "SOSL Syntax"). */
const OPERATORS_MAX = 4000;
const TEXT_MAX = 10_000;
const DEPTH_MAX = 32;
/** What has to stand behind a backslash to be found, or rather passed over as what parts words. */
const RESERVED: ReadonlySet<string> = new Set("&|!{}[]^~:'+-");
/** Stand for the wildcards while a piece is cut into words: letters of a private use that no text is searched for. */
const STAR = '\uE000';
const MARK = '\uE001';
const WILDCARDS = new RegExp(`[${STAR}${MARK}]`);
const ALL_WILDCARDS = new RegExp(WILDCARDS, 'g');
const PIECE_PARTS = new RegExp(`[\\p{L}\\p{N}\\p{M}${STAR}${MARK}]+`, 'gu');

type Token =
  /** `letters`: what of them is no wildcard. */
  | { readonly kind: 'words'; readonly words: readonly WordTest[]; readonly letters: string; readonly at: number }
  | { readonly kind: 'AND' | 'OR' | 'NOT' | '(' | ')'; readonly at: number };

/** Reads the text of a search from left to right. */
class SearchText {
  readonly #source: string;
  readonly #text: string;
  readonly #from: number;
  #at = 0;

  /** `source`: the whole statement, in which the text begins at `from`. */
  constructor(text: string, source: string, from: number) {
    this.#text = text;
    this.#source = source;
    this.#from = from;
  }

  error(message: string, at: number): EngineError {
    return soslError('MALFORMED_SEARCH', this.#source, this.#from + at, message);
  }

  tokens(): Token[] {
    const tokens: Token[] = [];
    while (this.#at < this.#text.length) {
      const at = this.#at;
      const character = this.#text[at] as string;
      if (/\s/.test(character)) this.#at++;
      else if (character === '(' || character === ')') {
        this.#at++;
        tokens.push({ kind: character, at });
      } else tokens.push(character === '"' ? this.#phrase(at) : this.#piece(at));
    }
    return tokens;
  }

  #phrase(at: number): Token {
    this.#at++;
    const piece = this.#read((character) => character === '"');
    if (this.#at >= this.#text.length) throw this.error(`line 1:${this.#from + at} a quotation is not closed`, at);
    this.#at++;
    return this.#wordsOf(piece, at);
  }

  #piece(at: number): Token {
    const piece = this.#read((character) => /[\s()"]/.test(character));
    const operator = piece.toUpperCase();
    if (operator === 'AND' || operator === 'OR' || operator === 'NOT') return { kind: operator, at };
    return this.#wordsOf(piece, at);
  }

  /** The characters up to one that ends them, escapes resolved and wildcards marked. */
  #read(ends: (character: string) => boolean): string {
    let piece = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] as string;
      if (ends(character)) break;
      if (character === '\\') {
        piece += this.#text[++this.#at] ?? '';
        continue;
      }
      if (RESERVED.has(character)) throw this.#mismatched(character, this.#at);
      piece += character === '*' ? STAR : character === '?' ? MARK : character;
    }
    return piece;
  }

  #mismatched(character: string, at: number): EngineError {
    const place = this.#from + at;
    const before = this.#source.slice(0, place);
    const row = before.split('\n').length;
    const column = place - (before.lastIndexOf('\n') + 1);
    return this.error(`line ${row}:${column} mismatched character '${character}' expecting '}'`, at);
  }

  #wordsOf(piece: string, at: number): Token {
    const letters = (foldCase(piece).match(PIECE_PARTS) ?? []).join('').replace(ALL_WILDCARDS, '');
    return { kind: 'words', words: this.#words(piece, at), letters, at };
  }

  #words(piece: string, at: number): readonly WordTest[] {
    if (!WILDCARDS.test(piece)) return wordsOf(piece).map((text) => ({ text, prefix: false, fuzzy: 0 }));
    return (foldCase(piece).match(PIECE_PARTS) ?? []).map((part) => this.#pattern(part, at));
  }

  #pattern(part: string, at: number): WordTest {
    const wild = part.search(WILDCARDS);
    if (wild < 0) return { text: part, prefix: false, fuzzy: 0 };
    if (wild === 0) throw this.error('a search term cannot begin with a wildcard', at);
    const text = part.slice(0, wild);
    if (part.slice(wild) === STAR) return { text, prefix: true, fuzzy: 0 };
    // No word has a sign of LIKE in it.
    const fits = createLikeTest(part.replaceAll(STAR, '%').replaceAll(MARK, '_'));
    return { text, prefix: true, fuzzy: 0, fits };
  }
}

/** The tree of the tokens. Parentheses first, then AND and AND NOT from the right, then OR; a blank is an AND. */
class TreeReader {
  readonly #tokens: readonly Token[];
  readonly #search: SearchText;
  readonly #end: number;
  #next = 0;

  constructor(tokens: readonly Token[], search: SearchText, end: number) {
    this.#tokens = tokens;
    this.#search = search;
    this.#end = end;
  }

  read(): SearchTree {
    const tree = this.#readOr(0);
    if (this.#next < this.#tokens.length) throw this.#unexpected();
    return tree;
  }

  #unexpected(): EngineError {
    const token = this.#tokens[this.#next];
    if (token === undefined) return this.#search.error("unexpected token: '<EOF>'", this.#end);
    return this.#search.error(`unexpected token: '${token.kind === 'words' ? 'word' : token.kind}'`, token.at);
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#next]?.kind !== kind) return false;
    this.#next++;
    return true;
  }

  #readOr(depth: number): SearchTree {
    const parts = [this.#readAnd(depth)];
    while (this.#take('OR')) parts.push(this.#readAnd(depth));
    return parts.length === 1 ? (parts[0] as SearchTree) : { kind: 'or', parts };
  }

  #readAnd(depth: number): SearchTree {
    const parts = [this.#readUnit(depth)];
    for (;;) {
      const joined = this.#take('AND');
      if (joined && this.#take('NOT')) return { kind: 'but', part: { kind: 'and', parts }, not: this.#readAnd(depth) };
      const kind = this.#tokens[this.#next]?.kind;
      if (!joined && kind !== 'words' && kind !== '(') break;
      parts.push(this.#readUnit(depth));
    }
    return parts.length === 1 ? (parts[0] as SearchTree) : { kind: 'and', parts };
  }

  #readUnit(depth: number): SearchTree {
    const token = this.#tokens[this.#next];
    if (token?.kind === 'words') {
      this.#next++;
      return { kind: 'words', words: token.words };
    }
    if (token?.kind !== '(') throw this.#unexpected();
    if (depth === DEPTH_MAX) throw this.#search.error(`parentheses nested deeper than ${DEPTH_MAX}`, token.at);
    this.#next++;
    const tree = this.#readOr(depth + 1);
    if (!this.#take(')')) throw this.#unexpected();
    return tree;
  }
}

const NOTHING: SearchTree = { kind: 'or', parts: [] };

/** Salesforce refuses single letters; where a sign is a whole word, as in Chinese, there is nothing to refuse. */
function assertLongEnough(search: SearchText, pieces: readonly string[]): void {
  if (pieces.every((letters) => /^[A-Z0-9]?$/.test(letters)))
    throw search.error(`search term must be longer than one character: ${pieces[0] ?? ''}`, 0);
}

/**
 * Reads what FIND is to look for, which begins at `from` in a statement. Throws `MALFORMED_SEARCH` (SOQL and SOSL
 * Reference, "FIND {SearchQuery}").
 */
export function parseSearchText(text: string, source: string, from: number): SearchTree {
  const search = new SearchText(text, source, from);
  if (text.trim() === '') throw search.error('No search term found. The search term must be enclosed in braces.', 0);
  if (text.length > TEXT_MAX) return NOTHING;
  const tokens = search.tokens();
  // A piece of nothing but signs is no word, and asks for nothing.
  const telling = tokens.filter((token) => token.kind !== 'words' || token.words.length > 0);
  const words = telling.filter((token) => token.kind === 'words');
  assertLongEnough(
    search,
    words.map(({ letters }) => letters),
  );
  if (text.length > OPERATORS_MAX) return { kind: 'or', parts: words };
  return new TreeReader(telling, search, text.length).read();
}
