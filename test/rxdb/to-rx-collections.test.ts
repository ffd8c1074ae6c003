import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRxDatabase, type RxDatabase } from 'rxdb';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { salesforce, twilio } from '../../src/collections/catalog.ts';
import { defineObject, openDatabase } from '../../src/index.ts';
import { levelStorage } from '../../src/level/level-storage.ts';
import { getRxStorageSojourn, rxObjects, toRxCollections } from '../../src/rxdb/rxdb.ts';

const ANNA = '0055g00000ABcdeAAD';
const Callback = defineObject({
  name: 'Callback__c',
  fields: {
    Phone__c: { type: 'phone' },
    Attempts__c: {
      type: 'int',
      defaultValue: 1,
      properties: 'Create, Defaulted on create, Filter, Nillable, Sort, Update',
    },
    Level__c: {
      type: 'picklist',
      values: ['low', 'high'],
      properties: 'Create, Filter, Nillable, Restricted picklist, Update',
    },
  },
  indexes: ['Attempts__c'],
});
const open = () => openDatabase({ name: 'desk', objects: [...salesforce, Callback, ...rxObjects], user: ANNA });

async function bridge() {
  const db = await open();
  const name = `bridge${made++}`;
  const rx = await createRxDatabase({ name, storage: getRxStorageSojourn({ database: db }), multiInstance: false });
  rxs.push(rx);
  return { db, rx, ...(await toRxCollections(rx, db, { callbacks: 'Callback__c', cases: 'Case' })) };
}
let made = 0;
const rxs: RxDatabase[] = [];
beforeEach(() => {
  rxs.length = 0;
});
afterEach(async () => {
  for (const rx of rxs) await rx.close();
});

test('records that were there are documents, and what either side writes the other has in the same commit', async () => {
  const { db, callbacks } = await bridge();
  const { id } = await db.Callback__c.create({ Phone__c: '+49 30 1' });
  const doc = await callbacks.findOne(id as string).exec(true);
  expect(doc.Phone__c).toBe('+49 30 1');
  expect(doc.Attempts__c).toBe(1);
  expect('Level__c' in doc.toJSON()).toBe(false);

  const seen: (readonly string[])[] = [];
  const stop = callbacks
    .find({ selector: { Attempts__c: { $gte: 1 } }, sort: [{ Attempts__c: 'desc' }] })
    .$.subscribe((docs) => seen.push(docs.map((one) => one.Phone__c as string)));
  await expect.poll(() => seen).toEqual([['+49 30 1']]);
  await db.Callback__c.create({ Phone__c: '+49 30 2', Attempts__c: 5 });
  await expect.poll(() => seen.at(-1)).toEqual(['+49 30 2', '+49 30 1']);
  await doc.incrementalPatch({ Attempts__c: 9 });
  expect(db.Callback__c.get(id as string)?.Attempts__c).toBe(9);
  await expect.poll(() => seen.at(-1)).toEqual(['+49 30 1', '+49 30 2']);
  await db.Callback__c.delete(id as string);
  await expect.poll(() => seen.at(-1)).toEqual(['+49 30 2']);
  stop.unsubscribe();
});

test('a document that is inserted is given an id, a number, defaults and audit fields, and can be patched at once', async () => {
  const { db, cases, callbacks } = await bridge();
  const call = await cases.insert({ Subject: 'Call back' } as never);
  expect(db.Case.get(call.Id)?.CaseNumber).toBe('00000001');
  expect(call.getLatest().CaseNumber).toBe('00000001');
  expect(call.getLatest().CreatedById).toBe(ANNA);
  await call.patch({ Subject: 'Call back at noon' });
  await call.getLatest().patch({ Priority: 'High' });
  expect(db.Case.get(call.Id)).toMatchObject({ Subject: 'Call back at noon', Priority: 'High' });
  await call.getLatest().remove();
  expect(db.Case.get(call.Id)).toBeUndefined();
  expect(db.query(`SELECT Id FROM Case WHERE IsDeleted = true ALL ROWS`).totalSize).toBe(1);
  await db.Case.undelete(call.Id);
  expect((await cases.findOne(call.Id).exec(true)).Subject).toBe('Call back at noon');
  const callback = await callbacks.insert({ Phone__c: ' +49 30 3 ' } as never);
  // As the engine keeps it.
  expect(callback.getLatest().Phone__c).toBe('+49 30 3');
});

test('what a call would refuse is refused, and nothing of it is kept', async () => {
  const { db, cases, callbacks } = await bridge();
  const refused = await callbacks.bulkInsert([
    { Phone__c: '1', Level__c: 'middling' },
    { Id: 'no id', Phone__c: '2' },
    { Phone__c: '3', Level__c: 'high' },
  ] as never);
  expect(refused.error.map(({ status }) => status)).toEqual([422, 422]);
  expect(refused.error[0]).toMatchObject({
    validationErrors: [
      { field: 'Level__c', message: expect.stringContaining('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST') },
    ],
  });
  expect(db.Callback__c.size).toBe(1);
  const { id } = await db.Case.create({ Subject: 'x' });
  const doc = await cases.findOne(id as string).exec(true);
  await expect(doc.patch({ CaseNumber: '7' })).rejects.toThrow();
  expect(db.Case.get(id as string)?.CaseNumber).toBe('00000001');
});

test('a document changed by a call is a conflict for who has not seen it', async () => {
  const { db, callbacks } = await bridge();
  const { id } = await db.Callback__c.create({ Phone__c: '1' });
  const doc = await callbacks.findOne(id as string).exec(true);
  const held = await callbacks.storageInstance.findDocumentsById([id as string], false);
  await db.Callback__c.update({ Id: id as string, Phone__c: '2' });
  const { error } = await callbacks.storageInstance.bulkWrite(
    [{ previous: held[0], document: { ...held[0], Phone__c: '3', _rev: '2-me' } }] as never,
    'test',
  );
  expect(error).toMatchObject([{ status: 409, documentInDb: { Phone__c: '2' } }]);
  await doc.incrementalModify((data) => ({ ...data, Phone__c: `${data.Phone__c}!` }));
  expect(db.Callback__c.get(id as string)?.Phone__c).toBe('2!');
});

test('a record that leaves for good is a deleted document, and changes are told in order from any checkpoint', async () => {
  const { db, callbacks } = await bridge();
  const ids = (await db.Callback__c.create([{ Phone__c: '1' }, { Phone__c: '2' }, { Phone__c: '3' }])).map(
    ({ id }) => id as string,
  );
  const { storageInstance } = callbacks;
  const since = (checkpoint?: object) => storageInstance.getChangedDocumentsSince?.(10, checkpoint as never);
  const first = await since();
  expect(first?.documents.map(({ Id }) => Id)).toEqual(ids);
  expect(await since(first?.checkpoint)).toEqual({ documents: [], checkpoint: first?.checkpoint });
  await db.Callback__c.delete(ids[0] as string);
  await db.Callback__c.update({ Id: ids[1] as string, Phone__c: '4' });
  await db.Callback__c.emptyRecycleBin([ids[0] as string]);
  const second = await since(first?.checkpoint);
  expect(second?.documents).toMatchObject([
    { Id: ids[1], Phone__c: '4', _deleted: false },
    { Id: ids[0], _deleted: true },
  ]);
  // Nothing of what it held is kept.
  expect(JSON.stringify([second?.documents[1], db.RxRevision.find()])).not.toContain('Phone__c');
  expect(await storageInstance.cleanup(0)).toBe(true);
  expect(db.RxRevision.size).toBe(2);
});

test('removing the collection leaves the records to the database', async () => {
  const { db, callbacks } = await bridge();
  await db.Callback__c.create({ Phone__c: '1' });
  await callbacks.remove();
  expect([db.Callback__c.size, db.RxRevision.size, db.RxObject.size]).toEqual([1, 1, 2]);
});

test('a database without rxObjects, an object that it lacks, and what is no database are refused', async () => {
  const db = await openDatabase({ name: 'bare', objects: [Callback] });
  const rx = await createRxDatabase({ name: 'bare', storage: getRxStorageSojourn({ database: db }) });
  rxs.push(rx);
  await expect(toRxCollections(rx, db, { callbacks: 'Callback__c' })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  await expect(toRxCollections(rx, db, { cases: 'Case' as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  expect(() => getRxStorageSojourn({ database: {} })).toThrow(/openDatabase/);
  const other = await createRxDatabase({ name: 'other', storage: getRxStorageMemory() });
  rxs.push(other);
  const whole = await open();
  await expect(toRxCollections(other, whole, { cases: 'Case' })).rejects.toThrow(/is not getRxStorageSojourn/);
});

test('a document is what the record is also where a write takes its time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bridge-'));
  const db = await openDatabase({
    name: 'desk',
    objects: [...salesforce, ...rxObjects],
    storage: levelStorage(folder),
  });
  const rx = await createRxDatabase({
    name: 'slow',
    storage: getRxStorageSojourn({ database: db }),
    multiInstance: false,
  });
  const { cases } = await toRxCollections(rx, db, { cases: 'Case' });
  const made = await Promise.all(Array.from({ length: 20 }, (_, i) => cases.insert({ Subject: ` call ${i} ` })));
  const again = await cases.insert({ Subject: 'one more' });
  await expect.poll(() => [...made, again].map((one) => one.getLatest().CaseNumber)).not.toContain(undefined);
  for (const one of [...made, again])
    expect(one.getLatest().toJSON()).toMatchObject({ Subject: db.Case.get(one.Id)?.Subject });
  await rx.close();
  await db.close();
  await rm(folder, { recursive: true });
});

test('a write that is refused leaves nothing: a record in the bin stays there', async () => {
  const { db, cases } = await bridge();
  const call = await cases.insert({ Subject: 'gone' });
  await call.getLatest().remove();
  const { sequence } = db;
  await expect(cases.insert({ Id: call.Id, Subject: 'back', CaseNumber: '7' })).rejects.toThrow();
  expect([db.sequence, db.Case.get(call.Id)]).toEqual([sequence, undefined]);
});

test('fields that an object makes of its id are made of the one that the document has', async () => {
  const db = await openDatabase({ name: 'desk', objects: [...twilio, ...rxObjects] });
  const rx = await createRxDatabase({
    name: 'twilio',
    storage: getRxStorageSojourn({ database: db }),
    multiInstance: false,
  });
  rxs.push(rx);
  const { services } = await toRxCollections(rx, db, { services: 'TwilioProxyService' });
  const service = await services.insert({ unique_name: 'rides' });
  expect(service.getLatest().url).toContain(service.sid);
});

test('a document that leaves out what it cannot write takes the place of another all the same', async () => {
  const { db, cases } = await bridge();
  const call = await cases.insert({ Subject: 'first', Description: 'long' });
  await cases.upsert({ Id: call.Id, Subject: 'second' });
  expect(db.Case.get(call.Id)).toMatchObject({
    Subject: 'second',
    Description: null,
    CaseNumber: '00000001',
    IsEscalated: false,
  });
});

test('calls that an object does not have are refused', async () => {
  const db = await openDatabase({ name: 'desk', objects: [...salesforce, ...rxObjects] });
  const rx = await createRxDatabase({
    name: 'calls',
    storage: getRxStorageSojourn({ database: db }),
    multiInstance: false,
  });
  rxs.push(rx);
  const { rows } = await toRxCollections(rx, db, { rows: 'SOSSessionHistory' });
  const { error } = await rows.bulkInsert([{ Field: 'x' }]);
  expect(error).toMatchObject([
    { status: 422, validationErrors: [{ message: expect.stringContaining('METHOD_NOT_ALLOWED') }] },
  ]);
  await db.close();
  await expect(rows.find().exec()).rejects.toMatchObject({ code: 'DATABASE_CLOSED' });
});
