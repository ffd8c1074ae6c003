import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import { addRxPlugin, type RxCollection, type RxDatabase } from 'rxdb/plugins/core';
import { migrateStorage } from 'rxdb/plugins/migration-storage';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { afterEach, describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../src/index.ts';
import { getRxStorageSojourn } from '../../../src/rxdb/rxdb.ts';
import { type AnyRxStorage, closeRx, openRx } from '../../instruments/rx-databases.ts';

addRxPlugin(RxDBAttachmentsPlugin);
afterEach(closeRx);

const call = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 20 },
    at: { type: 'number', minimum: 0, maximum: 1e6, multipleOf: 1 },
    note: { type: 'string' },
  },
  required: ['id', 'at'],
  indexes: ['at'],
} as const;

async function add(database: RxDatabase, attachments: boolean): Promise<RxCollection> {
  const schema = { ...call, ...(attachments && { attachments: {} }) } as never;
  return (await database.addCollections({ calls: { schema } })).calls as RxCollection;
}

/** Fills a database and closes it, as the last version of an app would have left it. */
async function leave(storage: AnyRxStorage, name: string, attachments: boolean): Promise<void> {
  const database = await openRx(storage, { name });
  const calls = await add(database, attachments);
  await calls.bulkInsert(Array.from({ length: 95 }, (_, at) => ({ id: `c${at}`, at, note: `n${at}` })));
  await calls.findOne('c5').remove();
  await calls.findOne('c6').incrementalPatch({ note: 'patched' });
  const data = new Blob(['hello'], { type: 'text/plain' });
  if (attachments)
    await (await calls.findOne('c7').exec(true)).putAttachment({ id: 'said.txt', data, type: 'text/plain' });
  await database.close();
}

async function expectMoved(calls: RxCollection, attachments: boolean): Promise<void> {
  expect(await calls.count().exec()).toBe(94);
  expect((await calls.find({ sort: [{ at: 'desc' }], limit: 2 }).exec()).map(({ id }) => id)).toEqual(['c94', 'c93']);
  const patched = await calls.findOne('c6').exec(true);
  expect(patched.toJSON()).toEqual({ id: 'c6', at: 6, note: 'patched' });
  expect((await patched.incrementalPatch({ note: 'again' })).note).toBe('again');
  if (!attachments) return;
  expect(await (await calls.findOne('c7').exec(true)).getAttachment('said.txt').getStringData()).toBe('hello');
}

const dexie = () => getRxStorageDexie({ indexedDB: new IDBFactory(), IDBKeyRange }) as unknown as AnyRxStorage;
const ours = () => getRxStorageSojourn({ storage: memoryStorage() }) as unknown as AnyRxStorage;
const OLD = [
  ['RxDB’s Dexie storage', dexie],
  ['RxDB’s memory storage', () => getRxStorageMemory() as unknown as AnyRxStorage],
  ['ours', ours],
] as const;

let moves = 0;

describe.each([false, true])('the storage migration plugin, attachments: %s', (attachments) => {
  test.each(OLD)('moves a database from %s to ours', async (_, make) => {
    const oldStorage = make();
    const name = `moving${++moves}`;
    await leave(oldStorage, name, attachments);
    const storage = ours();
    let database = await openRx(storage, { name: `${name}-new` });
    let calls = await add(database, attachments);
    await migrateStorage({ database, oldDatabaseName: name, oldStorage, batchSize: 20 });
    await expectMoved(calls, attachments);
    await database.close();
    database = await openRx(storage, { name: `${name}-new` });
    calls = await add(database, attachments);
    expect(await calls.count().exec()).toBe(94);
  });

  test('moves a database away from ours', async () => {
    const oldStorage = ours();
    const name = `moving${++moves}`;
    await leave(oldStorage, name, attachments);
    const database = await openRx(dexie(), { name: `${name}-new` });
    const calls = await add(database, attachments);
    await migrateStorage({ database, oldDatabaseName: name, oldStorage, batchSize: 20 });
    await expectMoved(calls, attachments);
  });
});
