import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { postgresMaster } from '../../src/postgres/postgres.ts';
import { http } from '../../src/replication/http.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { createSyncHandler } from '../../src/server/create-sync-handler.ts';
import { openPostgres } from '../instruments/open-postgres.ts';
import { Account, Item } from '../instruments/open-synced.ts';

it('clients of two servers on one PostgreSQL agree, whatever they write at once', async () => {
  const postgres = await openPostgres();
  onTestFinished(() => postgres.stop());
  const handlers = await Promise.all(
    [0, 1].map(async () => {
      const master = await postgresMaster({ url: postgres.url, objects: [Account, Item] });
      const handler = createSyncHandler(master, {
        objects: ['Account', 'Item'],
        authorize: () => ({ user: 'anyone' }),
      });
      onTestFinished(async () => {
        await handler.close();
        await master.close();
      });
      return handler;
    }),
  );
  const clients = await Promise.all(
    [0, 1, 0, 1].map(async (at) => {
      const db = await openDatabase({ name: 'client', objects: [Account, Item, ...syncObjects] });
      const handler = handlers[at] as (typeof handlers)[number];
      const remote = http({ url: 'http://server.test', fetch: (url, init) => handler(new Request(url, init)) });
      const sync = replicate(db, { remote, objects: ['Account', 'Item'] });
      onTestFinished(() => sync.close());
      return { db, sync };
    }),
  );
  const [first] = clients as [(typeof clients)[0]];
  const shared = (await first.db.Account.create({ Note: 'shared' })).id as string;
  for (const { sync } of clients) await sync.inSync();
  await Promise.all(
    clients.map(async ({ db }, own) => {
      for (let i = 0; i < 20; i++) {
        await db.Account.create({ Note: `${own}-${i}` });
        await db.Account.update({
          Id: shared,
          ...(own % 2 === 0 ? { Size: own * 100 + i } : { Region: `${own}-${i}` }),
        });
        if (i % 5 === 0)
          db.transaction((tx) => {
            const { id } = tx.Account.create({ Note: 'parent' });
            tx.Item.create({ AccountId: id, Label: `${own}-${i}` });
          });
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }),
  );
  const picture = ({ db }: (typeof clients)[0]) =>
    JSON.stringify([db.Account.find({ orderBy: [{ Id: 'asc' }] }), db.Item.find({ orderBy: [{ Id: 'asc' }] })]);
  await expect
    .poll(
      () =>
        clients.map((client) => [
          client.sync.status.state,
          client.sync.outbox.size,
          picture(client) === picture(first),
        ]),
      { timeout: 20_000 },
    )
    .toEqual(clients.map(() => ['live', 0, true]));
  expect([first.db.Account.size, first.db.Item.size]).toEqual([1 + 4 * 20 + 4 * 4, 16]);
  const names = first.db.Account.find({}).map(({ Name }) => Name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => /^A-\d{4}$/.test(name as string))).toBe(true);
});
