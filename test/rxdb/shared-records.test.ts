import { createRxDatabase } from 'rxdb';
import { expect, onTestFinished, test } from 'vitest';
import { defineObject, memoryStorage, openDatabase } from '../../src/index.ts';
import { getRxStorageSojourn, rxObjects, toRxCollections } from '../../src/rxdb/rxdb.ts';

const Note = defineObject({
  name: 'Note__c',
  fields: {
    Text__c: { type: 'string' },
    Tags__c: { type: 'list', of: { type: 'string' }, properties: 'Create, Nillable, Update' },
  },
});

test('tabs of a shared database write its records by RxDB, whichever makes the commits, and hear the same', async () => {
  const storage = memoryStorage();
  const open = async (name: string) => {
    const db = await openDatabase({ name: 'shared', objects: [Note, ...rxObjects], storage, shared: true });
    const rx = await createRxDatabase({ name, storage: getRxStorageSojourn({ database: db }), multiInstance: false });
    onTestFinished(async () => {
      await rx.close();
      await db.close();
    });
    const { notes } = await toRxCollections(rx, db, { notes: 'Note__c' });
    const heard: string[] = [];
    notes.storageInstance.changeStream().subscribe(({ events }) => {
      // What this tab wrote itself it is told once more, for RxDB to take over what the engine had to say.
      for (const { operation, documentData, previousDocumentData } of events)
        if (previousDocumentData !== documentData)
          heard.push(`${operation} ${documentData.Text__c} ${(documentData as { _rev: string })._rev}`);
    });
    return { db, notes, heard };
  };
  const leader = await open('leader');
  const follower = await open('follower');
  for (const { notes } of [follower, leader]) {
    const note = await notes.insert({ Text__c: 'a', Tags__c: ['x'] } as never);
    // RxDB's own view of it, which the engine has said more of since.
    await note.patch({ Text__c: 'b' });
    await note.getLatest().patch({ Tags__c: ['x', 'y'] });
    expect(leader.db.Note__c.get(note.Id)).toMatchObject({ Text__c: 'b', Tags__c: ['x', 'y'] });
    await note.getLatest().remove();
  }
  await follower.db.Note__c.create({ Text__c: 'c' });
  await expect.poll(() => [leader.heard.length, follower.heard.length]).toEqual([9, 9]);
  expect(follower.heard).toEqual(leader.heard);
  const since = await leader.notes.storageInstance.getChangedDocumentsSince?.(9, undefined);
  expect(await follower.notes.storageInstance.getChangedDocumentsSince?.(9, undefined)).toEqual(since);
});
