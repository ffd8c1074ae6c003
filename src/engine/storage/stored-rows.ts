import { must } from '../ground/assert.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Column } from '../store/column.ts';
import { IdSlots } from '../store/id-slots.ts';
import type { RowSource } from '../store/row-source.ts';
import type { Table } from '../store/table.ts';
import { type Fill, SameColumn, type StoredColumn } from './stored-column.ts';
import { indexIds } from './stored-ids.ts';

interface RowBlock {
  /** The slot of its first record. */
  readonly from: number;
  readonly count: number;
  /** In the order of today's fields. */
  readonly columns: readonly StoredColumn[];
}

/**
 * The records of one object as they are stored: those of the blocks of a snapshot, read from their bytes when they are asked
 * for, with what the log has changed in them since, and those that the log has added. Fields go by their places today.
 */
export class StoredRows implements RowSource {
  readonly ids = new IdSlots();
  readonly deleted = new Set<number>();
  readonly gone = new Set<number>();
  readonly #table: Table;
  readonly #blocks: RowBlock[] = [];
  readonly #deletedAt: number;
  readonly #idAt: number;
  /** How many records stand in blocks. */
  #blockCount = 0;
  /** Those that came after, as their values. */
  readonly #added: unknown[][] = [];
  /** By slot of a record in a block: the places of fields that were changed, each with its value, the last one counts. */
  readonly #amended = new Map<number, unknown[]>();
  /** Of the record that is being made. */
  readonly #values: unknown[] = [];

  constructor(table: Table) {
    this.#table = table;
    this.#deletedAt = table.positionOf(table.definition.roles.deleted);
    this.#idAt = table.positionOf(table.definition.roles.id);
  }

  get count(): number {
    return this.#blockCount + this.#added.length;
  }

  /** Adds a block. `columns`: one for each field. */
  addBlock(columns: readonly StoredColumn[], count: number): void {
    const from = this.#blockCount;
    if (from === 0) {
      const idsOf = (block: RowBlock) => ({ ids: block.columns[this.#idAt] as StoredColumn, count: block.count });
      this.ids.addStored(() => indexIds(this.#blocks.map(idsOf)));
    }
    this.#blocks.push({ from, count, columns });
    this.#blockCount += count;
    const flags = columns[this.#deletedAt] as StoredColumn;
    if (flags instanceof SameColumn && flags.value !== true) return;
    for (let row = 0; row < count; row++) if (flags.at(row) === true) this.deleted.add(from + row);
  }

  /** Adds a record behind all others. Its values are kept. */
  add(values: unknown[]): void {
    const slot = this.count;
    this.#added.push(values);
    this.ids.set(values[this.#idAt] as string, slot);
    if (values[this.#deletedAt] === true) this.deleted.add(slot);
  }

  amend(slot: number, at: number, value: unknown): void {
    const added =
      slot < this.#blockCount ? undefined : must(this.#added[slot - this.#blockCount], 'a slot of the source');
    const amended = this.#amended.get(slot);
    if (added !== undefined) added[at] = value;
    else if (amended !== undefined) amended.push(at, value);
    else this.#amended.set(slot, [at, value]);
    if (at !== this.#deletedAt) return;
    if (value === true) this.deleted.add(slot);
    else this.deleted.delete(slot);
  }

  /** Takes a record out for good. */
  purge(slot: number): void {
    this.ids.delete(this.value(slot, this.#idAt) as string);
    this.deleted.delete(slot);
    this.gone.add(slot);
  }

  /** The block of a slot. Blocks are full but the last, so the first guess is right. */
  #blockOf(slot: number): RowBlock {
    const blocks = this.#blocks;
    let at = Math.min(blocks.length - 1, Math.floor(slot / must(blocks[0], 'a source with records').count));
    while (at > 0 && (blocks[at] as RowBlock).from > slot) at--;
    let block = blocks[at] as RowBlock;
    while (slot >= block.from + block.count) block = must(blocks[++at], 'a slot of the source');
    return block;
  }

  make(slot: number): StoredRecord {
    const { shape } = this.#table;
    if (slot >= this.#blockCount) return shape.make(this.#added[slot - this.#blockCount] as unknown[]);
    const { columns, from } = this.#blockOf(slot);
    const amended = this.#amended.size === 0 ? undefined : this.#amended.get(slot);
    if (amended === undefined) return shape.makeRow(columns, slot - from);
    const values = this.#values;
    for (let at = 0; at < columns.length; at++) values[at] = (columns[at] as StoredColumn).at(slot - from);
    for (let i = 0; i < amended.length; i += 2) values[amended[i] as number] = amended[i + 1];
    return shape.make(values);
  }

  value(slot: number, at: number): unknown {
    if (slot >= this.#blockCount) return this.#added[slot - this.#blockCount]?.[at];
    const amended = this.#amended.get(slot) ?? [];
    for (let i = amended.length - 2; i >= 0; i -= 2) if (amended[i] === at) return amended[i + 1];
    const { columns, from } = this.#blockOf(slot);
    return (columns[at] as StoredColumn).at(slot - from);
  }

  filler(at: number, column: Column): (from: number, to: number) => void {
    const own = this.#amendedIn(at);
    const fillBlocks = this.#blockFiller(at, column);
    let next = 0;
    return (from, to) => {
      const end = Math.min(to, this.#blockCount);
      let slot = from;
      while (slot < end) {
        while (next < own.length && (own[next] as number) < slot) next++;
        const stop = Math.min(end, own[next] ?? end);
        fillBlocks(slot, stop);
        if (stop < end) column.set(stop, this.value(stop, at));
        slot = stop + 1;
      }
      for (slot = Math.max(from, this.#blockCount); slot < to; slot++) column.set(slot, this.value(slot, at));
    };
  }

  /** The slots of blocks in which a field was changed, in order. */
  #amendedIn(at: number): Int32Array {
    const slots: number[] = [];
    for (const [slot, changed] of this.#amended)
      for (let i = 0; i < changed.length; i += 2)
        if (changed[i] === at) {
          slots.push(slot);
          break;
        }
    return Int32Array.from(slots).sort();
  }

  #blockFiller(at: number, column: Column): (from: number, to: number) => void {
    let block: RowBlock | undefined;
    let fill: Fill | undefined;
    return (from, to) => {
      for (let slot = from; slot < to; ) {
        if (block === undefined || slot >= block.from + block.count) {
          block = this.#blockOf(slot);
          fill = (block.columns[at] as StoredColumn).filler(column);
        }
        const end = Math.min(to, block.from + block.count);
        fill?.(slot - block.from, end - block.from, slot);
        slot = end;
      }
    };
  }
}
