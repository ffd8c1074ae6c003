import { decodeJson, encodeJson } from './json-bytes.ts';

/** Whole numbers from 0 of one width. */
export type Uints = Uint8Array | Uint16Array | Uint32Array;

/** Whether the platform's own arrays hold their numbers as they are stored, which all do that one meets. */
const IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Bytes that are written one after another, in little-endian order. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  u32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
  }

  f64(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value, true);
  }

  /** A whole number from 0 in `width` bytes: 1, 2 or 4. */
  uint(value: number, width: number): void {
    const at = this.#reserve(width);
    if (width === 1) this.#bytes[at] = value;
    else if (width === 2) this.#view.setUint16(at, value, true);
    else this.#view.setUint32(at, value, true);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** A piece with its length before it. */
  piece(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.raw(bytes);
  }

  json(value: unknown): void {
    this.piece(encodeJson(value));
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads what a `ByteWriter` wrote. Throws `RangeError` past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#at++);
  }

  u32(): number {
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  f64(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  /** Many doubles at once, as a copy. */
  f64s(count: number): Float64Array {
    const bytes = new Uint8Array(this.raw(count * 8));
    if (IS_LITTLE) return new Float64Array(bytes.buffer);
    const view = new DataView(bytes.buffer);
    return Float64Array.from({ length: count }, (_, i) => view.getFloat64(i * 8, true));
  }

  /** Many whole numbers at once: one by one each costs a call and a look at the bounds. */
  uints(count: number, width: number): Uints {
    const bytes = this.raw(count * width);
    if (width === 1) return bytes;
    if (width !== 2 && width !== 4) throw new RangeError('numbers of no known width');
    if (IS_LITTLE) {
      // Copied, as a view of wider numbers must begin at a multiple of their width; and not by slice, which of Node's own
      // kind of bytes copies nothing.
      const { buffer } = new Uint8Array(bytes);
      return width === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const numbers = width === 2 ? new Uint16Array(count) : new Uint32Array(count);
    for (let i = 0; i < count; i++)
      numbers[i] = width === 2 ? view.getUint16(i * 2, true) : view.getUint32(i * 4, true);
    return numbers;
  }

  /** The next `length` bytes, not copied. */
  raw(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError('a piece goes past the end');
    return this.#bytes.subarray(from, this.#at);
  }

  piece(): Uint8Array {
    return this.raw(this.u32());
  }

  json(): unknown {
    return decodeJson(this.piece());
  }

  /** Throws unless all has been read. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError('more than was said');
  }
}
