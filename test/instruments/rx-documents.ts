import { type EventBulk, fillWithDefaultSettings, type RxStorageChangeEvent, type RxStorageInstance } from 'rxdb';
import type { AnyRxDocument, AnyRxSchema } from './rx-schemas.ts';

export type AnyRxInstance = RxStorageInstance<Record<string, unknown>, unknown, unknown, { readonly seq: number }>;
export type AnyRxBulk = EventBulk<RxStorageChangeEvent<AnyRxDocument>, { readonly seq: number }>;
export type AnyRxWrite = { previous?: AnyRxDocument; document: AnyRxDocument };

/** A storage of RxDB, whichever. */
export interface OpensInstances {
  createStorageInstance(params: never): Promise<unknown>;
}

/** The schema of a collection whose documents have a text and a number. */
export function noteSchema(more: object = {}): AnyRxSchema {
  return fillWithDefaultSettings({
    version: 0,
    primaryKey: 'id',
    type: 'object',
    properties: {
      id: { type: 'string', maxLength: 100 },
      text: { type: 'string', maxLength: 20 },
      rank: { type: 'integer', minimum: 0, maximum: 1e6, multipleOf: 1 },
    },
    required: ['id'],
    indexes: ['rank', 'text'],
    ...more,
  } as never) as unknown as AnyRxSchema;
}

let collections = 0;

/** Opens a collection of its own, unless its names are given. */
export function openNotes(storage: OpensInstances, more: object = {}): Promise<AnyRxInstance> {
  return storage.createStorageInstance({
    databaseInstanceToken: 'token',
    databaseName: 'notes',
    collectionName: `c${collections++}`,
    schema: noteSchema(),
    options: {},
    multiInstance: false,
    devMode: false,
    ...more,
  } as never) as unknown as Promise<AnyRxInstance>;
}

let writes = 0;

/** A document as RxDB would hand it over: `_rev`, `_deleted` and the like unless given. */
export function note(id: string, fields: Record<string, unknown> = {}): AnyRxDocument {
  writes++;
  return {
    id,
    _deleted: false,
    _rev: `1-${writes}`,
    _meta: { lwt: 1_000 + writes },
    _attachments: {},
    ...fields,
  } as unknown as AnyRxDocument;
}

/** The row that makes a document another version of itself. */
export function changed(previous: AnyRxDocument, fields: Record<string, unknown>): AnyRxWrite {
  writes++;
  const height = Number.parseInt(previous._rev, 10) + 1;
  const document = { ...previous, _rev: `${height}-${writes}`, _meta: { lwt: 1_000 + writes }, ...fields };
  return { previous, document: document as AnyRxDocument };
}

export async function write(instance: AnyRxInstance, rows: readonly AnyRxWrite[], context = 'test') {
  return (await instance.bulkWrite(rows as never, context)).error;
}

/** Writes documents that have to be taken. */
export async function put(instance: AnyRxInstance, ...documents: readonly AnyRxDocument[]): Promise<void> {
  const errors = await write(
    instance,
    documents.map((document) => ({ document })),
  );
  if (errors.length > 0) throw new Error(`refused with ${errors.map(({ status }) => status).join()}`);
}

export async function byId(instance: AnyRxInstance, id: string): Promise<AnyRxDocument | undefined> {
  const [found] = (await instance.findDocumentsById([id], true)) as unknown as readonly AnyRxDocument[];
  return found;
}

/** What the instance tells from now on. */
export function hear(instance: AnyRxInstance): AnyRxBulk[] {
  const bulks: AnyRxBulk[] = [];
  instance.changeStream().subscribe((bulk) => bulks.push(bulk as unknown as AnyRxBulk));
  return bulks;
}
