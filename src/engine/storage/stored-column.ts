import type { Column } from '../store/column.ts';
import type { Uints } from './bytes.ts';
import { corrupt } from './envelope.ts';
import { freezeParsed } from './freeze-parsed.ts';
import { momentText } from './moment-text.ts';
import { asciiText, type StoredTexts } from './stored-texts.ts';

/** Sets a column's slots from `slot` on to the values of the rows `from` up to `to`, called for rising rows. */
export type Fill = (from: number, to: number, slot: number) => void;

/** The values of one field of the records of a block, read from its bytes as they are asked for. Frozen, where they nest. */
export interface StoredColumn {
  at(row: number): unknown;
  filler(column: Column): Fill;
}

/** JSON within a block whose frame was whole. Throws `STORAGE_CORRUPT`, as it was not written by this program. */
function trusted(parse: () => unknown): unknown {
  try {
    return freezeParsed(parse());
  } catch {
    throw corrupt('a value of the snapshot makes no sense', 0);
  }
}

function fillByValue(stored: StoredColumn, column: Column): Fill {
  return (from, to, slot) => {
    for (let row = from; row < to; row++) column.set(slot + row - from, stored.at(row));
  };
}

/** One value throughout. */
export class SameColumn implements StoredColumn {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  at(): unknown {
    return this.value;
  }

  filler(column: Column): Fill {
    return (from, to, slot) => {
      if (to > from) column.values.fill(column.numberOf(this.value), slot, slot + to - from);
    };
  }
}

/** What is to be known of stored numbers beside them. */
interface NumberForm {
  readonly least: number;
  readonly hasNulls: boolean;
  readonly isMoment: boolean;
}

/** Numbers above a least one, 0 for null; or each as it is, NaN for null. */
export class NumberColumn implements StoredColumn {
  readonly #above: Uints | Float64Array;
  /** What a stored 0 would stand for. */
  readonly #base: number;
  readonly #isRaw: boolean;
  readonly #hasNulls: boolean;
  readonly #isMoment: boolean;

  constructor(above: Uints | Float64Array, { least, hasNulls, isMoment }: NumberForm) {
    this.#above = above;
    this.#isRaw = above instanceof Float64Array;
    this.#base = this.#isRaw ? 0 : least - 1;
    this.#hasNulls = hasNulls;
    this.#isMoment = isMoment;
  }

  at(row: number): unknown {
    const above = this.#above[row] as number;
    if (this.#isRaw ? above !== above : above === 0) return null;
    const value = this.#base + above;
    if (this.#isMoment) return momentText(value);
    // A whole number that comes of adding to a double would stand in the record as one, with sixteen bytes of its own.
    const whole = value | 0;
    return whole === value ? whole : value;
  }

  filler(column: Column): Fill {
    const { type } = column.field;
    if (this.#isMoment ? type !== 'dateTime' : type !== 'int' && type !== 'double') return fillByValue(this, column);
    if (this.#hasNulls) return this.#nullFiller(column);
    const { values } = column;
    const above = this.#above;
    const base = this.#base;
    if (this.#isRaw) return (from, to, slot) => values.set(above.subarray(from, to), slot);
    return (from, to, slot) => {
      const shift = slot - from;
      for (let row = from; row < to; row++) values[row + shift] = base + (above[row] as number);
    };
  }

  #nullFiller(column: Column): Fill {
    const { values } = column;
    const above = this.#above;
    const none = this.#isRaw ? Number.NaN : 0;
    return (from, to, slot) => {
      for (let row = from; row < to; row++) {
        const number = above[row] as number;
        const isNull = number === none || number !== number;
        values[slot + row - from] = isNull ? column.numberOf(null) : this.#base + number;
      }
    };
  }
}

/** Places in a list of different values. */
export class CodeColumn implements StoredColumn {
  readonly #parse: () => unknown;
  readonly #size: number;
  readonly #codes: Uints;
  #list: readonly unknown[] | undefined;

  /** `parse`: reads the list, which is of `size` values. */
  constructor(parse: () => unknown, size: number, codes: Uints) {
    this.#parse = parse;
    this.#size = size;
    this.#codes = codes;
    if (size >= 1 << (8 * codes.BYTES_PER_ELEMENT)) return;
    for (let row = 0; row < codes.length; row++)
      if ((codes[row] as number) >= size) throw new RangeError('a place beyond its list');
  }

  get list(): readonly unknown[] {
    if (this.#list === undefined) {
      const list = trusted(this.#parse);
      if (!Array.isArray(list) || list.length !== this.#size) throw corrupt('a list of the snapshot makes no sense', 0);
      this.#list = list;
    }
    return this.#list;
  }

  at(row: number): unknown {
    return this.list[this.#codes[row] as number];
  }

  filler(column: Column): Fill {
    const { list } = this;
    const codes = this.#codes;
    const { values } = column;
    // Each value is given its number when first met, so that a dictionary has its texts in the order of the records.
    const numbers = new Float64Array(list.length);
    const isKnown = new Uint8Array(list.length);
    return (from, to, slot) => {
      for (let row = from; row < to; row++) {
        const code = codes[row] as number;
        if (isKnown[code] === 0) {
          isKnown[code] = 1;
          numbers[code] = column.numberOf(list[code]);
        }
        values[slot + row - from] = numbers[code] as number;
      }
    };
  }
}

/** Texts of one length, of ASCII alone: ids, and names that are numbers. */
export class FixedTextColumn implements StoredColumn {
  readonly bytes: Uint8Array;
  readonly length: number;

  constructor(bytes: Uint8Array, length: number) {
    this.bytes = bytes;
    this.length = length;
  }

  at(row: number): string {
    return asciiText(this.bytes, row * this.length, this.length);
  }

  filler(column: Column): Fill {
    return fillByValue(this, column);
  }
}

export class TextColumn implements StoredColumn {
  readonly #texts: StoredTexts;

  constructor(texts: StoredTexts) {
    this.#texts = texts;
  }

  at(row: number): string | null {
    return this.#texts.at(row);
  }

  filler(column: Column): Fill {
    return fillByValue(this, column);
  }
}

/** Anything else, each value as its JSON. */
export class JsonColumn implements StoredColumn {
  readonly #texts: StoredTexts;

  constructor(texts: StoredTexts) {
    this.#texts = texts;
  }

  at(row: number): unknown {
    const text = this.#texts.at(row);
    return text === null ? null : trusted(() => JSON.parse(text));
  }

  filler(column: Column): Fill {
    return fillByValue(this, column);
  }
}
