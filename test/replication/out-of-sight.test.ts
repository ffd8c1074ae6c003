import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import type { Remote } from '../../src/replication/remote.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { createSyncHandler } from '../../src/server/create-sync-handler.ts';
import { databaseMaster } from '../../src/server/database-master.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import { crashStorage } from '../instruments/crash-storage.ts';
import { Account, createAccount, Item, openClient, openServer } from '../instruments/open-synced.ts';

const mine = (user: string, _object: string, record: Record<string, unknown>) =>
  record.Region === undefined || record.Region === null || record.Region === user;

describe('a record that a user may no longer see', () => {
  it('leaves though it was changed here meanwhile, and what was changed is told of as refused', async () => {
    const server = await openServer({ canRead: mine });
    const { db, sync } = await openClient(server, { token: 'ann' });
    const id = await createAccount(server.db, { Region: 'ann', Note: 'a' });
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: id, Note: 'b' });
    await server.db.Account.update({ Id: id, Region: 'bob' });
    sync.resume();
    await sync.inSync();
    await sync.inSync();
    expect(db.Account.get(id)).toBeUndefined();
    expect(sync.outbox.list()).toMatchObject([{ id, state: 'rejected', code: 'SYNC_FORBIDDEN' }]);
  });

  it('leaves too when the change was on its way before that was known', async () => {
    const server = await openServer({ canRead: mine });
    const { db, sync } = await openClient(server, { token: 'ann' });
    const id = await createAccount(server.db, { Region: 'ann', Note: 'a' });
    await sync.inSync();
    const own = server.line.answer;
    server.line.answer = async (request) => {
      const isPush = new URL(request.url).pathname === '/push';
      if (isPush && server.db.Account.get(id)?.Region === 'ann')
        await server.db.Account.update({ Id: id, Region: 'bob' });
      return own(request);
    };
    await db.Account.update({ Id: id, Note: 'b' });
    await sync.inSync();
    await sync.inSync();
    await expect.poll(() => db.Account.get(id)).toBeUndefined();
    expect(sync.outbox.list()).toMatchObject([{ id, state: 'rejected', code: 'SYNC_FORBIDDEN' }]);
    expect(server.db.Account.get(id)).toMatchObject({ Note: 'a', Region: 'bob' });
  });

  it('leaves when all is fetched anew because rights have changed, changed here or not', async () => {
    let rights = 1;
    const server = await openServer({
      authorize: () => ({ user: 'ann', rights }),
      canRead: (_user, _object, record) => rights === 1 || record.Region === 'ann',
    });
    const { db, sync } = await openClient(server);
    const [a, b] = [
      await createAccount(server.db, { Region: 'bob', Note: 'a' }),
      await createAccount(server.db, { Region: 'bob', Note: 'a' }),
    ];
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: a, Note: 'b' });
    rights = 2;
    sync.resume();
    await sync.inSync();
    await sync.inSync();
    expect([db.Account.get(a), db.Account.get(b)]).toEqual([undefined, undefined]);
    expect(sync.outbox.list()).toMatchObject([{ id: a, state: 'rejected', code: 'SYNC_FORBIDDEN' }]);
  });
});

describe('a record that was taken away for good longer ago than that is remembered', () => {
  it('does not come back by what was written to it elsewhere', async () => {
    const storage = crashStorage();
    const sdb = await openDatabase({ name: 'server', objects: [Account, Item, ...masterObjects] as const, storage });
    const master = await databaseMaster(sdb, { retentionMs: 0 });
    const handler = createSyncHandler(master, { objects: ['Account', 'Item'], authorize: () => ({ user: 'ann' }) });
    const server = { line: { answer: (request: Request) => handler(request) } } as never;
    const { db, sync } = await openClient(server, { token: 'ann' });
    const id = await createAccount(db, { Note: 'a' });
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: id, Note: 'b' });
    await sdb.Account.delete(id);
    await sdb.Account.emptyRecycleBin([id]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await master.purge();
    sync.resume();
    await sync.inSync();
    await sync.inSync();
    expect(sdb.Account.size).toBe(0);
    expect(db.Account.get(id)).toBeUndefined();
    expect(sync.outbox.list()).toMatchObject([{ id, state: 'rejected', code: 'ENTITY_IS_DELETED' }]);
    await handler.close();
    await master.close();
    await sdb.close();
  });
});

describe('a record that went to the bin with another', () => {
  it('of an object that this database lacks is stored, and is there after a restart', async () => {
    const storage = crashStorage();
    const objects = [Account, ...syncObjects] as const;
    const open = (kept: typeof storage) => openDatabase({ name: 'client', objects, storage: kept });
    const db = await open(storage);
    const id = (await db.Account.create({ Note: 'x' })).id as string;
    const remote: Remote = {
      async *pull() {
        yield {
          documents: [[0, { Id: id, Note: 'y', _deleted: true, _deletedWith: ['Nope', 'x'] }]],
          checkpoint: 'c',
          done: true,
        };
      },
      push: async ({ push, commits }) => ({
        push,
        commits: commits.map((rows) => rows.map(() => ({ status: 'applied' as const }))),
      }),
    };
    const sync = replicate(db, { remote, objects: ['Account'] });
    await sync.inSync();
    await sync.close();
    await db.close();
    const again = await open(crashStorage(storage.photos.at(-1)));
    expect(again.Account.find({ deleted: 'only' } as never)).toMatchObject([{ Id: id }]);
    await again.Account.undelete([id]);
    expect(again.Account.get(id)).toBeDefined();
    await again.close();
  });
});
