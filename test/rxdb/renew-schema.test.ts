import { createRxDatabase } from 'rxdb';
import { expect, test } from 'vitest';
import { defineObject, memoryStorage, openDatabase } from '../../src/index.ts';
import { getRxStorageSojourn, rxObjects, toRxCollections } from '../../src/rxdb/rxdb.ts';

const Before = defineObject({ name: 'Note__c', fields: { Text__c: { type: 'string' } } });
const After = defineObject({ name: 'Note__c', fields: { Text__c: { type: 'string' }, Size__c: { type: 'int' } } });

async function open<D extends typeof Before | typeof After>(object: D, storage: ReturnType<typeof memoryStorage>) {
  const db = await openDatabase({ name: 'notes', objects: [object, ...rxObjects], storage });
  const rx = await createRxDatabase({
    name: 'renew-schema',
    storage: getRxStorageSojourn({ database: db, storage }),
    multiInstance: false,
  });
  const close = async () => {
    await rx.close();
    await db.close();
  };
  return { db, rx, close };
}

test('an object that has another field than when RxDB saw it last is a collection as before', async () => {
  const storage = memoryStorage();
  const first = await open(Before, storage);
  const { notes } = await toRxCollections(first.rx, first.db, { notes: 'Note__c' });
  const { Id } = await notes.insert({ Text__c: 'a' } as never);
  await first.close();
  for (let time = 0; time < 2; time++) {
    const { rx, db, close } = await open(After, storage);
    const { notes: later } = await toRxCollections(rx, db, { notes: 'Note__c' });
    await (await later.findOne(Id).exec(true)).patch({ Size__c: time });
    expect(db.Note__c.get(Id)).toMatchObject({ Text__c: 'a', Size__c: time });
    await close();
  }
});

test('a collection of its own that RxDB has under the name is no such object', async () => {
  const storage = memoryStorage();
  const { rx, db, close } = await open(Before, storage);
  const schema = { version: 0, primaryKey: 'Id', type: 'object', properties: { Id: { type: 'string', maxLength: 9 } } };
  const { notes } = await rx.addCollections({ notes: { schema: schema as never } });
  await notes?.close();
  await expect(toRxCollections(rx, db, { notes: 'Note__c' })).rejects.toMatchObject({ code: 'DB6' });
  await close();
});
