import { foldCase } from '../ground/fold-case.ts';

/**
 * Small whole numbers for the texts of one field. A code stands for a class of equal texts: where case does not
 * matter, `Open` and `OPEN` share one, shown in the spelling stored first. Codes are never given back, so that
 * whatever holds one stays right.
 */
export class Dictionary {
  readonly caseSensitive: boolean;
  /** The text of a code as first stored. */
  readonly texts: string[] = [];
  /** The text of a code as it compares. */
  readonly folded: string[] = [];
  readonly #codes = new Map<string, number>();
  readonly #codesByFold: Map<string, number>;
  #ordered: Int32Array = new Int32Array(0);

  constructor(caseSensitive: boolean) {
    this.caseSensitive = caseSensitive;
    this.#codesByFold = caseSensitive ? this.#codes : new Map();
  }

  get size(): number {
    return this.texts.length;
  }

  /** The code of a text, given one if it has none. */
  encode(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const folded = this.caseSensitive ? text : foldCase(text);
    let code = this.#codesByFold.get(folded);
    if (code === undefined) {
      code = this.texts.length;
      this.texts.push(text);
      this.folded.push(folded);
      this.#codesByFold.set(folded, code);
    }
    this.#codes.set(text, code);
    return code;
  }

  /** The code of a text, or -1 when no record ever held an equal one. */
  find(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    return this.caseSensitive ? -1 : (this.#codesByFold.get(foldCase(text)) ?? -1);
  }

  /**
   * All codes in the order of their texts. Kept from call to call; texts that came since are merged in, so a field
   * that only takes new texts at its end pays for those alone.
   */
  ordered(): Int32Array {
    const before = this.#ordered;
    if (before.length === this.texts.length) return before;
    const folded = this.folded;
    const added: number[] = [];
    for (let code = before.length; code < folded.length; code++) added.push(code);
    added.sort((left, right) => ((folded[left] as string) < (folded[right] as string) ? -1 : 1));
    const merged = new Int32Array(folded.length);
    let from = 0;
    let at = 0;
    for (const code of added) {
      const text = folded[code] as string;
      while (from < before.length && (folded[before[from] as number] as string) < text)
        merged[at++] = before[from++] as number;
      merged[at++] = code;
    }
    while (from < before.length) merged[at++] = before[from++] as number;
    this.#ordered = merged;
    return merged;
  }

  /** Where in `ordered()` the first text stands that is not below `text` (itself folded). */
  lowerBound(text: string): number {
    const codes = this.ordered();
    let low = 0;
    let high = codes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.folded[codes[middle] as number] as string) < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
