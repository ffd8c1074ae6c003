import type { TextFormat } from './source-row.ts';

const BLANKS = ' \t\r\n';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Tells the format of a text from its first bytes, as few as it takes. `[` starts a JSON document, anything but `{` is
 * taken for CSV. `{` starts either JSON or NDJSON: NDJSON it is when more follows a first line that is whole JSON, or
 * when the second line starts with `{` where no JSON document could have one, so that a bad first line does no harm.
 */
export class FormatSniffer {
  readonly #lengthMax: number;
  /** The first line that is not blank, in pieces; looked at as a whole once, however many pieces it comes in. */
  #firstLine: string[] = [];
  #length = 0;
  #state: 'start' | 'first line' | 'after it' = 'start';

  /** A first line of more than `lengthMax` characters can only be that of a JSON document. */
  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** The format, as soon as `text` and what was pushed before it tell. */
  push(text: string): TextFormat | undefined {
    let at = 0;
    if (this.#state === 'start') {
      at = skipBlanks(text, 0);
      if (at === text.length) return undefined;
      if (text[at] !== '{') return text[at] === '[' ? 'json' : 'csv';
      this.#state = 'first line';
    }
    if (this.#state === 'first line') {
      const end = text.indexOf('\n', at);
      this.#firstLine.push(text.slice(at, end === -1 ? undefined : end));
      this.#length += text.length - at;
      if (end === -1) return this.#length > this.#lengthMax ? 'json' : undefined;
      at = end + 1;
      this.#state = 'after it';
    }
    at = skipBlanks(text, at);
    return at === text.length ? undefined : this.#decide(text[at] as string);
  }

  /** The format of a text that has ended; undefined when all of it was blank. */
  end(): TextFormat | undefined {
    return this.#state === 'start' ? undefined : 'json';
  }

  #decide(next: string): TextFormat {
    const first = this.#firstLine.join('').trimEnd();
    // A `{` after a line break inside a JSON document follows one of these three.
    if (next === '{' && !/[[:,]$/.test(first)) return 'ndjson';
    return isJson(first) ? 'ndjson' : 'json';
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && BLANKS.includes(text[at] as string)) at++;
  return at;
}
