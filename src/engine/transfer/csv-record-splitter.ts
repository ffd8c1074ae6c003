import type { Line } from './line-splitter.ts';

export interface CsvRecord {
  /** The physical line the record starts on. */
  readonly line: number;
  /** The record without its line end; undefined when `problem` says why it cannot be read. */
  readonly text: string | undefined;
  readonly problem: string | undefined;
}

/**
 * Stands in the text of a record for a quoted cell with nothing in it, which would come out of the parser like a cell
 * that is not there. Two surrogates in this order are no text: no UTF-8 holds them.
 */
export const QUOTED_EMPTY = '\uDC00\uD800';

/**
 * Joins physical lines to the records of a CSV text (RFC 4180): a line ends a record unless it ends inside quotes. A
 * quote opens a quoted cell only at the cell's start; anywhere else in a cell without quotes it is a character. Only
 * records with well-formed quotes are handed on, so one that is not harms no other, as long as its quotes end at all.
 */
export class CsvRecordSplitter {
  readonly #delimiter: string;
  readonly #lengthMax: number;
  #line = 0;
  #pieces: string[] = [];
  #length = 0;
  #quoted = false;
  #problem: string | undefined;

  /** Joined lines of more than `lengthMax` characters are a problem and not held. */
  constructor(delimiter: string, lengthMax: number) {
    this.#delimiter = delimiter;
    this.#lengthMax = lengthMax;
  }

  /** Whether the next line starts a record. */
  get isBetweenRecords(): boolean {
    return !this.#quoted;
  }

  /** The record that `line` completes, if it does. */
  push(line: Line): CsvRecord | undefined {
    if (!this.#quoted) this.#line = line.line;
    if (line.text === undefined) {
      // Its quotes are unknown. That it ends the record is the likelier guess.
      this.#quoted = false;
      this.#problem = this.#tooLong();
      return this.#take();
    }
    this.#hold(this.#scan(line.text));
    return this.#quoted ? undefined : this.#take();
  }

  /** What is left when the text ends inside quotes. Its lines are not tried as records: they may be anybody's text. */
  end(): CsvRecord | undefined {
    if (!this.#quoted) return undefined;
    this.#problem = 'a quoted cell that does not end';
    return this.#take();
  }

  #tooLong(): string {
    return `longer than ${this.#lengthMax} characters`;
  }

  #hold(text: string): void {
    this.#length += text.length + 1;
    if (this.#length - 1 > this.#lengthMax) {
      this.#problem ??= this.#tooLong();
      this.#pieces = [];
    } else this.#pieces.push(text);
  }

  #take(): CsvRecord {
    const problem = this.#problem;
    const text = this.#pieces.join('\n');
    const line = this.#line;
    this.#pieces = [];
    this.#length = 0;
    this.#quoted = false;
    this.#problem = undefined;
    if (problem !== undefined) return { line, text: undefined, problem };
    return { line, text: text.endsWith('\r') ? text.slice(0, -1) : text, problem };
  }

  /** Follows the quotes of one line from the state the line before left, and marks quoted cells that are empty. */
  #scan(text: string): string {
    let marked = '';
    let copied = 0;
    let opened = -1;
    for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) {
      if (!this.#quoted) {
        this.#quoted = at === 0 || text[at - 1] === this.#delimiter;
        opened = at;
      } else if (text[at + 1] === '"') {
        at++;
      } else {
        this.#quoted = false;
        if (!this.#isCellEnd(text, at + 1)) this.#problem ??= 'a quoted cell that goes on after its quotes';
        else if (at === opened + 1 && opened !== -1) {
          marked += text.slice(copied, at) + QUOTED_EMPTY;
          copied = at;
        }
      }
    }
    return copied === 0 ? text : marked + text.slice(copied);
  }

  #isCellEnd(text: string, at: number): boolean {
    if (at === text.length || text[at] === this.#delimiter) return true;
    return text[at] === '\r' && at + 1 === text.length;
  }
}
