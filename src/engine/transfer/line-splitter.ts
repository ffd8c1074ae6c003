/** A physical line without its `\n`; a `\r` before that is kept, as it may belong to a quoted cell. */
export interface Line {
  readonly line: number;
  /** Undefined when the line is longer than allowed. */
  readonly text: string | undefined;
}

/** Cuts text that comes in pieces into lines, holding one line at most, and of a line too long nothing at all. */
export class LineSplitter {
  readonly #lengthMax: number;
  #line = 1;
  #length = 0;
  // Pieces are joined once a line is whole: joining as they come would copy a long line over and over.
  #pieces: string[] = [];

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  *push(text: string): Generator<Line> {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#hold(text.slice(start, end));
      start = end + 1;
      yield this.#take();
    }
    this.#hold(text.slice(start));
  }

  /** The last line, when the text does not end with a line break. */
  *end(): Generator<Line> {
    if (this.#length > 0) yield this.#take();
  }

  #hold(piece: string): void {
    this.#length += piece.length;
    if (this.#length > this.#lengthMax) this.#pieces = [];
    else if (piece !== '') this.#pieces.push(piece);
  }

  #take(): Line {
    const tooLong = this.#length > this.#lengthMax;
    const text = this.#pieces.length === 1 ? this.#pieces[0] : this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return { line: this.#line++, text: tooLong ? undefined : text };
  }
}

export function isBlankLine(text: string): boolean {
  return !/\S/.test(text);
}
