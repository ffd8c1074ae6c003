import type { RxCollection, RxDatabase, RxDocument } from 'rxdb';
import { expectTypeOf, test } from 'vitest';
import { defineObject, openDatabase } from '../../src/index.ts';
import { type RxDocumentOf, rxObjects, rxSchemaOf, toRxCollections } from '../../src/rxdb/rxdb.ts';

const Callback = defineObject({
  name: 'Callback__c',
  id: { kind: 'text' },
  system: 'minimal',
  roles: { id: 'Key__c' },
  fields: {
    Key__c: { type: 'id' },
    Phone__c: { type: 'phone', properties: 'Create, Filter, Update' },
    Attempts__c: { type: 'int' },
    Level__c: { type: 'picklist', values: ['low', 'high'], properties: 'Create, Nillable, Restricted picklist' },
  },
});

test('a document has the fields of its object: what may be null may be absent', () => {
  type Document = RxDocumentOf<typeof Callback>;
  expectTypeOf<Document['Key__c']>().toEqualTypeOf<string>();
  expectTypeOf<Document['Phone__c']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Document['Attempts__c']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Document['Level__c']>().toEqualTypeOf<'low' | 'high' | undefined>();
  expectTypeOf(rxSchemaOf(Callback).primaryKey).not.toBeAny();
});

test('collections are typed by the objects that they are of', async () => {
  const db = await openDatabase({ name: 'desk', objects: [Callback, ...rxObjects] });
  const collections = await toRxCollections({} as RxDatabase<{ todos: RxCollection<{ id: string }> }>, db, {
    callbacks: 'Callback__c',
  });
  expectTypeOf(collections.callbacks).toExtend<RxCollection<RxDocumentOf<(typeof Callback)['spec']>>>();
  // An id is given to what comes without.
  await collections.callbacks.insert({ Phone__c: '1' });
  await collections.callbacks.incrementalUpsert({ Key__c: 'a', Attempts__c: 2 });
  // @ts-expect-error: no such field
  await collections.callbacks.insert({ Fone__c: '1' });
  expectTypeOf(await collections.callbacks.findOne().exec()).toEqualTypeOf<RxDocument<
    RxDocumentOf<(typeof Callback)['spec']>
  > | null>();
  // @ts-expect-error: the database has no such object
  await toRxCollections({} as RxDatabase, db, { callbacks: 'Case' });
});
