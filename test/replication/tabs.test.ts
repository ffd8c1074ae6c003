import { expect, it, onTestFinished } from 'vitest';
import { memoryStorage, openDatabase } from '../../src/index.ts';
import { http } from '../../src/replication/http.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { Account, createAccount, openServer } from '../instruments/open-synced.ts';

it('is one of the tabs of a database that syncs; the others see how it stands, write, and take its place', async () => {
  const server = await openServer();
  const storage = memoryStorage();
  const open = async () => {
    const db = await openDatabase({ name: 'shared-sync', objects: [Account, ...syncObjects], storage, shared: true });
    const remote = http({
      url: 'http://server.test',
      fetch: (url, init) => server.line.answer(new Request(url, init)),
    });
    const sync = replicate(db, { remote, objects: ['Account'] });
    onTestFinished(async () => {
      await sync.close();
      await db.close();
    });
    return { db, sync };
  };
  const first = await open();
  const second = await open();
  await expect.poll(() => [first.sync.status.state, second.sync.status.state]).toEqual(['live', 'following']);
  await expect.poll(() => server.handler.stats().streams).toBe(1);
  const id = await createAccount(second.db, { Note: 'from the second' });
  await expect.poll(() => server.db.Account.get(id)?.Note).toBe('from the second');
  await expect.poll(() => second.db.Account.get(id)?.Name).toBe('A-0001');
  await expect.poll(() => second.sync.stateOf('Account', id)).toBe('synced');

  first.sync.pause();
  await second.db.Account.update({ Id: id, Note: 'waits' });
  await expect.poll(() => second.sync.outbox.list().map(({ kind }) => kind)).toEqual(['update']);
  await second.sync.outbox.drop('Account', id);
  await expect.poll(() => [first.db.Account.get(id)?.Note, first.sync.outbox.size]).toEqual(['from the second', 0]);

  // What a tab that follows asks for is done where commits are made, and both go on agreeing.
  first.sync.resume();
  await expect.poll(() => first.sync.status.state).toBe('live');
  const before = server.handler.stats().requests;
  second.sync.refetch();
  await expect.poll(() => server.handler.stats().requests).toBeGreaterThan(before);
  await expect.poll(() => first.sync.status.state).toBe('live');
  await first.db.Account.update({ Id: id, Size: 4 });
  await expect.poll(() => second.db.Account.get(id)?.Size).toBe(4);

  await second.db.Account.update({ Id: id, Note: 'after the first' });
  await first.sync.close();
  await first.db.close();
  await expect.poll(() => second.sync.status.state).toBe('live');
  await expect.poll(() => server.db.Account.get(id)?.Note).toBe('after the first');
});
