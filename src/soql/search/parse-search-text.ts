import { EngineError } from '../../engine/ground/errors.ts';
import { foldCase } from '../../engine/ground/fold-case.ts';
import { createLikeTest } from '../../engine/query/like.ts';
import { countLooseWords, LOOSE_WORDS_MAX, type SearchTree, type WordTest } from '../../engine/search/search-tree.ts';
import { isUuidBeginning, wordsOf } from '../../engine/search/words.ts';
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
const LEADING_WILDCARDS = new RegExp(`(^|[^\\p{L}\\p{N}\\p{M}${STAR}${MARK}])[${STAR}${MARK}]+`, 'gu');
const ALL_WILDCARDS = new RegExp(WILDCARDS, 'g');
const PIECE_PARTS = new RegExp(`[\\p{L}\\p{N}\\p{M}${STAR}${MARK}]+`, 'gu');

type Token =
  /** `letters`: what of them is no wildcard. */
  | { readonly kind: 'words'; readonly words: readonly WordTest[]; readonly letters: string; readonly at: number }
  | { readonly kind: 'AND' | 'OR' | 'NOT' | '(' | ')'; readonly at: number };

/** Where the text of a search comes from. */
export interface SearchTextSource {
  /** The whole statement. */
  readonly statement: string;
  /** Where in it the text begins, or the bind that stands for it. */
  readonly from: number;
  /** Whether the text is a value: then no sign of it is refused, and no error shows it. */
  readonly isBind: boolean;
}

/** Reads the text of a search from left to right. */
class SearchText {
  readonly #source: SearchTextSource;
  readonly #text: string;
  #at = 0;

  constructor(text: string, source: SearchTextSource) {
    this.#text = text;
    this.#source = source;
  }

  error(message: string, at: number): EngineError {
    const { statement, from, isBind } = this.#source;
    return soslError('MALFORMED_SEARCH', statement, isBind ? from : from + at, message);
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
    if (this.#at >= this.#text.length) throw this.error('a quotation is not closed', at);
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
      if (RESERVED.has(character)) {
        if (!this.#source.isBind) throw this.#mismatched(character, this.#at);
        piece += character;
        continue;
      }
      piece += character === '*' ? STAR : character === '?' ? MARK : character;
    }
    return piece;
  }

  #mismatched(character: string, at: number): EngineError {
    const { statement, from } = this.#source;
    const before = statement.slice(0, from + at);
    const row = before.split('\n').length;
    const column = from + at - (before.lastIndexOf('\n') + 1);
    return this.error(`line ${row}:${column} mismatched character '${character}' expecting '}'`, at);
  }

  #wordsOf(piece: string, at: number): Token {
    const letters = (foldCase(piece).match(PIECE_PARTS) ?? []).join('').replace(ALL_WILDCARDS, '');
    return { kind: 'words', words: this.#words(piece, at), letters, at };
  }

  #words(given: string, at: number): readonly WordTest[] {
    // What people type may begin with a wildcard, which says nothing.
    const piece = this.#source.isBind ? given.replace(LEADING_WILDCARDS, '$1') : given;
    if (!WILDCARDS.test(piece)) return wordsOf(piece).map((text) => ({ text, prefix: false, fuzzy: 0 }));
    // A UUID is one word, with wildcards too.
    const begun = piece.slice(0, piece.search(WILDCARDS));
    if (isUuidBeginning(begun)) return [this.#pattern(foldCase(piece), at)];
    return (foldCase(piece).match(PIECE_PARTS) ?? []).map((part) => this.#pattern(part, at));
  }

  #pattern(part: string, at: number): WordTest {
    const wild = part.search(WILDCARDS);
    if (wild < 0) return { text: part, prefix: false, fuzzy: 0 };
    if (wild === 0) throw this.error('a search term cannot begin with a wildcard', at);
    const text = part.slice(0, wild);
    if (part.slice(wild) === STAR) return { text, prefix: true, fuzzy: 0 };
    // No word has a sign of LIKE in it.
    const pattern = part.replaceAll(STAR, '%').replaceAll(MARK, '_');
    return { text, prefix: true, fuzzy: 0, fits: createLikeTest(pattern), pattern };
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

/** A piece of nothing but signs is no word and asks for nothing, and so do those who ask for it. */
function prune(tree: SearchTree): SearchTree | undefined {
  if (tree.kind === 'words') return tree.words.length === 0 ? undefined : tree;
  if (tree.kind === 'but') {
    const [part, not] = [prune(tree.part), prune(tree.not)];
    return part === undefined || not === undefined ? part : { kind: 'but', part, not };
  }
  const parts = tree.parts.flatMap((part) => prune(part) ?? []);
  return parts.length < 2 ? parts[0] : { kind: tree.kind, parts };
}

function readTree(tokens: readonly Token[], search: SearchText, text: string, isBind: boolean): SearchTree {
  try {
    return new TreeReader(tokens, search, text.length).read();
  } catch (error) {
    if (!isBind || !(error instanceof EngineError)) throw error;
    // Words as people typed them: what makes no sense as operators was meant as text.
    return { kind: 'and', parts: tokens.filter((token) => token.kind === 'words') };
  }
}

/** The text of a bind as people type it, with a quotation that does not end left open. */
function tokensOf(text: string, source: SearchTextSource): readonly Token[] {
  const search = new SearchText(text, source);
  if (!source.isBind || text.split('"').length % 2 === 1) return search.tokens();
  return new SearchText(text.replaceAll('"', ' '), source).tokens();
}

/**
 * Reads what FIND is to look for. Throws `MALFORMED_SEARCH` (SOQL and SOSL Reference, "FIND {SearchQuery}").
 */
export function parseSearchText(text: string, source: SearchTextSource): SearchTree {
  const search = new SearchText(text, source);
  if (text.trim() === '' && !source.isBind)
    throw search.error('No search term found. The search term must be enclosed in braces.', 0);
  if (text.length > TEXT_MAX) return NOTHING;
  const tokens = tokensOf(text, source);
  const words = tokens.filter((token) => token.kind === 'words');
  // A box that is searched by at every key has to bear its first letter.
  if (!source.isBind)
    assertLongEnough(
      search,
      words.filter((token) => token.words.length > 0).map(({ letters }) => letters),
    );
  const whole: SearchTree =
    text.length > OPERATORS_MAX ? { kind: 'or', parts: words } : readTree(tokens, search, text, source.isBind);
  const tree = prune(whole) ?? NOTHING;
  if (countLooseWords(tree) > LOOSE_WORDS_MAX)
    throw search.error(`a search has at most ${LOOSE_WORDS_MAX} terms with wildcards`, 0);
  return tree;
}
