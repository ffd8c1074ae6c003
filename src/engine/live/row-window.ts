import type { ReplacedSpan, Span } from './replaced-span.ts';

/** The part of a list that is shown: a copy of it, made anew only where rows have come, gone or moved. */
export class RowWindow<E> {
  readonly #span: ReplacedSpan;
  #rows: E[] | undefined;
  #isOld = false;

  constructor(span: ReplacedSpan) {
    this.#span = span;
  }

  /** The list has changed within the window, or may have. */
  touch(): void {
    this.#isOld = true;
  }

  /** `reuse`: see `LiveResult.rows`. Copying 2,000 rows for one that changed was half the garbage of a write. */
  read(entries: readonly E[], offset: number, end: number, reuse: boolean): readonly E[] {
    const span = this.#rows === undefined || !reuse ? undefined : this.#span.peek(offset, this.#rows.length);
    if (this.#rows === undefined || (this.#isOld && span === undefined)) this.#rows = entries.slice(offset, end);
    else if (this.#isOld && span !== undefined)
      for (let i = span.from; i < span.to; i++) this.#rows[i] = entries[offset + i] as E;
    this.#isOld = false;
    return this.#rows;
  }

  replaced(offset: number): Span | undefined {
    return this.#span.take(offset, this.#rows?.length ?? 0);
  }
}
