import type { EngineError } from '../../engine/ground/errors.ts';
import { soqlError, soslError } from '../soql-error.ts';

export const END = 0;
export const WORD = 1;
export const NUMBER = 2;
export const STRING = 3;
export const SYMBOL = 4;
export const DATE = 5;
export const DATE_TIME = 6;
/** Something that begins no token. */
const UNKNOWN = 7;

const TEXT_MAX = 100_000;

const SPACE = 1;
const LETTER = 2;
const DIGIT = 4;

/** What each of the first 128 characters can be part of. */
const CLASSES = new Uint8Array(128);
for (const character of ' \t\n\r\f\v') CLASSES[character.charCodeAt(0)] = SPACE;
for (let code = 48; code < 58; code++) CLASSES[code] = DIGIT;
for (let code = 65; code < 91; code++) {
  CLASSES[code] = LETTER;
  CLASSES[code + 32] = LETTER;
}
CLASSES[95] = LETTER;

function classOf(code: number): number {
  // A space that does not break counts as one, as it comes along with texts pasted from pages.
  if (code === 0xa0) return SPACE;
  return code < 128 ? (CLASSES[code] as number) : 0;
}

/**
 * The token at a place of a text, and the way to the next. Kept as numbers, cut out only when asked for: most tokens are
 * compared and never kept.
 */
export class Cursor {
  readonly text: string;
  readonly language: 'SOQL' | 'SOSL';
  kind = END;
  start = 0;
  end = 0;
  /** The token before, where it ended. */
  previousEnd = 0;
  /** A word in capitals, a symbol as it is; otherwise empty. */
  word = '';

  /** Throws `MALFORMED_QUERY` when the text is too long. */
  constructor(text: string, language: 'SOQL' | 'SOSL' = 'SOQL') {
    this.text = text;
    this.language = language;
    if (text.length > TEXT_MAX) {
      const code = language === 'SOQL' ? 'MALFORMED_QUERY' : 'MALFORMED_SEARCH';
      throw soqlError(code, '', 0, `${language} statements can not be longer than ${TEXT_MAX} characters`);
    }
    this.next();
  }

  /** The token as written. */
  get token(): string {
    return this.text.slice(this.start, this.end);
  }

  error(message: string, at = this.start): EngineError {
    return this.language === 'SOQL'
      ? soqlError('MALFORMED_QUERY', this.text, at, message)
      : soslError('MALFORMED_SEARCH', this.text, at, message);
  }

  unexpected(): EngineError {
    return this.error(`unexpected token: '${this.kind === END ? '<EOF>' : this.token.slice(0, 80)}'`);
  }

  /** Goes over blanks and comments. */
  #skip(from: number): number {
    const { text } = this;
    let at = from;
    for (;;) {
      while (at < text.length && classOf(text.charCodeAt(at)) === SPACE) at++;
      if (text.charCodeAt(at) !== 47) return at;
      const second = text.charCodeAt(at + 1);
      if (second === 47) {
        const line = text.indexOf('\n', at);
        at = line < 0 ? text.length : line;
      } else if (second === 42) {
        const close = text.indexOf('*/', at + 2);
        if (close < 0) throw this.error('a comment is not closed', at);
        at = close + 2;
      } else return at;
    }
  }

  /** Goes on at a place of the text, past what was read by other rules. */
  goTo(place: number): void {
    this.end = place;
    this.next();
  }

  next(): void {
    this.previousEnd = this.end;
    const at = this.#skip(this.end);
    this.start = at;
    this.word = '';
    if (at >= this.text.length) {
      this.kind = END;
      this.end = at;
      return;
    }
    const code = this.text.charCodeAt(at);
    const kind = classOf(code);
    if (kind === LETTER) this.#readWord(at);
    else if (kind === DIGIT) this.#readNumberOrDate(at);
    else if (code === 39) this.#readString(at);
    else this.#readSymbol(at, code);
  }

  #readWord(at: number): void {
    let end = at + 1;
    while (end < this.text.length && (classOf(this.text.charCodeAt(end)) & (LETTER | DIGIT)) !== 0) end++;
    this.kind = WORD;
    this.end = end;
    this.word = this.text.slice(at, end).toUpperCase();
  }

  #digits(from: number): number {
    let end = from;
    while (end < this.text.length && classOf(this.text.charCodeAt(end)) === DIGIT) end++;
    return end;
  }

  #readNumberOrDate(at: number): void {
    const whole = this.#digits(at);
    if (whole - at === 4 && this.text.charCodeAt(whole) === 45) return this.#readDate(at);
    this.#readNumber(whole);
  }

  #readNumber(whole: number): void {
    let end = whole;
    if (this.text.charCodeAt(end) === 46) end = this.#digits(end + 1);
    const mark = this.text.charCodeAt(end) | 32;
    if (mark === 101) {
      const sign = this.text.charCodeAt(end + 1);
      const power = this.#digits(sign === 43 || sign === 45 ? end + 2 : end + 1);
      if (classOf(this.text.charCodeAt(power - 1)) === DIGIT) end = power;
    }
    this.kind = NUMBER;
    this.end = end;
  }

  /** Whatever can stand in a date or dateTime; whether it is one is for the literal to say. */
  #readDate(at: number): void {
    let end = at;
    let kind = DATE;
    for (; end < this.text.length; end++) {
      const code = this.text.charCodeAt(end);
      const upper = code & ~32;
      // Digits, `-`, `:`, `.`, `+`, T and Z.
      if (classOf(code) === DIGIT || code === 45) continue;
      if (upper !== 84 && upper !== 90 && code !== 58 && code !== 46 && code !== 43) break;
      kind = DATE_TIME;
    }
    this.kind = kind;
    this.end = end;
  }

  #readString(at: number): void {
    for (let end = at + 1; end < this.text.length; end++) {
      const code = this.text.charCodeAt(end);
      if (code === 92) end++;
      else if (code === 39) {
        this.kind = STRING;
        this.end = end + 1;
        return;
      }
    }
    throw this.error('a string is not closed', at);
  }

  #readSymbol(at: number, code: number): void {
    this.kind = SYMBOL;
    this.end = at + 1;
    const second = this.text.charCodeAt(at + 1);
    // A sign belongs to its number: there is no arithmetic.
    if ((code === 43 || code === 45) && classOf(second) === DIGIT) return this.#readNumber(this.#digits(at + 1));
    const isPair = second === 61 ? code === 33 || code === 60 || code === 62 : code === 60 && second === 62;
    if (isPair) this.end = at + 2;
    this.word = this.text.slice(at, this.end);
    if (!SYMBOLS.has(this.word)) this.kind = UNKNOWN;
  }

  /** Whether the token is this word (in capitals) or symbol. */
  is(word: string): boolean {
    return this.word === word;
  }

  /** Goes on if the token is this word or symbol. */
  take(word: string): boolean {
    if (this.word !== word) return false;
    this.next();
    return true;
  }

  /** Goes past this word or symbol. Throws `MALFORMED_QUERY` when something else stands there. */
  expect(word: string): void {
    if (!this.take(word)) throw this.unexpected();
  }

  /** Whether this word is followed by another; for the few words that are names as well. */
  isPair(first: string, second: string): boolean {
    if (this.word !== first) return false;
    const at = this.#skip(this.end);
    const end = at + second.length;
    if (this.text.slice(at, end).toUpperCase() !== second) return false;
    // No part of a longer word.
    const isWord = (classOf(second.charCodeAt(0)) & LETTER) !== 0;
    return !isWord || end >= this.text.length || (classOf(this.text.charCodeAt(end)) & (LETTER | DIGIT)) === 0;
  }
}

const SYMBOLS: ReadonlySet<string> = new Set(['(', ')', ',', '.', ':', '=', '!=', '<>', '<', '<=', '>', '>=']);
