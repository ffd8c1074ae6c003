import { createRxDatabase } from 'rxdb';
import { replicateRxCollection } from 'rxdb/plugins/replication';
import { Subject } from 'rxjs';
import { expect, onTestFinished, test } from 'vitest';
import { defineObject, openDatabase } from '../../src/index.ts';
import { getRxStorageSojourn, rxObjects, toRxCollections } from '../../src/rxdb/rxdb.ts';

const Person = defineObject({
  name: 'Person__c',
  id: { kind: 'salesforce', prefix: 'a07' },
  fields: {
    Number__c: {
      type: 'string',
      properties: 'Autonumber, Defaulted on create, Filter, Sort',
      displayFormat: 'P-{000}',
    },
    Name__c: { type: 'string' },
    At__c: { type: 'dateTime' },
  },
});
const Id = 'a07000000000001AAA';

test("a source's changes come one after another, though it knows nothing of what the engine fills, and none goes back", async () => {
  const db = await openDatabase({ name: 'people', objects: [Person, ...rxObjects] });
  const storage = getRxStorageSojourn({ database: db });
  const rx = await createRxDatabase({ name: 'conflict-handler', storage, multiInstance: false });
  onTestFinished(async () => {
    await rx.close();
    await db.close();
  });
  const { people } = await toRxCollections(rx, db, { people: 'Person__c' });
  const pushed: unknown[] = [];
  const errors: unknown[] = [];
  const stream = new Subject<{ documents: object[]; checkpoint: object }>();
  const replication = replicateRxCollection({
    collection: people,
    replicationIdentifier: 'source',
    pull: { handler: async (checkpoint) => ({ documents: [], checkpoint }), stream$: stream as never },
    push: {
      handler: async (rows) => {
        pushed.push(...rows.map(({ newDocumentState }) => newDocumentState));
        return [];
      },
    },
  });
  replication.error$.subscribe((error) => errors.push(error));
  await replication.awaitInSync();
  let number = 0;
  const tell = (document: object) => stream.next({ documents: [{ Id, ...document }], checkpoint: { n: ++number } });
  const name = () => db.Person__c.get(Id)?.Name__c;
  tell({ Name__c: ' a ', At__c: '2026-01-01T00:00:00Z', _deleted: false });
  await expect.poll(name).toBe('a');
  tell({ Name__c: 'b', _deleted: false });
  await expect.poll(name).toBe('b');
  expect(db.Person__c.get(Id)?.At__c).toBe(null);
  tell({ _deleted: true });
  await expect.poll(name).toBe(undefined);
  tell({ Name__c: 'c', _deleted: false });
  await expect.poll(name).toBe('c');
  await replication.awaitInSync();
  expect(pushed).toEqual([]);
  await (await people.findOne(Id).exec(true)).patch({ Name__c: 'd' });
  await expect.poll(() => pushed).toMatchObject([{ Id, Name__c: 'd', Number__c: db.Person__c.get(Id)?.Number__c }]);
  tell({ Name__c: 'e', _deleted: false });
  await expect.poll(name).toBe('e');
  expect(errors).toEqual([]);
});
