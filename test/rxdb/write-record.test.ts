import { createRxDatabase, type RxDatabase } from 'rxdb';
import { afterEach, expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../src/index.ts';
import { getRxStorageSojourn, rxObjects, toRxCollections } from '../../src/rxdb/rxdb.ts';

const Note = defineObject({
  name: 'Note__c',
  fields: {
    Number__c: {
      type: 'string',
      properties: 'Autonumber, Defaulted on create, Filter, Sort',
      displayFormat: 'N-{000}',
    },
    Text__c: { type: 'string', length: 12 },
    Code__c: { type: 'string', properties: 'Create, Filter, Nillable, Sort, Unique, Update' },
    Done__c: { type: 'boolean', properties: 'Create, Defaulted on create, Filter, Update' },
  },
});

const rxs: RxDatabase[] = [];
afterEach(async () => {
  for (const rx of rxs.splice(0)) await rx.close();
});
let made = 0;

async function bridge() {
  const db = await openDatabase({ name: 'notes', objects: [Note, ...rxObjects] });
  const storage = getRxStorageSojourn({ database: db });
  const rx = await createRxDatabase({ name: `write-record${made++}`, storage, multiInstance: false });
  rxs.push(rx);
  const { notes } = await toRxCollections(rx, db, { notes: 'Note__c' });
  const create = async (values: object) => (await db.Note__c.create(values as never)).id as string;
  const held = async (id: string) => (await notes.storageInstance.findDocumentsById([id], true))[0] as never as object;
  const write = async (rows: readonly object[], context = 'test') =>
    (await notes.storageInstance.bulkWrite(rows as never, context)).error;
  return { db, notes, create, held, write };
}

test('updates, deletes and undeletes of one call are one commit, and one bulk of events in order', async () => {
  const { db, notes, create, held, write } = await bridge();
  const ids = [await create({ Text__c: 'a' }), await create({ Text__c: 'b' }), await create({ Text__c: 'c' })];
  await db.Note__c.delete(ids[2] as string);
  const documents = await Promise.all(ids.map(held));
  const bulks: (readonly string[])[] = [];
  const sequences: number[] = [];
  let checkpoint: object | undefined;
  const stop = notes.storageInstance.changeStream().subscribe((bulk) => {
    bulks.push(bulk.events.map(({ operation }) => operation));
    checkpoint = bulk.checkpoint as object;
  });
  const end = db.changes$.subscribe(({ sequence }) => sequences.push(sequence));
  const changes = [{ Text__c: 'A' }, { _deleted: true }, { _deleted: false }];
  const rows = documents.map((previous, at) => ({ previous, document: { ...previous, ...changes[at], _rev: '9-me' } }));
  expect(await write(rows)).toEqual([]);
  expect(bulks).toEqual([['UPDATE', 'DELETE', 'INSERT']]);
  expect(sequences).toHaveLength(1);
  expect((await notes.storageInstance.getChangedDocumentsSince?.(9, checkpoint as never))?.documents).toEqual([]);
  await (await notes.findOne(ids[0] as string).exec(true)).remove();
  expect(bulks.slice(1)).toEqual([['DELETE']]);
  const since = await notes.storageInstance.getChangedDocumentsSince?.(9, undefined);
  expect(since?.documents.at(-1)).toMatchObject({ Id: ids[0], _deleted: true });
  stop.unsubscribe();
  end.unsubscribe();
});

test('a document that is put back with what its field refuses stays in the bin', async () => {
  const { db, create, held, write } = await bridge();
  const id = await create({ Text__c: 'a' });
  await db.Note__c.delete(id);
  const previous = await held(id);
  const document = { ...previous, _deleted: false, Text__c: 'far too long a text', _rev: '9-me' };
  expect(await write([{ previous, document }])).toMatchObject([{ status: 422 }]);
  expect(db.Note__c.get(id)).toBeUndefined();
});

test('a cleanup takes records out of the bin in one commit with their revisions', async () => {
  const { db, notes, create } = await bridge();
  await db.Note__c.delete(await create({ Text__c: 'a' }));
  await db.Note__c.delete(await create({ Text__c: 'b' }));
  const sequences: number[] = [];
  const end = db.changes$.subscribe(({ sequence }) => sequences.push(sequence));
  expect(await notes.storageInstance.cleanup(-1)).toBe(true);
  expect([db.Note__c.count({ deleted: 'include' }), db.RxRevision.size, sequences.length]).toEqual([0, 0, 1]);
  end.unsubscribe();
});

test('an upsert and an insert in the place of a deleted document leave what the engine fills as it is', async () => {
  const { db, notes, create } = await bridge();
  const id = await create({ Text__c: 'a', Code__c: 'k', Done__c: true });
  const before = db.Note__c.get(id);
  await notes.upsert({ Id: id, Text__c: 'b' } as never);
  const filled = { Number__c: 'N-001', CreatedDate: before?.CreatedDate, Done__c: true };
  expect(db.Note__c.get(id)).toMatchObject({ ...filled, Text__c: 'b', Code__c: null });
  expect((await notes.findOne(id).exec(true)).Number__c).toBe('N-001');
  await (await notes.findOne(id).exec(true)).remove();
  await notes.insert({ Id: id, Code__c: 'l' } as never);
  expect(db.Note__c.get(id)).toMatchObject({ ...filled, Text__c: null, Code__c: 'l' });
});

test('what a replication brings is held to the unique keys', async () => {
  const { db, create, held, write } = await bridge();
  await create({ Code__c: 'x' });
  const previous = await held(await create({ Code__c: 'y' }));
  const row = { previous, document: { ...previous, Code__c: 'x', _rev: '2-me' } };
  expect(await write([row], 'replication-downstream-1')).toMatchObject([{ status: 422 }]);
  expect(db.Note__c.find({ orderBy: [{ Code__c: 'asc' }] }).map(({ Code__c }) => Code__c)).toEqual(['x', 'y']);
});
