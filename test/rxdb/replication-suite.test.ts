import {
  addRxPlugin,
  defaultConflictHandler,
  overwritable,
  type RxCollection,
  type RxReplicationHandler,
  rxStorageInstanceToReplicationHandler,
} from 'rxdb';
import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import { RxDBLocalDocumentsPlugin } from 'rxdb/plugins/local-documents';
import { type RxReplicationState, replicateRxCollection } from 'rxdb/plugins/replication';
import { afterAll, describe, it } from 'vitest';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import { type AnyRxInstance, noteSchema, openNotes } from '../instruments/rx-documents.ts';
import type { AnyRxDocument } from '../instruments/rx-schemas.ts';

type Handler = RxReplicationHandler<Record<string, unknown>, { readonly seq: number }>;
type Options = { readonly live: boolean; readonly attachments?: boolean };

/** Of RxDB's test utilities what is used of them here. Its own types want those of a test runner that is not here. */
interface TestUtilities {
  setConfig(config: { readonly storage: object }): void;
  getConfig(): object;
  runReplicationBaseTestSuite(config: object): void;
}

/** The server is a collection of this storage too, spoken to by RxDB's own handler. */
let server: AnyRxInstance;
let handler: Handler;

async function openServer(): Promise<void> {
  await server?.remove();
  const properties = { passportId: { type: 'string', maxLength: 100 } };
  const schema = noteSchema({ primaryKey: 'passportId', properties, required: [], indexes: [], attachments: {} });
  server = await openNotes(getRxStorageSojourn(), { schema });
  handler = rxStorageInstanceToReplicationHandler(server as never, defaultConflictHandler as never, 'server') as never;
}

const withoutAttachments = <T extends object>(document: T): T => ({ ...document, _attachments: {} });

/** What the server holds with the data of its attachments, which RxDB's handler gives with a pull and not with a conflict. */
async function withData(document: AnyRxDocument): Promise<AnyRxDocument> {
  const filled = await Promise.all(
    Object.entries(document._attachments ?? {}).map(async ([name, attachment]) => {
      const data = await server.getAttachmentData(document.passportId as string, name, attachment.digest);
      return [name, { ...attachment, data }];
    }),
  );
  return { ...document, _attachments: Object.fromEntries(filled) };
}

function replicateWith(
  collection: RxCollection,
  { live, attachments = true }: Options,
): RxReplicationState<unknown, never> {
  const passed = attachments ? <T>(document: T) => document : withoutAttachments;
  const { masterChangesSince, masterWrite, masterChangeStream$ } = handler;
  return replicateRxCollection({
    collection,
    replicationIdentifier: 'suite',
    live,
    waitForLeadership: false,
    pull: {
      handler: async (checkpoint: never, batchSize: number) => {
        const { documents, checkpoint: next } = await masterChangesSince(checkpoint, batchSize);
        return { documents: documents.map((document) => passed(document as object)), checkpoint: next };
      },
      ...(live && { stream$: masterChangeStream$ }),
    },
    push: {
      handler: async (rows: { assumedMasterState?: object; newDocumentState: object }[]) => {
        const pushed = rows.map((row) => ({ ...row, newDocumentState: passed(row.newDocumentState) }));
        const conflicts = (await masterWrite(pushed as never)) as unknown as AnyRxDocument[];
        return Promise.all(conflicts.map(async (conflict) => passed(await withData(conflict))));
      },
    },
  } as never) as unknown as RxReplicationState<unknown, never>;
}

async function syncOnce(collection: RxCollection, options: Partial<Options> = {}): Promise<void> {
  const replication = replicateWith(collection, { live: false, ...options });
  const errors: unknown[] = [];
  replication.error$.subscribe((error) => errors.push(error));
  await replication.awaitInSync();
  if (errors.length > 0) throw errors[0];
}

addRxPlugin(RxDBAttachmentsPlugin);
addRxPlugin(RxDBLocalDocumentsPlugin);
await openServer();
// The suite opens databases with an option that is for development alone. Nothing else of that is loaded.
const { isDevMode } = overwritable;
overwritable.isDevMode = () => true;
Object.assign(globalThis, { describe, it });
const { log, dir } = console;
const utilities = (await import('rxdb/plugins/test-utils' as string)) as TestUtilities;
utilities.setConfig({ storage: { name: 'sojourn', getStorage: () => getRxStorageSojourn() } });
// It tells of its surroundings when it is first asked for, and has the console be its own.
console.log = () => undefined;
utilities.getConfig();
Object.assign(console, { log, dir });

afterAll(async () => {
  overwritable.isDevMode = isDevMode;
  await server.remove();
});

describe("RxDB's tests of a replication pass over this storage", () => {
  utilities.runReplicationBaseTestSuite({
    startReplication: (collection: RxCollection) => replicateWith(collection, { live: true }),
    syncOnce: (collection: RxCollection) => syncOnce(collection),
    syncOnceWithAttachments: (collection: RxCollection) => syncOnce(collection),
    syncOnceWithAttachmentsDisabled: (collection: RxCollection) => syncOnce(collection, { attachments: false }),
    getAllServerDocs: async () => (await server.getChangedDocumentsSince?.(10_000, undefined as never))?.documents,
    cleanUpServer: openServer,
    softDeletes: true,
    isDeleted: ({ _deleted }: AnyRxDocument) => _deleted,
    getPrimaryOfServerDoc: ({ passportId }: AnyRxDocument) => passportId,
  });
});
