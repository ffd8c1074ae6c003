import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import { wrappedAttachmentsCompressionStorage } from 'rxdb/plugins/attachments-compression';
import { RxDBBackupPlugin } from 'rxdb/plugins/backup';
import { RxDBCleanupPlugin } from 'rxdb/plugins/cleanup';
import { addRxPlugin, type RxCollection, type RxDatabase } from 'rxdb/plugins/core';
import { RxDBJsonDumpPlugin } from 'rxdb/plugins/json-dump';
import { RxDBLocalDocumentsPlugin } from 'rxdb/plugins/local-documents';
import { RxDBMigrationPlugin } from 'rxdb/plugins/migration-schema';
import { RxDBStatePlugin } from 'rxdb/plugins/state';
import { afterEach, describe, expect, test } from 'vitest';
import { closeRx, openRx, RX_STORAGES } from '../../instruments/rx-databases.ts';

for (const plugin of [
  RxDBAttachmentsPlugin,
  RxDBBackupPlugin,
  RxDBCleanupPlugin,
  RxDBJsonDumpPlugin,
  RxDBLocalDocumentsPlugin,
  RxDBMigrationPlugin,
  RxDBStatePlugin,
])
  addRxPlugin(plugin);
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

/** The next version: a name in place of a note, and one more index. */
const nextCall = {
  ...call,
  version: 1,
  properties: { id: call.properties.id, at: call.properties.at, name: { type: 'string', maxLength: 50 } },
  required: ['id', 'at', 'name'],
  indexes: ['at', 'name'],
} as const;
const migrationStrategies = {
  1: ({ note, ...others }: { readonly note?: string }) =>
    note === 'drop' ? null : { ...others, name: (note ?? 'nobody').toUpperCase() },
};

async function add(database: RxDatabase, schema: object, more: object = {}): Promise<RxCollection> {
  const { calls } = await database.addCollections({ calls: { schema: schema as never, ...more } });
  return calls as RxCollection;
}

const idsOf = async (calls: RxCollection) => (await calls.find({ sort: [{ id: 'asc' }] }).exec()).map(({ id }) => id);
const textOf = (blob: Blob) => blob.text();

describe.each(RX_STORAGES)('on %s', (_, make) => {
  test('cleanup takes deleted documents away for good, once they have been deleted for long enough', async () => {
    const calls = await add(await openRx(make()), call);
    await calls.bulkInsert([0, 1, 2, 3].map((at) => ({ id: `c${at}`, at })));
    await calls.find({ selector: { at: { $lt: 2 } } }).remove();
    const held = async () =>
      (await calls.storageInstance.findDocumentsById(['c0', 'c1', 'c2', 'c3'], true)).map((one) => one.id).sort();
    await calls.cleanup(60_000);
    expect(await held()).toEqual(['c0', 'c1', 'c2', 'c3']);
    await calls.cleanup(0);
    expect(await held()).toEqual(['c2', 'c3']);
    // A name that was cleaned away can be taken again.
    await calls.insert({ id: 'c0', at: 9 });
    expect(await idsOf(calls)).toEqual(['c0', 'c2', 'c3']);
    expect((await calls.find({ sort: [{ at: 'desc' }], limit: 1 }).exec())[0]?.id).toBe('c0');
  });

  test('documents deleted and cleaned away do not come back when the database is opened again', async () => {
    const storage = make();
    let database = await openRx(storage, { name: 'again' });
    let calls = await add(database, call);
    await calls.bulkInsert([0, 1, 2].map((at) => ({ id: `c${at}`, at })));
    await calls.findOne('c0').remove();
    await calls.cleanup(0);
    await calls.findOne('c1').remove();
    await database.close();
    database = await openRx(storage, { name: 'again' });
    calls = await add(database, call);
    expect(await idsOf(calls)).toEqual(['c2']);
    expect((await calls.storageInstance.findDocumentsById(['c0', 'c1'], true)).map(({ id }) => id)).toEqual(['c1']);
    await database.remove();
  });

  test('a schema that has moved on takes its documents along, attachments and all', async () => {
    const storage = make();
    let database = await openRx(storage, { name: 'migrated', localDocuments: true });
    let calls = await add(database, { ...call, attachments: {} }, { localDocuments: true });
    await calls.bulkInsert(Array.from({ length: 120 }, (_, at) => ({ id: `c${at}`, at, note: `n${at}` })));
    await calls.insert({ id: 'x', at: 500, note: 'drop' });
    await calls.insert({ id: 'y', at: 501 });
    await calls.findOne('c7').remove();
    const first = await calls.findOne('c1').exec(true);
    await first.putAttachment({
      id: 'said.txt',
      data: new Blob(['hello'], { type: 'text/plain' }),
      type: 'text/plain',
    });
    await calls.insertLocal('settings', { sound: 'on' });
    await database.close();

    database = await openRx(storage, { name: 'migrated', localDocuments: true });
    const schema = { ...nextCall, attachments: {} };
    calls = await add(database, schema, { migrationStrategies, localDocuments: true, autoMigrate: false });
    expect(await calls.migrationNeeded()).toBe(true);
    const states: string[] = [];
    calls.getMigrationState().$.subscribe(({ status }) => states.push(status));
    await calls.migratePromise(10);
    expect(states.at(-1)).toBe('DONE');
    expect(await calls.count().exec()).toBe(120);
    expect((await calls.findOne('c8').exec(true)).toJSON()).toEqual({ id: 'c8', at: 8, name: 'N8' });
    expect((await calls.findOne('y').exec(true)).name).toBe('NOBODY');
    expect(await calls.findOne('c7').exec()).toBeNull();
    expect(await calls.findOne('x').exec()).toBeNull();
    const found = await calls.find({ selector: { name: { $gte: 'N9' } }, sort: [{ name: 'asc' }], limit: 2 }).exec();
    expect(found.map(({ name }) => name)).toEqual(['N9', 'N90']);
    const said = (await calls.findOne('c1').exec(true)).getAttachment('said.txt');
    expect(await textOf(await said.getData())).toBe('hello');
    expect((await calls.getLocal('settings'))?.get('sound')).toBe('on');
    await database.close();

    database = await openRx(storage, { name: 'migrated', localDocuments: true });
    calls = await add(database, schema, { migrationStrategies, localDocuments: true });
    expect(await calls.migrationNeeded()).toBe(false);
    expect(await calls.count().exec()).toBe(120);
    await database.remove();
  });

  test('attachments are put, streamed, kept over a reopen and removed', async () => {
    const storage = make();
    let database = await openRx(storage, { name: 'attached' });
    let calls = await add(database, { ...call, attachments: {} });
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256);
    const document = await calls.insert({ id: 'a', at: 1 });
    const counts: number[] = [];
    document.allAttachments$.subscribe((all: readonly unknown[]) => counts.push(all.length));
    await document.putAttachment({ id: 'photo', data: new Blob([bytes], { type: 'image/png' }), type: 'image/png' });
    await document.getLatest().putAttachment({ id: 'said.txt', data: new Blob(['one']), type: 'text/plain' });
    await document.getLatest().putAttachment({ id: 'said.txt', data: new Blob(['two']), type: 'text/plain' });
    await document.getLatest().incrementalPatch({ note: 'still with both' });
    await expect.poll(() => counts.at(-1)).toBe(2);
    await database.close();

    database = await openRx(storage, { name: 'attached' });
    calls = await add(database, { ...call, attachments: {} });
    const again = await calls.findOne('a').exec(true);
    const photo = again.getAttachment('photo');
    expect([photo.type, photo.length]).toEqual(['image/png', 70_000]);
    const data = (await photo.getData()) as Blob;
    expect(data.type).toBe('image/png');
    expect(Buffer.compare(new Uint8Array(await data.arrayBuffer()), bytes)).toBe(0);
    expect(await again.getAttachment('said.txt').getStringData()).toBe('two');
    await again.getAttachment('said.txt').remove();
    expect(again.getLatest().getAttachment('said.txt')).toBeNull();
    const { digest } = photo;
    await again.getLatest().remove();
    // RxDB's own throws at once, and does not promise to.
    const dataOf = async (name: string) => calls.storageInstance.getAttachmentData('a', name, digest);
    await expect(dataOf('said.txt')).rejects.toThrow();
    await calls.cleanup(0);
    await expect(dataOf('photo')).rejects.toThrow();
    await database.remove();
  });

  test('attachments are compressed by the wrapper that RxDB has for it', async () => {
    const storage = wrappedAttachmentsCompressionStorage({ storage: make() });
    const calls = await add(await openRx(storage), { ...call, attachments: { compression: 'deflate' } });
    const text = 'again and again '.repeat(5_000);
    const document = await calls.insert({ id: 'a', at: 1 });
    await document.putAttachment({
      id: 'said.txt',
      data: new Blob([text], { type: 'text/plain' }),
      type: 'text/plain',
    });
    expect(await document.getLatest().getAttachment('said.txt').getStringData()).toBe(text);
  });

  test('a dump as JSON goes from one database into another', async () => {
    const from = await openRx(make());
    const calls = await add(from, { ...call, attachments: {} });
    await calls.bulkInsert([0, 1, 2].map((at) => ({ id: `c${at}`, at, note: 'ä “quoted” \u{1f600}' })));
    const document = await calls.findOne('c1').exec(true);
    await document.putAttachment({ id: 'said.txt', data: new Blob(['hello']), type: 'text/plain' });
    const dump = JSON.parse(JSON.stringify(await from.exportJSON({ attachments: true })));
    const into = await openRx(make());
    const others = await add(into, { ...call, attachments: {} });
    await into.importJSON(dump);
    expect((await others.find().exec()).map((one) => one.toJSON())).toEqual(
      (await calls.find().exec()).map((one) => one.toJSON()),
    );
    const copied = (await others.findOne('c1').exec(true)).getAttachment('said.txt');
    expect(await copied.getStringData()).toBe('hello');
  });

  test('a backup writes each document into a folder, and what happens after', async () => {
    const calls = await add(await openRx(make()), { ...call, attachments: {} });
    await calls.bulkInsert([0, 1, 2].map((at) => ({ id: `c${at}`, at })));
    const document = await calls.findOne('c1').exec(true);
    await document.putAttachment({ id: 'said.txt', data: new Blob(['hello']), type: 'text/plain' });
    const directory = mkdtempSync(join(tmpdir(), 'sojourn-backup-'));
    const backup = calls.database.backup({ live: true, directory, attachments: true });
    await backup.awaitInitialBackup();
    const written = (at: string) => JSON.parse(readFileSync(join(directory, at, 'document.json'), 'utf8'));
    expect(['c0', 'c1', 'c2'].map((id) => written(id).at)).toEqual([0, 1, 2]);
    expect(readFileSync(join(directory, 'c1', 'attachments', 'said.txt'), 'utf8')).toBe('hello');
    await calls.findOne('c0').incrementalPatch({ at: 7 });
    await calls.insert({ id: 'c3', at: 3 });
    await expect.poll(() => existsSync(join(directory, 'c3')) && written('c0').at).toBe(7);
    await backup.cancel();
    // Cancelling does not wait for what it is writing.
    await (backup as unknown as { readonly persistRunning: Promise<void> }).persistRunning;
    rmSync(directory, { recursive: true });
  });

  test('a state is set, watched and kept over a reopen', async () => {
    const storage = make();
    let database = await openRx(storage, { name: 'stateful' });
    let state = await database.addState<{ desk: { place: number; names?: string[] } }>('ui');
    await state.set('desk', () => ({ place: 1 }));
    const places: unknown[] = [];
    state.get$('desk.place').subscribe((place: unknown) => places.push(place));
    await state.set('desk.place', (before: number) => before + 1);
    await Promise.all([3, 4, 5].map(() => state.set('desk.place', (before: number) => before + 1)));
    await state.set('desk.names', () => ['anna', 'ben']);
    expect(state.get('desk')).toEqual({ place: 5, names: ['anna', 'ben'] });
    expect(places.at(-1)).toBe(5);
    await database.close();
    database = await openRx(storage, { name: 'stateful' });
    state = await database.addState('ui');
    expect(state.get('desk')).toEqual({ place: 5, names: ['anna', 'ben'] });
    await database.remove();
  });
});
