import type { BulkWriteRow, RxStorageWriteError } from 'rxdb';
import type { DatabaseParts } from '../engine/open-parts.ts';
import type { Unit } from '../engine/store/unit.ts';
import type { Batch } from '../engine/write/change.ts';
import type { AnyDocument, DocumentEntry } from './document-entry.ts';

export type AnyWriteRow = BulkWriteRow<Record<string, unknown>>;
export type AnyWriteError = RxStorageWriteError<Record<string, unknown>>;

/** A call of bulkWrite. */
export interface WriteCall {
  readonly rows: readonly AnyWriteRow[];
  readonly context: string;
  /** The data of attachments that it brings, in base64, by `attachmentKey`. */
  readonly data: ReadonlyMap<string, string>;
}

/**
 * How the documents of a collection are kept as records: each as one of its own, or the records of an object that the application
 * of the database has. What reads and indexes documents knows no more of it than this.
 */
export interface DocumentLayout {
  readonly parts: DatabaseParts;
  /** Whether a record may be something else than what was written: numbers, defaults and dates are the engine's to give. */
  readonly completes: boolean;
  /** The last version of a document, a deleted one too; undefined where there is none. */
  entryOf(id: string): DocumentEntry | undefined;
  /** The last version of every document, in the order in which they were made. */
  entries(): Iterable<DocumentEntry>;
  /** What reads a path of documents, without making them where that can be. */
  reader(path: string): (entry: DocumentEntry) => unknown;
  /** Makes the writes that can be made, within one commit, and gives the errors of the others. */
  write(unit: Unit, call: WriteCall): AnyWriteError[];
  /** The data of an attachment, in base64, and its type; undefined where there is none of that digest. */
  attachment(documentId: string, attachmentId: string, digest: string): AttachmentData | undefined;
  /** The documents that are deleted, among others perhaps: those that a cleanup need look at. */
  deletedEntries(): Iterable<DocumentEntry>;
  /** Takes a document away for good, with its attachments and all that is kept of it. */
  purge(unit: Unit, id: string): void;
  /** Takes away all that RxDB has here. */
  purgeAll(unit: Unit): void;
  /** What one commit did to the documents. */
  changes(batch: Batch): readonly DocumentChange[];
}

export interface AttachmentData {
  readonly data: string;
  readonly type: string;
}

/** What became of a document in a commit. */
export interface DocumentChange {
  readonly id: string;
  readonly before: DocumentEntry | undefined;
  readonly after: DocumentEntry | undefined;
}

/**
 * A value at a path of a document, for an index. A list on the way is the value: what a query means by the rest of the path is then
 * any of its elements, for which an index has no place.
 */
export function valueAt(document: AnyDocument | Record<string, unknown>, steps: readonly string[]): unknown {
  let value: unknown = document;
  for (let i = 0; i < steps.length && !Array.isArray(value); i++) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[steps[i] as string];
  }
  return value;
}
