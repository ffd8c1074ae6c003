/** From the first of some rows up to behind the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Where rows have been put in the place of their older selves, for as long as nothing else has happened to a list: then
 * it need not be searched for what differs.
 */
export class ReplacedSpan {
  #from = Number.POSITIVE_INFINITY;
  #to = 0;
  #known = true;

  /** A row has been replaced where it stood. */
  replaced(place: number): void {
    if (place < this.#from) this.#from = place;
    if (place >= this.#to) this.#to = place + 1;
  }

  /** Rows have come, gone or moved. */
  shifted(): void {
    this.#known = false;
  }

  /** What is known since it was taken last, counted from `offset`; undefined where it is not. */
  peek(offset: number, length: number): Span | undefined {
    if (!this.#known || this.#to === 0) return undefined;
    const from = Math.max(0, this.#from - offset);
    return { from, to: Math.max(from, Math.min(length, this.#to - offset)) };
  }

  /** What `peek` tells, which is forgotten with it. */
  take(offset: number, length: number): Span | undefined {
    const span = this.peek(offset, length);
    this.#from = Number.POSITIVE_INFINITY;
    this.#to = 0;
    this.#known = true;
    return span;
  }
}
