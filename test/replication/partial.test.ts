import { describe, expect, it } from 'vitest';
import { createAccount, openClient, openServer } from '../instruments/open-synced.ts';

const north = { objects: [{ name: 'Account' as const, where: { Region: 'north' } }] };

describe('a sync by a filter', () => {
  it('fetches what fits, and takes away what leaves it, without a trace of a delete', async () => {
    const server = await openServer();
    const inside = await createAccount(server.db as never, { Region: 'north' });
    const outside = await createAccount(server.db as never, { Region: 'south' });
    const { db } = await openClient(server, north);
    expect([db.Account.get(inside)?.Region, db.Account.get(outside)]).toEqual(['north', undefined]);
    await server.db.Account.update({ Id: outside, Region: 'north' });
    await server.db.Account.update({ Id: inside, Region: 'south' });
    await expect.poll(() => db.Account.find({}).map(({ Id }) => Id)).toEqual([outside]);
    expect(db.Account.find({ deleted: 'include' })).toHaveLength(1);
  });

  it('keeps what was written to a record that has left it, with the reason', async () => {
    const server = await openServer();
    const id = await createAccount(server.db as never, { Region: 'north' });
    const { db, sync } = await openClient(server, north);
    sync.pause();
    await db.Account.update({ Id: id, Note: 'mine' });
    await server.db.Account.update({ Id: id, Region: 'south' });
    sync.resume();
    await sync.inSync();
    expect(db.Account.get(id)).toBeUndefined();
    expect(sync.outbox.list()).toMatchObject([{ id, state: 'rejected', code: 'SYNC_FORBIDDEN' }]);
    expect(server.db.Account.get(id)?.Note).toBeNull();
  });

  it('fetches anew when it is another one, and lets go of the rest', async () => {
    const server = await openServer();
    const [a, b] = [
      await createAccount(server.db as never, { Region: 'north' }),
      await createAccount(server.db as never, { Region: 'south' }),
    ];
    const { db, sync } = await openClient(server, north);
    expect(db.Account.find({}).map(({ Id }) => Id)).toEqual([a]);
    await sync.close();
    const { replicate } = await import('../../src/replication/replicate.ts');
    const { http } = await import('../../src/replication/http.ts');
    const remote = http({
      url: 'http://server.test',
      fetch: (url, init) => server.line.answer(new Request(url, init)),
    });
    const other = replicate(db, { remote, objects: [{ name: 'Account', where: { Region: 'south' } }] });
    await other.inSync();
    expect(db.Account.find({}).map(({ Id }) => Id)).toEqual([b]);
    await other.close();
  });

  it('lets go of what the user may no longer see', async () => {
    const rights = { all: true };
    const server = await openServer({
      authorize: () => ({ user: 'ada', rights: String(rights.all) }),
      canRead: (_user, _object, record) => rights.all || record.Region === 'north',
    });
    const kept = await createAccount(server.db as never, { Region: 'north' });
    await createAccount(server.db as never, { Region: 'south' });
    const { db, sync } = await openClient(server);
    expect(db.Account.size).toBe(2);
    rights.all = false;
    await sync.inSync();
    expect(db.Account.find({ deleted: 'include' }).map(({ Id }) => Id)).toEqual([kept]);
  });
});
