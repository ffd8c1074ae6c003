import { describe, expect, it } from 'vitest';
import type { ConflictPolicy } from '../../src/replication/conflict.ts';
import { createAccount, openClient, openServer } from '../instruments/open-synced.ts';

/** A record that both sides have changed, once they have met again. */
async function meet(policy: ConflictPolicy, { mine = { Note: 'mine' }, theirs = { Note: 'theirs' } } = {}) {
  const server = await openServer();
  const client = await openClient(server, { conflicts: policy });
  const id = await createAccount(client.db, { Note: 'first', Region: 'north' });
  await client.sync.inSync();
  client.sync.pause();
  await client.db.Account.update({ Id: id, ...mine });
  await server.db.Account.update({ Id: id, ...theirs });
  client.sync.resume();
  await client.sync.inSync();
  return { ...client, server, id };
}

describe('a conflict', () => {
  it('leaves mine by default', async () => {
    const { db, server, id } = await meet('mine');
    expect([db.Account.get(id)?.Note, server.db.Account.get(id)?.Note]).toEqual(['mine', 'mine']);
    expect(db.SyncConflict.find({})).toMatchObject([
      { Outcome: 'mine', Mine: '{"Note":"mine"}', Theirs: '{"Note":"theirs"}' },
    ]);
  });

  it('takes theirs where that is the policy', async () => {
    const { db, server, sync, id } = await meet('theirs');
    expect([db.Account.get(id)?.Note, server.db.Account.get(id)?.Note]).toEqual(['theirs', 'theirs']);
    expect(sync.outbox.size).toBe(0);
  });

  it('is none where both changed other fields, or the same to the same', async () => {
    const apart = await meet('ask', { mine: { Note: 'mine' }, theirs: { Note: 'first' } });
    expect(apart.sync.outbox.size).toBe(0);
    const alike = await meet('ask', { mine: { Note: 'both' }, theirs: { Note: 'both' } });
    expect([alike.sync.outbox.size, alike.db.SyncConflict.size]).toEqual([0, 0]);
  });

  it('waits for a person where that is the policy, whatever else changes, and is settled by one', async () => {
    const { db, server, sync, id } = await meet('ask');
    expect(sync.stateOf('Account', id)).toBe('conflict');
    expect(sync.status).toMatchObject({ state: 'live', conflicts: 1, pending: 0 });
    expect(db.Account.get(id)?.Note).toBe('mine');
    await server.db.Account.update({ Id: id, Region: 'south' });
    await expect.poll(() => db.Account.get(id)?.Region).toBe('south');
    expect(sync.stateOf('Account', id)).toBe('conflict');
    await sync.outbox.resolve('Account', id, 'theirs');
    expect(db.Account.get(id)).toMatchObject({ Note: 'theirs', Region: 'south' });
    expect(sync.outbox.size).toBe(0);
    const again = await meet('ask');
    await again.sync.outbox.resolve('Account', again.id, { Note: 'both of us' });
    await again.sync.inSync();
    expect(again.server.db.Account.get(again.id)?.Note).toBe('both of us');
    const third = await meet('ask');
    const refused = (choice: unknown) => third.sync.outbox.resolve('Account', third.id, choice as never);
    await expect(refused('nobody')).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await expect(refused({ Nope: 1 })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
    expect(third.sync.stateOf('Account', third.id)).toBe('conflict');
    await expect(again.sync.outbox.resolve('Account', again.id, 'mine')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is settled in its own fields, and what else was written goes on waiting', async () => {
    const { db, sync, server, id } = await meet('ask', { mine: { Note: 'mine', Region: 'west' } as never });
    await sync.outbox.resolve('Account', id, 'theirs');
    expect(db.Account.get(id)).toMatchObject({ Note: 'theirs', Region: 'west' });
    await sync.inSync();
    expect(server.db.Account.get(id)).toMatchObject({ Note: 'theirs', Region: 'west' });
  });

  it('is settled by a handler, which sees all three', async () => {
    const seen: unknown[] = [];
    const { db, server, id } = await meet(({ base, mine, theirs, fields }) => {
      seen.push([fields, base, mine.Note, theirs.Note]);
      return { Note: `${mine.Note} and ${theirs.Note}` };
    });
    expect(seen).toEqual([[['Note'], { Note: 'first' }, 'mine', 'theirs']]);
    expect(server.db.Account.get(id)?.Note).toBe('mine and theirs');
    expect(db.Account.get(id)?.Note).toBe('mine and theirs');
  });

  it('waits for a person where the handler throws or says nothing, and holds up nothing else', async () => {
    for (const handler of [
      () => undefined,
      () => ({ Size: 'not a number' }),
      () => ({ Nope: 1 }),
      (async () => 'theirs') as never,
      () => {
        throw new TypeError('no');
      },
    ]) {
      const { db, sync, server, id } = await meet(handler);
      expect(sync.stateOf('Account', id)).toBe('conflict');
      const other = await createAccount(db, { Note: 'other' });
      await sync.inSync();
      expect(server.db.Account.get(other)?.Note).toBe('other');
    }
  });

  it('of a write and a delete leaves the write in the bin, from where it comes back', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    const id = await createAccount(db, { Note: 'first' });
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: id, Note: 'mine' });
    await server.db.Account.delete(id);
    sync.resume();
    await sync.inSync();
    expect(db.Account.get(id)).toBeUndefined();
    await server.db.Account.undelete(id);
    await expect.poll(() => db.Account.get(id)?.Note).toBe('mine');
    expect(sync.outbox.size).toBe(0);
  });

  it('of a write and a purge leaves the write in the outbox with the reason', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    const id = await createAccount(db, { Note: 'first' });
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: id, Note: 'mine' });
    await server.db.Account.delete(id);
    await server.db.Account.emptyRecycleBin([id]);
    sync.resume();
    await sync.inSync();
    expect(sync.outbox.list()).toMatchObject([{ id, state: 'rejected', code: 'ENTITY_IS_DELETED' }]);
    expect(JSON.parse(sync.outbox.export()).row.newDocumentState).toMatchObject({ Note: 'mine' });
    await sync.outbox.drop('Account', id);
    expect(sync.outbox.size).toBe(0);
  });

  it('over a unique value is refused with the reason, and leaves both records', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    sync.pause();
    const mine = await createAccount(db, { Code: 'K' });
    await server.db.Account.create({ Code: 'K', Note: 'theirs' });
    const other = await server.db.Account.create({ Code: 'L' });
    sync.resume();
    await sync.inSync();
    expect(sync.outbox.list()).toMatchObject([{ id: mine, state: 'rejected', code: 'DUPLICATE_VALUE' }]);
    expect(sync.status).toMatchObject({ state: 'live', quarantined: 1 });
    expect(db.Account.get(other.id as string)?.Code).toBe('L');
    expect(db.SyncQuarantine.find({})).toMatchObject([{ Object: 'Account', Code: 'DUPLICATE_VALUE' }]);
    await db.Account.update({ Id: mine, Code: 'M' });
    await sync.inSync();
    await sync.inSync();
    expect(db.Account.find({ orderBy: [{ Code: 'asc' }] }).map(({ Code }) => Code)).toEqual(['K', 'L', 'M']);
    expect([sync.status.quarantined, sync.outbox.size]).toEqual([0, 0]);
  });
});
