import type { Uints } from './bytes.ts';

/** Of its own, as a decoder would take a mark at the beginning of a text for one that says how it is written. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Numbers of the characters of one text, lent to one call at a time: an array each would cost as much as the text. */
const codes: number[][] = [];

/** A text of `length` ASCII characters that begins at `at`. Flat, as one call makes it of all its characters. */
export function asciiText(bytes: Uint8Array, at: number, length: number): string {
  const c = bytes;
  // Salesforce ids, which most records have several of: 70 ns against 110.
  if (length === 18)
    // biome-ignore format: one line a block of six
    return String.fromCharCode(
      c[at] as number, c[at + 1] as number, c[at + 2] as number, c[at + 3] as number, c[at + 4] as number, c[at + 5] as number,
      c[at + 6] as number, c[at + 7] as number, c[at + 8] as number, c[at + 9] as number, c[at + 10] as number, c[at + 11] as number,
      c[at + 12] as number, c[at + 13] as number, c[at + 14] as number, c[at + 15] as number, c[at + 16] as number, c[at + 17] as number,
    );
  let own = codes[length];
  if (own === undefined) {
    own = Array.from({ length }, () => 0);
    codes[length] = own;
  }
  for (let i = 0; i < length; i++) own[i] = c[at + i] as number;
  return String.fromCharCode.apply(undefined, own);
}

/** Texts one behind another in UTF-8, with the length of each: 0 for null, one above the count of bytes for a text. */
export class StoredTexts {
  readonly #lengths: Uints;
  readonly #bytes: Uint8Array;
  /** Where each begins. Found when one is first read. */
  #starts: Uint32Array | undefined;

  constructor(lengths: Uints, bytes: Uint8Array) {
    this.#lengths = lengths;
    this.#bytes = bytes;
    let end = 0;
    for (let row = 0; row < lengths.length; row++) end += Math.max(0, (lengths[row] as number) - 1);
    if (end !== bytes.length) throw new RangeError('texts of another length');
  }

  at(row: number): string | null {
    const length = (this.#lengths[row] as number) - 1;
    if (length < 0) return null;
    this.#starts ??= this.#findStarts();
    const from = this.#starts[row] as number;
    return decoder.decode(this.#bytes.subarray(from, from + length));
  }

  #findStarts(): Uint32Array {
    const lengths = this.#lengths;
    const starts = new Uint32Array(lengths.length);
    let at = 0;
    for (let row = 0; row < lengths.length; row++) {
      starts[row] = at;
      at += Math.max(0, (lengths[row] as number) - 1);
    }
    return starts;
  }
}
