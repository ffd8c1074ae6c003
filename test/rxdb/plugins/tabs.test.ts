import { RxDBCleanupPlugin } from 'rxdb/plugins/cleanup';
import { addRxPlugin } from 'rxdb/plugins/core';
import { RxDBLeaderElectionPlugin } from 'rxdb/plugins/leader-election';
import { RxDBLocalDocumentsPlugin } from 'rxdb/plugins/local-documents';
import { afterEach, describe, expect, test } from 'vitest';
import { type AnyRxStorage, allowTwins, closeRx, openRx, RX_STORAGES } from '../../instruments/rx-databases.ts';

addRxPlugin(RxDBLeaderElectionPlugin);
addRxPlugin(RxDBCleanupPlugin);
addRxPlugin(RxDBLocalDocumentsPlugin);
allowTwins();
afterEach(closeRx);

const SOON = { timeout: 5_000, interval: 10 };
const call = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: { id: { type: 'string', maxLength: 20 }, note: { type: 'string' } },
  required: ['id'],
} as const;

async function openTab(storage: AnyRxStorage, name: string) {
  const database = await openRx(storage, { name, multiInstance: true, ignoreDuplicate: true, localDocuments: true });
  const { calls } = await database.addCollections({ calls: { schema: call, localDocuments: true } });
  return { database, calls: calls as NonNullable<typeof calls> };
}

let tabs = 0;

describe.each(RX_STORAGES)('two tabs of one database on %s', (_, make) => {
  test('see each other’s writes, by live queries, streams and documents', async () => {
    const storage = make();
    const name = `tabs${++tabs}`;
    const [first, second] = [await openTab(storage, name), await openTab(storage, name)];
    const shown: string[][] = [];
    second.calls.find({ sort: [{ id: 'asc' }] }).$.subscribe((found) => shown.push(found.map((one) => one.id)));
    const told: string[] = [];
    second.calls.$.subscribe((event) => told.push(`${event.operation} ${event.documentId} ${event.isLocal}`));
    const document = await first.calls.insert({ id: 'a', note: 'of the first' });
    await expect.poll(() => shown.at(-1), SOON).toEqual(['a']);
    const seen = await second.calls.findOne('a').exec(true);
    expect(seen.note).toBe('of the first');
    await seen.incrementalPatch({ note: 'of the second' });
    await expect.poll(() => document.getLatest().note, SOON).toBe('of the second');
    await second.calls.insert({ id: 'b' });
    await first.calls.findOne('a').remove();
    await expect.poll(() => shown.at(-1), SOON).toEqual(['b']);
    expect(told).toEqual(['INSERT a false', 'UPDATE a false', 'INSERT b false', 'DELETE a false']);
    expect(await first.calls.count().exec()).toBe(1);
    await first.database.close();
    expect((await second.calls.insert({ id: 'c' })).id).toBe('c');
    expect((await second.calls.find().exec()).map((one) => one.id)).toEqual(['b', 'c']);
  });

  test('write one document at once: one of them hears of the conflict, and incremental writes lose nothing', async () => {
    const storage = make();
    const name = `tabs${++tabs}`;
    const [first, second] = [await openTab(storage, name), await openTab(storage, name)];
    await first.calls.insert({ id: 'a', note: '' });
    const documents = [await first.calls.findOne('a').exec(true), await second.calls.findOne('a').exec(true)];
    const outcomes = await Promise.allSettled(documents.map((one, at) => one.patch({ note: `plain ${at}` })));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await Promise.all(
      [0, 1, 2, 3, 4, 5].map((at) =>
        documents[at % 2]?.incrementalModify((data: { note: string }) => ({ ...data, note: `${data.note} ${at}` })),
      ),
    );
    const note = String((await first.calls.findOne('a').exec(true)).note);
    for (const at of [0, 1, 2, 3, 4, 5]) expect(note).toContain(` ${at}`);
  });

  test('elect one leader, and another when it closes', async () => {
    const storage = make();
    const name = `tabs${++tabs}`;
    const [first, second] = [await openTab(storage, name), await openTab(storage, name)];
    await first.database.waitForLeadership();
    expect([first.database.isLeader(), second.database.isLeader()]).toEqual([true, false]);
    const waiting = second.database.waitForLeadership();
    await first.database.close();
    await waiting;
    expect(second.database.isLeader()).toBe(true);
    expect((await second.calls.insert({ id: 'after' })).id).toBe('after');
  });

  test('share local documents, of a collection and of the database', async () => {
    const storage = make();
    const name = `tabs${++tabs}`;
    const [first, second] = [await openTab(storage, name), await openTab(storage, name)];
    const shown: unknown[] = [];
    second.calls.getLocal$('settings').subscribe((local) => shown.push(local?.get('sound')));
    await first.calls.insertLocal('settings', { sound: 'on' });
    await expect.poll(() => shown.at(-1), SOON).toBe('on');
    await first.calls.upsertLocal('settings', { sound: 'off' });
    await expect.poll(() => shown.at(-1), SOON).toBe('off');
    await second.database.insertLocal('desk', { place: 4 });
    expect((await first.database.getLocal('desk'))?.get('place')).toBe(4);
    const local = await first.calls.getLocal('settings');
    await local?.incrementalPatch({ sound: 'low' });
    await expect.poll(() => shown.at(-1), SOON).toBe('low');
    await local?.getLatest().remove();
    expect(await second.calls.getLocal('settings')).toBeNull();
    // Local documents are none of the collection's.
    expect(await second.calls.find().exec()).toEqual([]);
  });

  test('lose a collection for both when one removes it', async () => {
    const storage = make();
    const name = `tabs${++tabs}`;
    const [first, second] = [await openTab(storage, name), await openTab(storage, name)];
    await first.calls.insert({ id: 'a' });
    await first.calls.remove();
    await expect.poll(() => second.calls.closed, SOON).toBe(true);
    const { calls } = await first.database.addCollections({ calls: { schema: call } });
    expect(await calls?.find().exec()).toEqual([]);
    await calls?.insert({ id: 'b' });
    expect(await calls?.count().exec()).toBe(1);
  });
});
