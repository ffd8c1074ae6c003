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

/** Ids of one length, by their characters: no text is made of any, which is what a Map of them costs most for. */
class FixedIds implements IdIndex {
  readonly #length: number;
  /** A copy, so that the blocks can be let go of. */
  readonly #bytes: Uint8Array;
  /**
   * One above the slot at the place that an id's hash says, or at the next free one behind it; 0 where none is. Made at the
   * first look-up.
   */
  #table: Int32Array | undefined;

  constructor(columns: readonly FixedTextColumn[], length: number) {
    this.#length = length;
    this.#bytes = new Uint8Array(columns.reduce((sum, { bytes }) => sum + bytes.length, 0));
    let end = 0;
    for (const { bytes } of columns) {
      this.#bytes.set(bytes, end);
      end += bytes.length;
    }
  }

  find(id: string): number | undefined {
    const length = this.#length;
    if (typeof id !== 'string' || id.length !== length) return undefined;
    let hash = 0;
    for (let at = 0; at < length; at++) hash = (Math.imul(hash, 31) + id.charCodeAt(at)) | 0;
    this.#table ??= hashIds(this.#bytes, length);
    const table = this.#table;
    const mask = table.length - 1;
    for (let place = spread(hash) & mask; ; place = (place + 1) & mask) {
      const slot = (table[place] as number) - 1;
      if (slot < 0) return undefined;
      if (this.#holds(slot * length, id)) return slot;
    }
  }

  #holds(from: number, id: string): boolean {
    // From the end, where the ids of one source differ.
    for (let at = this.#length - 1; at >= 0; at--) if (this.#bytes[from + at] !== id.charCodeAt(at)) return false;
    return true;
  }
}

function hashIds(bytes: Uint8Array, length: number): Int32Array {
  const count = bytes.length / length;
  let size = 16;
  while (size < count * 2) size *= 2;
  const mask = size - 1;
  const table = new Int32Array(size);
  for (let slot = 0, at = 0; slot < count; slot++) {
    let hash = 0;
    for (const end = at + length; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    let place = spread(hash) & mask;
    while (table[place] !== 0) place = (place + 1) & mask;
    table[place] = slot + 1;
  }
  return table;
}

/** Ids that are counted differ in few bits, which every bit of a place should hang on. */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 12);
}
