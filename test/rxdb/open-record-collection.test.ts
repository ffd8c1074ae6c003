import { createRxDatabase } from 'rxdb';
import { expect, test } from 'vitest';
import { defineObject, memoryStorage, openDatabase } from '../../src/index.ts';
import { getRxStorageSojourn, rxObjects, toRxCollections } from '../../src/rxdb/rxdb.ts';

const Note = defineObject({ name: 'Note__c', fields: { Text__c: { type: 'string' } } });

test('records that have revisions are documents of a database that is opened to be read alone', async () => {
  const storage = memoryStorage();
  const open = async (readOnly: boolean) => {
    const db = await openDatabase({ name: 'notes', objects: [Note, ...rxObjects], storage, readOnly });
    const name = `open-record-${readOnly}`;
    const rx = await createRxDatabase({ name, storage: getRxStorageSojourn({ database: db }), multiInstance: false });
    const close = async () => {
      await rx.close();
      await db.close();
    };
    return { ...(await toRxCollections(rx, db, { notes: 'Note__c' })), close };
  };
  const first = await open(false);
  const { Id, _rev } = (await first.notes.insert({ Text__c: 'a' } as never)).getLatest().toJSON(true);
  await first.close();
  const second = await open(true);
  const note = await second.notes.findOne(Id).exec(true);
  expect(note.toJSON(true)).toMatchObject({ Text__c: 'a', _rev });
  await expect(note.patch({ Text__c: 'b' })).rejects.toMatchObject({ code: 'READ_ONLY' });
  await second.close();
});

test('a database that has been closed gives no collections, whether it gave some before or not', async () => {
  const db = await openDatabase({ name: 'notes', objects: [Note, ...rxObjects] });
  const storage = getRxStorageSojourn({ database: db });
  const rx = await createRxDatabase({ name: 'open-record-closed', storage, multiInstance: false });
  await toRxCollections(rx, db, { notes: 'Note__c' });
  await db.close();
  await expect(toRxCollections(rx, db, { others: 'Note__c' })).rejects.toMatchObject({ code: 'DATABASE_CLOSED' });
  await rx.close();
});
