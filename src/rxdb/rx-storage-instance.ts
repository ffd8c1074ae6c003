import {
  type BulkWriteRow,
  blobToBase64String,
  createBlobFromBase64,
  type EventBulk,
  type PreparedQuery,
  type RxDocumentData,
  type RxJsonSchema,
  type RxStorageBulkWriteResponse,
  type RxStorageChangeEvent,
  type RxStorageCountResult,
  type RxStorageInstance,
  type RxStorageQueryResult,
} from 'rxdb';
import { type Observable, Subject, takeUntil } from 'rxjs';
import { createError } from '../engine/ground/errors.ts';
import { checkRow } from './check-row.ts';
import type { DocumentCollection, RxCheckpoint } from './document-collection.ts';
import type { AnyDocument } from './document-entry.ts';
import type { AnyWriteRow } from './document-layout.ts';
import { attachmentKey } from './document-object.ts';
import type { CollectionLease } from './shared-collections.ts';
import { takeRows } from './take-rows.ts';

/** What of an instance plugins may look into. */
export interface RxSojournInternals {
  readonly collection: DocumentCollection;
}

/** Options of one collection, given with it as `instanceCreationOptions`. */
export interface RxSojournInstanceOptions {
  /** Of a storage with a `database`: the object whose records are the documents. */
  readonly object?: string | undefined;
}

/** Who an instance is. */
export interface InstanceHead<T> {
  readonly databaseName: string;
  readonly collectionName: string;
  readonly schema: Readonly<RxJsonSchema<RxDocumentData<T>>>;
  readonly options: Readonly<RxSojournInstanceOptions>;
}

/**
 * One collection of RxDB over the engine. What each method does is RxDB's contract (rx-storage.interface, 17.x); where that leaves
 * something open it does what RxDB's memory storage does, except that documents are frozen copies and not what the caller holds.
 */
export class RxStorageInstanceSojourn<T>
  implements RxStorageInstance<T, RxSojournInternals, RxSojournInstanceOptions, RxCheckpoint>
{
  readonly databaseName: string;
  readonly collectionName: string;
  readonly schema: Readonly<RxJsonSchema<RxDocumentData<T>>>;
  readonly options: Readonly<RxSojournInstanceOptions>;
  readonly internals: RxSojournInternals;
  readonly #key: string;
  readonly #lease: CollectionLease;
  readonly #closed = new Subject<void>();
  #closing: Promise<void> | undefined;

  constructor(head: InstanceHead<T>, key: string, lease: CollectionLease) {
    this.databaseName = head.databaseName;
    this.collectionName = head.collectionName;
    this.schema = head.schema;
    this.options = head.options;
    this.internals = { collection: lease.collection };
    this.#key = key;
    this.#lease = lease;
  }

  get #collection(): DocumentCollection {
    if (this.#closing !== undefined) throw createError('DATABASE_CLOSED', 'the storage instance has been closed');
    if (this.#lease.isRemoved) throw createError('DATABASE_CLOSED', 'the collection has been removed');
    // The database of a record may have been closed by whoever opened it.
    this.internals.collection.layout.parts.store.assertOpen();
    return this.internals.collection;
  }

  async bulkWrite(rows: BulkWriteRow<T>[], context: string): Promise<RxStorageBulkWriteResponse<T>> {
    const collection = this.#collection;
    const given = rows as unknown as readonly AnyWriteRow[];
    for (const row of given) checkRow(row, this.#key);
    const bringsData = this.schema.attachments !== undefined && given.some(hasData);
    if (!bringsData && !collection.writesElsewhere) {
      const errors = collection.write({ rows: given, context, data: NO_DATA });
      if (collection.layout.completes) this.#tellLater(given, errors);
      return { error: (Array.isArray(errors) ? errors : await errors) as never };
    }
    const taken = takeRows(given);
    const data = bringsData ? await readData(taken, this.#key) : NO_DATA;
    const writing = collection.write({ rows: taken, context, data });
    if (collection.layout.completes) this.#tellLater(taken, writing);
    const errors = await writing;
    return {
      error: errors.map((error) => ({ ...error, writeRow: given[taken.indexOf(error.writeRow)] })) as never,
    };
  }

  /** In the turn after the one in which the caller hears of it. What fails is the caller's to hear. */
  #tellLater(rows: readonly AnyWriteRow[], writing: unknown): void {
    const { collection } = this.internals;
    Promise.resolve(writing)
      .then(() => collection.layout.parts.store.environment.pause())
      .then(() => collection.tellAgain(rows.map(({ document }) => document[this.#key] as string)))
      .catch(() => undefined);
  }

  async findDocumentsById(ids: string[], withDeleted: boolean): Promise<RxDocumentData<T>[]> {
    const collection = this.#collection;
    const found: RxDocumentData<T>[] = [];
    for (const id of ids) {
      const entry = collection.byId(id);
      if (entry !== undefined && (withDeleted || !entry.isDeleted)) found.push(entry.document as never);
    }
    return found;
  }

  async query(prepared: PreparedQuery<T>): Promise<RxStorageQueryResult<T>> {
    const documents = this.#collection.query(prepared as PreparedQuery<unknown>);
    return { documents: (this.schema.attachments === undefined ? documents : documents.map(attachable)) as never };
  }

  async count(prepared: PreparedQuery<T>): Promise<RxStorageCountResult> {
    return { count: this.#collection.count(prepared as PreparedQuery<unknown>), mode: 'fast' };
  }

  async getAttachmentData(documentId: string, attachmentId: string, digest: string): Promise<Blob> {
    const found = this.#collection.layout.attachment(documentId, attachmentId, digest);
    if (found === undefined) throw createError('NOT_FOUND', 'there is no such attachment of that digest');
    return createBlobFromBase64(found.data, found.type);
  }

  async getChangedDocumentsSince(limit: number, checkpoint?: RxCheckpoint) {
    const { documents, checkpoint: next } = this.#collection.changedSince(limit, checkpoint);
    return { documents: documents as unknown as RxDocumentData<T>[], checkpoint: next as RxCheckpoint };
  }

  changeStream(): Observable<EventBulk<RxStorageChangeEvent<T>, RxCheckpoint>> {
    return this.#collection.events$.pipe(takeUntil(this.#closed)) as never;
  }

  async cleanup(minimumDeletedMs: number): Promise<boolean> {
    const collection = this.#collection;
    return collection.cleanup(collection.layout.parts.store.environment.now() - minimumDeletedMs);
  }

  /** Nothing is heard from it any more; the collection is closed with the last of its instances. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#lease.close();
      this.#closed.next();
    }
    return this.#closing;
  }

  async remove(): Promise<void> {
    void this.#collection;
    this.#closing = this.#lease.remove();
    await this.#closing;
  }
}

/**
 * A document whose list of attachments is the caller's own: RxDB's plugin that moves documents to another storage writes their data
 * into what it was given.
 */
function attachable(document: AnyDocument): AnyDocument {
  const { _attachments: attachments } = document;
  if (attachments === undefined || Object.keys(attachments).length === 0) return document;
  return Object.freeze({ ...document, _attachments: { ...attachments } });
}

const NO_DATA: ReadonlyMap<string, string> = new Map();

function hasData({ document }: AnyWriteRow): boolean {
  return Object.values(document._attachments ?? {}).some((attachment) => 'data' in attachment);
}

/** The data of attachments, read before the commit, which cannot wait. */
async function readData(rows: readonly AnyWriteRow[], key: string): Promise<ReadonlyMap<string, string>> {
  const data = new Map<string, string>();
  for (const { document } of rows) {
    for (const [name, attachment] of Object.entries(document._attachments ?? {}))
      if ('data' in attachment && attachment.data !== undefined)
        data.set(attachmentKey(document[key] as string, name), await blobToBase64String(attachment.data));
  }
  return data;
}
