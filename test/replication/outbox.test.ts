import { describe, expect, it } from 'vitest';
import { createAccount, openClient, openServer } from '../instruments/open-synced.ts';

const forbidBad = {
  canWrite: (_user: string, _object: string, _before: unknown, after: unknown) =>
    (after as { Note?: string } | undefined)?.Note !== 'bad',
};

describe('the outbox', () => {
  it('holds what waits, in order, with its fields and its kind', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    const kept = await createAccount(db, { Region: 'north' });
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: kept, Region: 'south', Size: 3 });
    const made = await createAccount(db, { Note: 'new' });
    await db.Account.delete(kept);
    expect(sync.outbox.list()).toMatchObject([
      { id: kept, kind: 'delete', state: 'pending', isSending: false },
      { id: made, kind: 'create', state: 'pending' },
    ]);
    expect(sync.outbox.get('Account', kept)?.fields.toSorted()).toEqual(['IsDeleted', 'Region', 'Size']);
    expect(sync.outbox.size).toBe(2);
    await expect.poll(() => sync.status.pending).toBe(2);
    sync.resume();
    await sync.inSync();
    expect(sync.outbox.size).toBe(0);
    expect(server.db.Account.get(made)?.Note).toBe('new');
  });

  it('forgets a record that was put back to what it was, and one that was made and gone again', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    const id = await createAccount(db, { Region: 'north' });
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: id, Region: 'south' });
    expect(sync.stateOf('Account', id)).toBe('pending');
    await db.Account.update({ Id: id, Region: 'north' });
    expect(sync.stateOf('Account', id)).toBe('synced');
    const brief = await createAccount(db, {});
    await db.Account.delete(brief);
    await db.Account.emptyRecycleBin([brief]);
    expect(sync.outbox.list()).toEqual([]);
  });

  it('tells how a record stands by either form of its id, and of one that is not here nothing', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server, { objects: ['Account'] });
    const id = await createAccount(db, {});
    expect([sync.stateOf('Account', id), sync.stateOf('Account', id.slice(0, 15))]).toEqual(['pending', 'pending']);
    await sync.inSync();
    expect(sync.stateOf('Account', id.slice(0, 15))).toBe('synced');
    await db.Account.delete(id);
    await sync.inSync();
    // In the recycle bin, as it is on the server.
    expect(sync.stateOf('Account', id)).toBe('synced');
    sync.pause();
    await db.Account.emptyRecycleBin([id]);
    expect(sync.stateOf('Account', id)).toBe('pending');
    sync.resume();
    await sync.inSync();
    expect(sync.stateOf('Account', id)).toBeUndefined();
    for (const none of ['a0X000000000001AAA', 'nonsense', undefined as never])
      expect(sync.stateOf('Account', none)).toBeUndefined();
    for (const object of ['Item', 'Nope', 'SyncChange'])
      expect(() => sync.stateOf(object, id)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION', message: `this sync has no ${object}: it has Account` }),
      );
  });

  it('keeps what was refused with the reason, until it is written again, tried again or dropped', async () => {
    const server = await openServer(forbidBad);
    const { db, sync } = await openClient(server);
    const [first, second, third] = [
      await createAccount(db, { Note: 'bad' }),
      await createAccount(db, { Note: 'bad' }),
      await createAccount(db, { Note: 'bad' }),
    ] as const;
    const good = await createAccount(db, { Note: 'good' });
    await sync.inSync();
    expect(server.db.Account.get(good)?.Note).toBe('good');
    expect(sync.outbox.list().map(({ state, code }) => [state, code])).toEqual(
      new Array(3).fill(['rejected', 'SYNC_FORBIDDEN']),
    );
    expect(sync.status).toMatchObject({ state: 'live', rejected: 3 });
    await db.Account.update({ Id: first, Note: 'better' });
    await sync.outbox.retry('Account', second);
    await sync.outbox.drop('Account', third);
    await sync.inSync();
    expect(server.db.Account.get(first)?.Note).toBe('better');
    expect(sync.outbox.list()).toMatchObject([{ id: second, state: 'rejected' }]);
    expect(db.Account.get(third)).toBeUndefined();
    await expect(sync.outbox.drop('Account', third)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('sends what one commit wrote together or not at all', async () => {
    const server = await openServer(forbidBad);
    const { db, sync } = await openClient(server);
    const ids = db.transaction((tx) => {
      const account = tx.Account.create({ Note: 'bad' }).id as string;
      return [account, tx.Item.create({ AccountId: account, Label: 'x' }).id as string] as const;
    });
    const other = await createAccount(db, {});
    await sync.inSync();
    expect([server.db.Account.size, server.db.Item.size]).toEqual([1, 0]);
    expect(server.db.Account.get(other)).toBeDefined();
    expect(sync.stateOf('Item', ids[1])).toBe('pending');
    await db.Account.update({ Id: ids[0], Note: 'good' });
    await sync.inSync();
    expect(server.db.Item.get(ids[1])?.AccountId).toBe(ids[0]);
    expect(sync.outbox.size).toBe(0);
  });

  it('gives a dropped change back to what the server holds', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    const id = await createAccount(db, { Region: 'north', Note: 'a' });
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: id, Region: 'south', Note: 'b' });
    await sync.outbox.drop('Account', id);
    expect(db.Account.get(id)).toMatchObject({ Region: 'north', Note: 'a' });
    expect(sync.outbox.size).toBe(0);
    await db.Account.delete(id);
    await db.Account.emptyRecycleBin([id]);
    await sync.outbox.drop('Account', id);
    sync.resume();
    await sync.inSync();
    expect(db.Account.get(id)).toMatchObject({ Region: 'north', Note: 'a' });
    expect(server.db.Account.get(id)).toBeDefined();
  });

  it('is exported with what each entry would send', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server, { paused: false });
    const id = await createAccount(db, { Region: 'north' });
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: id, Region: 'south' });
    const [line] = sync.outbox.export().trim().split('\n');
    expect(JSON.parse(line as string)).toMatchObject({
      object: 'Account',
      id,
      kind: 'update',
      row: { assumedMasterState: { Id: id, Region: 'north' }, newDocumentState: { Id: id, Region: 'south' } },
    });
  });

  it('can be queried and watched as any object', async () => {
    const server = await openServer(forbidBad);
    const { db, sync } = await openClient(server);
    const live = db.SyncChange.live({ where: { State: 'rejected' } });
    await createAccount(db, { Note: 'bad' });
    await sync.inSync();
    expect(live.getSnapshot()).toMatchObject([{ Object: 'Account', Code: 'SYNC_FORBIDDEN' }]);
    expect(db.query("SELECT RecordId, Kind FROM SyncChange WHERE State = 'rejected'").records).toHaveLength(1);
    expect(db.SyncChange.find({})[0]).toMatchObject({ Kind: 'create' });
    const collection = db.SyncChange as unknown as { create(record: unknown): Promise<unknown> };
    await expect(collection.create({})).rejects.toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });

  it('is there again after the database was closed', async () => {
    const server = await openServer();
    const first = await openClient(server);
    first.sync.pause();
    await createAccount(first.db, { Region: 'north' });
    await first.sync.close();
    expect(first.db.SyncChange.size).toBe(1);
    await createAccount(first.db, { Region: 'while nothing syncs' });
    expect(first.db.SyncChange.size).toBe(2);
  });
});
