import type { StoredRecord } from '../record/record.ts';
import type { Column } from './column.ts';

/** Finds the slots of ids that were stored. */
export interface IdIndex {
  /** The slot of an id; undefined when none of these records has it. */
  find(id: string): number | undefined;
}

/**
 * The records of a table as they were stored, in the slots from 0 on: what makes each when it is first read. Nothing in
 * it ever changes. Declared here and made by whoever stores, as the store knows of no bytes.
 */
export interface RowSource {
  readonly count: number;
  /** The slots of those in the recycle bin, in order. */
  readonly deleted: readonly number[];
  /** Makes a record; another object at each call. */
  make(slot: number): StoredRecord;
  /** A value of a record by the place of its field. */
  value(slot: number, at: number): unknown;
  /** What sets a field of the slots `from` up to `to` in a column, called for rising slots. */
  filler(at: number, column: Column): (from: number, to: number) => void;
  /** Made anew at each call. */
  ids(): IdIndex;
}
