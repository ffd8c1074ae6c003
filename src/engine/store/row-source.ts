import type { StoredRecord } from '../record/record.ts';
import type { Column } from './column.ts';
import type { IdSlots } from './id-slots.ts';

/**
 * The records of a table as they were stored, in the slots from 0 on: what makes each when it is first read. Nothing in
 * it changes once a table has it. Declared here and made by whoever stores, as the store knows of no bytes.
 */
export interface RowSource {
  readonly count: number;
  /** The slots of those in the recycle bin. */
  readonly deleted: Iterable<number>;
  /** Slots whose record has left for good. */
  readonly gone: Iterable<number>;
  readonly ids: IdSlots;
  /** Makes a record; another object at each call. */
  make(slot: number): StoredRecord;
  /** A value of a record by the place of its field. */
  value(slot: number, at: number): unknown;
  /** What sets a field of the slots `from` up to `to` in a column, called for rising slots. */
  filler(at: number, column: Column): (from: number, to: number) => void;
}
