import type { IdIndex } from '../store/id-slots.ts';
import { FixedTextColumn, type StoredColumn } from './stored-column.ts';

/** The ids of one block, and how many records it holds. */
export interface IdBlock {
  readonly ids: StoredColumn;
  readonly count: number;
}

/** An index of the ids of blocks, whose records stand in slots one after another. */
export function indexIds(blocks: readonly IdBlock[]): IdIndex {
  const length = blocks.reduce((most, { ids }) => Math.max(most, ids instanceof FixedTextColumn ? ids.length : 0), 0);
  const fixed = blocks.flatMap(({ ids }) => (ids instanceof FixedTextColumn && ids.length === length ? [ids] : []));
  if (length > 0 && fixed.length === blocks.length) return new FixedIds(fixed, length);
  const slots = new Map<string, number>();
  let slot = 0;
  for (const { ids, count } of blocks) for (let row = 0; row < count; row++) slots.set(ids.at(row) as string, slot++);
  return { find: (id) => slots.get(id) };
}

/** As many bytes at a time as go into the length of an id without rest: of 18 two, of 36 four. */
type Words = Uint8Array | Uint16Array | Uint32Array;

function wordsOf(bytes: Uint8Array, length: number): Words {
  if (length % 4 === 0) return new Uint32Array(bytes.buffer);
  return length % 2 === 0 ? new Uint16Array(bytes.buffer) : bytes;
}

/** Ids of one length, by their characters: no text is made of any, which is what a Map of them costs most for. */
class FixedIds implements IdIndex {
  readonly #length: number;
  /** A copy, so that the blocks can be let go of. */
  readonly #words: Words;
  readonly #wordCount: number;
  /** The id that is looked for. */
  readonly #sought: Uint8Array;
  readonly #soughtWords: Words;
  /**
   * One above the slot at the place that an id's hash says, or at the next free one behind it; 0 where none is. Made at the
   * first look-up.
   */
  #table: Int32Array | undefined;

  constructor(columns: readonly FixedTextColumn[], length: number) {
    this.#length = length;
    const ids = new Uint8Array(columns.reduce((sum, { bytes }) => sum + bytes.length, 0));
    let end = 0;
    for (const { bytes } of columns) {
      ids.set(bytes, end);
      end += bytes.length;
    }
    this.#words = wordsOf(ids, length);
    this.#sought = new Uint8Array(length);
    this.#soughtWords = wordsOf(this.#sought, length);
    this.#wordCount = this.#soughtWords.length;
  }

  find(id: string): number | undefined {
    const length = this.#length;
    if (typeof id !== 'string' || id.length !== length) return undefined;
    const sought = this.#sought;
    for (let i = 0; i < length; i++) {
      const code = id.charCodeAt(i);
      if (code > 127) return undefined;
      sought[i] = code;
    }
    this.#table ??= hashIds(this.#words, this.#wordCount);
    const table = this.#table;
    const mask = table.length - 1;
    for (let place = hashAt(this.#soughtWords, 0, this.#wordCount) & mask; ; place = (place + 1) & mask) {
      const slot = (table[place] as number) - 1;
      if (slot < 0) return undefined;
      if (this.#holds(slot)) return slot;
    }
  }

  #holds(slot: number): boolean {
    const from = slot * this.#wordCount;
    // From the end, where the ids of one source differ.
    for (let i = this.#wordCount - 1; i >= 0; i--) if (this.#words[from + i] !== this.#soughtWords[i]) return false;
    return true;
  }
}

function hashIds(words: Words, wordCount: number): Int32Array {
  const count = words.length / wordCount;
  let size = 16;
  while (size < count * 2) size *= 2;
  const mask = size - 1;
  const table = new Int32Array(size);
  for (let slot = 0; slot < count; slot++) {
    let place = hashAt(words, slot * wordCount, wordCount) & mask;
    while (table[place] !== 0) place = (place + 1) & mask;
    table[place] = slot + 1;
  }
  return table;
}

/** Ids that are counted differ in few bits, which every bit of the hash should hang on. */
function hashAt(words: Words, from: number, count: number): number {
  let hash = 0;
  for (let i = from; i < from + count; i++) hash = Math.imul(hash ^ (words[i] as number), 0x01000193) ^ (hash >>> 15);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 12);
}
