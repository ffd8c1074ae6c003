import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { http } from '../../src/replication/http.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { createSyncHandler } from '../../src/server/create-sync-handler.ts';
import { databaseMaster } from '../../src/server/database-master.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { Account, createAccount } from '../instruments/open-synced.ts';

const DAY_MS = 86_400_000;

it('a client that was away longer than deletions are remembered fetches all anew, and keeps what it had to send', async () => {
  const env = createFakeEnvironment();
  const server = await openDatabase({ name: 'server', objects: [Account, ...masterObjects], env });
  const master = await databaseMaster(server, { retentionMs: 30 * DAY_MS });
  const handler = createSyncHandler(master, {
    objects: ['Account'],
    authorize: () => ({ user: 'anyone' }),
    limits: { requestsPerMinute: 10_000 },
  });
  const db = await openDatabase({ name: 'client', objects: [Account, ...syncObjects] });
  const asked: (string | null)[] = [];
  const remote = http({
    url: 'http://server.test',
    fetch: async (url, init) => {
      const request = new Request(url, init);
      if (url.endsWith('/pull'))
        asked.push(((await request.clone().json()) as { checkpoint: string | null }).checkpoint);
      return handler(request);
    },
  });
  const sync = replicate(db, { remote, objects: ['Account'] });
  onTestFinished(async () => {
    await sync.close();
    await handler.close();
  });
  const [kept, gone] = [await createAccount(db, { Note: 'kept' }), await createAccount(db, { Note: 'gone' })];
  await sync.inSync();
  sync.pause();
  await db.Account.update({ Id: kept, Note: 'written while away' });
  const made = await createAccount(db, { Note: 'made while away' });

  await server.Account.delete(gone);
  await server.Account.emptyRecycleBin([gone]);
  env.advance(31 * DAY_MS);
  await createAccount(server as never, { Note: 'new' });
  await master.purge();
  env.advance(1);

  asked.length = 0;
  sync.resume();
  await sync.inSync();
  expect(asked).toEqual([expect.any(String), null, ...asked.slice(2)]);
  expect(db.Account.get(gone)).toBeUndefined();
  expect(
    db.Account.find({ deleted: 'include' })
      .map(({ Note }) => Note)
      .toSorted(),
  ).toEqual(['made while away', 'new', 'written while away']);
  expect(server.Account.get(made)?.Note).toBe('made while away');
  expect(server.Account.get(kept)?.Note).toBe('written while away');
  expect(sync.outbox.size).toBe(0);
});
