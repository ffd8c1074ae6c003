import { onTestFinished } from 'vitest';
import { type Database, defineObject, openDatabase } from '../../src/index.ts';
import { http } from '../../src/replication/http.ts';
import { replicate } from '../../src/replication/replicate.ts';
import type { ReplicateOptions } from '../../src/replication/replicate-options.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { createSyncHandler } from '../../src/server/create-sync-handler.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import type { SyncHandlerOptions } from '../../src/server/sync-options.ts';

export const Account = defineObject({
  name: 'Account',
  fields: {
    Name: {
      type: 'string',
      properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort',
      displayFormat: 'A-{0000}',
    },
    Code: { type: 'string', properties: 'Create, Filter, Nillable, Sort, Unique, Update' },
    Region: { type: 'string' },
    Note: { type: 'string' },
    Size: { type: 'int' },
  },
});
export const Item = defineObject({
  name: 'Item',
  fields: {
    AccountId: { type: 'reference', referenceTo: ['Account'], cascadeDelete: true },
    Label: { type: 'string' },
  },
});

const serverObjects = [Account, Item, ...masterObjects] as const;
const clientObjects = [Account, Item, ...syncObjects] as const;
export type ServerDatabase = Database<typeof serverObjects>;
export type ClientDatabase = Database<typeof clientObjects>;

/** A server in this process, reached by requests and responses of the web. */
export async function openServer(options: Partial<SyncHandlerOptions> = {}) {
  const db: ServerDatabase = await openDatabase({ name: 'server', objects: serverObjects });
  const authorize = (request: Request) => ({ user: request.headers.get('authorization')?.slice(7) ?? 'anyone' });
  const handler = createSyncHandler(db, { objects: ['Account', 'Item'], authorize, ...options });
  onTestFinished(async () => {
    await handler.close();
    await db.close();
  });
  /** What stands between the clients and the server: replaced by what answers instead. */
  const line = { answer: (request: Request): Promise<Response> => handler(request) };
  return { db, handler, line };
}

type Server = Awaited<ReturnType<typeof openServer>>;

/** A client of it, synced as soon as it is opened. */
export async function openClient(
  { line }: Server,
  { token = 'anyone', ...options }: Partial<ReplicateOptions<'Account' | 'Item'>> & { token?: string } = {},
) {
  const db: ClientDatabase = await openDatabase({ name: 'client', objects: clientObjects });
  const remote = http({
    url: 'http://server.test',
    token: () => token,
    fetch: (url, init) => line.answer(new Request(url, init)),
  });
  const sync = replicate(db, { remote, objects: ['Account', 'Item'], retry: { baseMs: 5, maxMs: 20 }, ...options });
  onTestFinished(async () => {
    await sync.close();
    await db.close();
  });
  await sync.inSync();
  return { db, sync };
}

export async function createAccount(
  db: { readonly Account: ClientDatabase['Account'] },
  values: { Code?: string; Region?: string; Note?: string; Size?: number },
): Promise<string> {
  return (await db.Account.create(values)).id as string;
}
