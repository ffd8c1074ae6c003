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

test('what a replication takes away or brings back is taken as it comes: no rule runs, and nothing else goes along', async () => {
  const Kept = defineObject({
    name: 'Kept__c',
    fields: {
      Text__c: { type: 'string' },
      Parent__c: { type: 'reference', referenceTo: ['Kept__c'], cascadeDelete: true },
    },
    onDelete: () => ({ code: 'FIELD_INTEGRITY_EXCEPTION', message: 'it stays' }),
  });
  const db = await openDatabase({ name: 'kept', objects: [Kept, ...rxObjects] });
  const rx = await createRxDatabase({
    name: `kept${made++}`,
    storage: getRxStorageSojourn({ database: db }),
    multiInstance: false,
  });
  rxs.push(rx);
  const { kept } = await toRxCollections(rx, db, { kept: 'Kept__c' });
  const parent = (await db.Kept__c.create({ Text__c: 'parent' })).id as string;
  const child = (await db.Kept__c.create({ Text__c: 'child', Parent__c: parent })).id as string;
  const taken = async (id: string, change: object, context: string) => {
    const [previous] = await kept.storageInstance.findDocumentsById([id], true);
    const rev = `${Number.parseInt(previous?._rev ?? '0', 10) + 1}-far`;
    const row = { previous, document: { ...previous, ...change, _rev: rev } };
    return (await kept.storageInstance.bulkWrite([row] as never, context)).error.map(({ status }) => status);
  };
  expect(await taken(parent, { _deleted: true }, 'here')).toEqual([422]);
  expect(await taken(parent, { _deleted: true }, 'replication-downstream-1')).toEqual([]);
  expect([db.Kept__c.get(parent), db.Kept__c.get(child)?.Text__c]).toEqual([undefined, 'child']);
  expect(await taken(parent, { _deleted: false, Text__c: 'again' }, 'replication-downstream-1')).toEqual([]);
  expect(db.Kept__c.get(parent)?.Text__c).toBe('again');
});

test('an object with a field that RxDB has for all documents is refused', async () => {
  const Odd = defineObject({ name: 'Odd__c', fields: { remove: { type: 'string' } } });
  const db = await openDatabase({ name: 'odd', objects: [Odd, ...rxObjects] });
  const rx = await createRxDatabase({
    name: `odd${made++}`,
    storage: getRxStorageSojourn({ database: db }),
    multiInstance: false,
  });
  rxs.push(rx);
  await expect(toRxCollections(rx, db, { odd: 'Odd__c' })).rejects.toThrow(/called remove already/);
});
