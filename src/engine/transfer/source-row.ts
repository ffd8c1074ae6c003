import type { ObjectDefinition } from '../definition/define-object.ts';

/** One record as a payload holds it, not yet validated, or what kept it from being read. */
export type SourceRow = ReadRow | UnreadRow;

export interface ReadRow {
  /** From 1: the physical line a record of NDJSON or CSV starts on, or the place of a record in a JSON list. */
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** The object the payload says the record is of, where it says so. */
  readonly type?: string | undefined;
}

export interface UnreadRow {
  readonly line: number;
  /** What is wrong, in words that hold nothing of the record. */
  readonly problem: string;
}

export type TextFormat = 'json' | 'ndjson' | 'csv';

/** What every reader must know. Lengths are counted in characters (UTF-16 units). */
export interface ReadContext {
  readonly definition: ObjectDefinition;
  readonly lineLengthMax: number;
  readonly documentLengthMax: number;
  readonly nestingMax: number;
}

/**
 * Turns the text of a payload, handed over piece by piece, into rows. Readers are synchronous: a row that passes
 * through one async generator costs less than one that passes through three.
 */
export interface RowReader {
  /** Rows completed by `text`. The result must be run to its end before the next call. */
  push(text: string): Iterable<SourceRow>;
  /** Rows that only the end of the text completes. Throws `UNREADABLE_PAYLOAD` when the whole makes no sense. */
  end(): Iterable<SourceRow>;
}
