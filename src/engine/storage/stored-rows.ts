import { must } from '../ground/assert.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Column } from '../store/column.ts';
import type { IdIndex, RowSource } from '../store/row-source.ts';
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

/** The records of one object as the blocks of a snapshot hold them, read from their bytes when they are asked for. */
export class StoredRows implements RowSource {
  readonly #table: Table;
  readonly #blocks: RowBlock[] = [];
  readonly #deletedAt: number;
  readonly #idAt: number;
  readonly deleted: number[] = [];
  #count = 0;

  constructor(table: Table) {
    this.#table = table;
    this.#deletedAt = table.positionOf(table.definition.roles.deleted);
    this.#idAt = table.positionOf(table.definition.roles.id);
  }

  get count(): number {
    return this.#count;
  }

  /** `columns`: one for each of today's fields, in their order. */
  add(columns: readonly StoredColumn[], count: number): void {
    const from = this.#count;
    this.#blocks.push({ from, count, columns });
    this.#count += count;
    const flags = columns[this.#deletedAt] as StoredColumn;
    if (flags instanceof SameColumn && flags.value !== true) return;
    for (let row = 0; row < count; row++) if (flags.at(row) === true) this.deleted.push(from + row);
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
    const { columns, from } = this.#blockOf(slot);
    return this.#table.shape.makeRow(columns, slot - from);
  }

  value(slot: number, at: number): unknown {
    const { columns, from } = this.#blockOf(slot);
    return (columns[at] as StoredColumn).at(slot - from);
  }

  filler(at: number, column: Column): (from: number, to: number) => void {
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

  ids(): IdIndex {
    return indexIds(this.#blocks.map(({ columns, count }) => ({ ids: columns[this.#idAt] as StoredColumn, count })));
  }
}
