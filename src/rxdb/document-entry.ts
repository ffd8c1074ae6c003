import type { RxDocumentData } from 'rxdb';
import type { StoredRecord } from '../engine/record/record.ts';

/** A document as RxDB sees it, of whatever fields. */
export type AnyDocument = RxDocumentData<Record<string, unknown>>;

/** Makes the document of a record and of what is kept beside it. */
export type BuildDocument = (record: StoredRecord, beside: StoredRecord) => AnyDocument;

/**
 * One version of a document. Indexes hold it and not the document, which is made when it is first asked for, once: most of a
 * collection is never read, and comparing two versions needs a field or two of their records.
 */
export class DocumentEntry {
  readonly id: string;
  readonly record: StoredRecord;
  /** What RxDB has to know of the record; the record itself where it holds that too. */
  readonly beside: StoredRecord;
  readonly isDeleted: boolean;
  readonly #build: BuildDocument;
  #document: AnyDocument | undefined;

  constructor(id: string, record: StoredRecord, beside: StoredRecord, isDeleted: boolean, build: BuildDocument) {
    this.id = id;
    this.record = record;
    this.beside = beside;
    this.isDeleted = isDeleted;
    this.#build = build;
  }

  /** The same frozen object each time. */
  get document(): AnyDocument {
    this.#document ??= this.#build(this.record, this.beside);
    return this.#document;
  }

  get sequence(): number {
    return this.beside.Sequence as number;
  }
}
