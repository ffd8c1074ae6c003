import { createRxDatabase } from 'rxdb';
import { expect, onTestFinished, test } from 'vitest';
import { defineObject, memoryStorage, openDatabase } from '../../src/index.ts';
import { getRxStorageSojourn, rxObjects, toRxCollections } from '../../src/rxdb/rxdb.ts';

const Note = defineObject({ name: 'Note__c', fields: { Text__c: { type: 'string' } } });

test('a collection that another tab removes still has the records, and hears of calls, where it is open', async () => {
  const storage = memoryStorage();
  const open = async (name: string) => {
    const db = await openDatabase({ name: 'shared', objects: [Note, ...rxObjects], storage, shared: true });
    const rx = await createRxDatabase({ name, storage: getRxStorageSojourn({ database: db }), multiInstance: false });
    onTestFinished(async () => {
      await rx.close();
      await db.close();
    });
    return { db, ...(await toRxCollections(rx, db, { notes: 'Note__c' })) };
  };
  const one = await open('one');
  const other = await open('other');
  const { Id } = await one.notes.insert({ Text__c: 'a' } as never);
  await other.notes.remove();
  const late = await one.notes.insert({ Text__c: 'b' } as never);
  const { _rev } = late.getLatest().toJSON(true);
  await one.db.Note__c.update({ Id: late.Id, Text__c: 'c' });
  const [held] = await one.notes.storageInstance.findDocumentsById([late.Id], false);
  expect(held?._rev).not.toBe(_rev);
  expect((await one.notes.findOne(late.Id).exec(true)).Text__c).toBe('c');
  expect(await one.notes.findOne(Id).exec()).not.toBe(null);
});
