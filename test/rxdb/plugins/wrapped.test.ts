import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import {
  addRxPlugin,
  type RxCollection,
  type RxDatabase,
  type RxError,
  type RxStorageInstance,
} from 'rxdb/plugins/core';
import { wrappedKeyEncryptionCryptoJsStorage } from 'rxdb/plugins/encryption-crypto-js';
import { wrappedKeyCompressionStorage } from 'rxdb/plugins/key-compression';
import {
  exposeRxStorageRemote,
  getRxStorageRemote,
  type MessageFromRemote,
  type MessageToRemote,
} from 'rxdb/plugins/storage-remote';
import { wrappedValidateAjvStorage } from 'rxdb/plugins/validate-ajv';
import { wrappedValidateIsMyJsonValidStorage } from 'rxdb/plugins/validate-is-my-json-valid';
import { wrappedValidateZSchemaStorage } from 'rxdb/plugins/validate-z-schema';
import { Subject } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { type AnyRxStorage, closeRx, openRx, RX_STORAGES } from '../../instruments/rx-databases.ts';

addRxPlugin(RxDBAttachmentsPlugin);
afterEach(closeRx);

const call = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 20 },
    callerName: { type: 'string', maxLength: 40 },
    secret: { type: 'object', properties: { pin: { type: 'string' } } },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['id', 'callerName'],
  indexes: ['callerName'],
} as const;

async function add(database: RxDatabase, schema: object): Promise<RxCollection> {
  const { calls } = await database.addCollections({ calls: { schema: schema as never } });
  return calls as RxCollection;
}

/** A storage that puts the instances that are made of it in a list. */
function watched(storage: AnyRxStorage, into: RxStorageInstance<unknown, unknown, unknown>[]): AnyRxStorage {
  return {
    ...storage,
    async createStorageInstance(params) {
      const instance = await storage.createStorageInstance(params);
      into.push(instance as never);
      return instance;
    },
  };
}

const VALIDATORS = [
  ['ajv', wrappedValidateAjvStorage],
  ['z-schema', wrappedValidateZSchemaStorage],
  ['is-my-json-valid', wrappedValidateIsMyJsonValidStorage],
] as const;

describe.each(RX_STORAGES)('on %s', (_, make) => {
  test('fields and attachments are encrypted by RxDB’s wrapper, and open again with its password alone', async () => {
    const kept: RxStorageInstance<unknown, unknown, unknown>[] = [];
    const storage = wrappedKeyEncryptionCryptoJsStorage({ storage: watched(make(), kept) });
    const schema = { ...call, encrypted: ['secret'], attachments: { encrypted: true } };
    let database = await openRx(storage, { name: 'secret', password: 'correct horse' });
    let calls = await add(database, schema);
    const document = await calls.insert({ id: 'a', callerName: 'Anna', secret: { pin: '4711' } });
    await document.putAttachment({ id: 'said.txt', data: new Blob(['hello']), type: 'text/plain' });
    await document.getLatest().incrementalPatch({ secret: { pin: '4712' } });
    await database.close();

    database = await openRx(storage, { name: 'secret', password: 'correct horse' });
    calls = await add(database, schema);
    const again = await calls.findOne({ selector: { callerName: 'Anna' } }).exec(true);
    expect(again.secret.pin).toBe('4712');
    expect(await again.getAttachment('said.txt').getStringData()).toBe('hello');
    const inner = kept.findLast(({ collectionName }) => collectionName === 'calls');
    const [raw] = ((await inner?.findDocumentsById(['a'], false)) ?? []) as unknown as Record<string, string>[];
    expect(raw?.callerName).toBe('Anna');
    expect(raw?.secret).toMatch(/^[\w+/=]{40,}$/);
    await database.close();
    database = await openRx(storage, { name: 'secret', password: 'wrong horse' });
    await expect(add(database, schema)).rejects.toMatchObject({ code: 'DB1' });
  });

  test('keys are compressed, and queries by them find what they should', async () => {
    const storage = wrappedKeyCompressionStorage({ storage: make() });
    let database = await openRx(storage, { name: 'compressed' });
    const schema = { ...call, keyCompression: true };
    let calls = await add(database, schema);
    const rows = ['Anna', 'Ben', 'Cleo'].map((callerName, at) => ({
      id: `c${at}`,
      callerName,
      secret: { pin: `${at}` },
    }));
    await calls.bulkInsert(rows);
    const shown: string[][] = [];
    const byName = calls.find({ selector: { callerName: { $gt: 'Anna' } }, sort: [{ callerName: 'desc' }] });
    byName.$.subscribe((found) => shown.push(found.map((one) => one.callerName)));
    await expect.poll(() => shown.at(-1)).toEqual(['Cleo', 'Ben']);
    await calls.insert({ id: 'c3', callerName: 'Dora', tags: ['new'] });
    await expect.poll(() => shown.at(-1)).toEqual(['Dora', 'Cleo', 'Ben']);
    expect(await calls.count({ selector: { 'secret.pin': '1' } }).exec()).toBe(1);
    await (await calls.findOne('c1').exec(true)).incrementalPatch({ callerName: 'Zoe' });
    await expect.poll(() => shown.at(-1)).toEqual(['Zoe', 'Dora', 'Cleo']);
    await database.close();
    database = await openRx(storage, { name: 'compressed' });
    calls = await add(database, schema);
    expect((await calls.findOne('c0').exec(true)).toJSON()).toEqual(rows[0]);
    await database.remove();
  });

  test.each(VALIDATORS)('documents that do not meet their schema are refused: %s', async (_, wrap) => {
    const storage: AnyRxStorage = wrap({ storage: make() });
    const calls = await add(await openRx(storage), call);
    const document = await calls.insert({ id: 'a', callerName: 'Anna' });
    const refused = { code: 'VD2' };
    await expect(calls.insert({ id: 'b', callerName: 5 })).rejects.toMatchObject(refused);
    await expect(calls.insert({ id: 'b', callerName: 'Ben', more: 1 })).rejects.toMatchObject(refused);
    await expect(document.patch({ tags: [1] })).rejects.toMatchObject(refused);
    const { parameters } = await document.incrementalPatch({ tags: [1] }).catch((error: RxError) => error);
    expect(parameters.writeError.status).toBe(422);
    const { success, error } = await calls.bulkInsert([
      { id: 'c', callerName: 'Cleo' },
      { id: 'd', callerName: false },
      { id: 'a', callerName: 'Anna' },
    ]);
    expect(success.map(({ id }) => id)).toEqual(['c']);
    expect(error.map(({ documentId, status }) => [documentId, status])).toEqual(
      expect.arrayContaining([
        ['d', 422],
        ['a', 409],
      ]),
    );
    expect(await calls.count().exec()).toBe(2);
  });

  test('a storage is used from afar, as one in a worker is by RxDB’s remote storage', async () => {
    const there = new Subject<MessageToRemote>();
    const here = new Subject<MessageFromRemote>();
    exposeRxStorageRemote({
      storage: make(),
      messages$: there,
      send: (message) => queueMicrotask(() => here.next(structuredClone(message))),
    });
    const storage = getRxStorageRemote({
      identifier: 'worker',
      mode: 'storage',
      messageChannelCreator: async () => ({
        messages$: here,
        send: (message) => queueMicrotask(() => there.next(structuredClone(message))),
        close: async () => undefined,
      }),
    }) as unknown as AnyRxStorage;
    const calls = await add(await openRx(storage), { ...call, attachments: {} });
    const shown: string[][] = [];
    calls.find({ sort: [{ callerName: 'desc' }] }).$.subscribe((found) => shown.push(found.map(({ id }) => id)));
    const document = await calls.insert({ id: 'a', callerName: 'Anna' });
    await calls.bulkInsert([
      { id: 'b', callerName: 'Ben' },
      { id: 'c', callerName: 'Cleo' },
    ]);
    await document.incrementalPatch({ callerName: 'Zoe' });
    await calls.findOne('b').remove();
    await expect.poll(() => shown.at(-1)).toEqual(['a', 'c']);
    await document.getLatest().putAttachment({ id: 'said.txt', data: new Blob(['hello']), type: 'text/plain' });
    expect(await document.getLatest().getAttachment('said.txt').getStringData()).toBe('hello');
    await expect(calls.insert({ id: 'a', callerName: 'Anna' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('wrappers stand on one another', async () => {
    const encrypted = wrappedKeyEncryptionCryptoJsStorage({
      storage: wrappedKeyCompressionStorage({ storage: make() }),
    });
    const storage = wrappedValidateAjvStorage({ storage: encrypted });
    const calls = await add(await openRx(storage, { password: 'correct horse' }), {
      ...call,
      keyCompression: true,
      encrypted: ['secret'],
    });
    const document = await calls.insert({ id: 'a', callerName: 'Anna', secret: { pin: '4711' } });
    await expect(document.patch({ callerName: 4 })).rejects.toMatchObject({ code: 'VD2' });
    await document.getLatest().incrementalPatch({ secret: { pin: '12' } });
    expect((await calls.findOne({ selector: { callerName: 'Anna' } }).exec(true)).secret.pin).toBe('12');
  });
});
