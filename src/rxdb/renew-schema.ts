import {
  createRxSchema,
  deepEqual,
  getPrimaryKeyOfInternalDocument,
  INTERNAL_CONTEXT_COLLECTION,
  type InternalStoreCollectionDocType,
  type RxDatabase,
  type RxDocumentData,
  type RxJsonSchema,
} from 'rxdb';

/**
 * Has RxDB take the schema of an object for that of a collection which it remembers. By itself it refuses another schema of the same
 * version (`DB6`); but it is the object's own migrations that see to what is stored. A collection of another title stays.
 */
export async function renewSchema(rx: RxDatabase, name: string, schema: RxJsonSchema<never>): Promise<void> {
  const key = getPrimaryKeyOfInternalDocument(`${name}-${schema.version}`, INTERNAL_CONTEXT_COLLECTION);
  const [held] = (await rx.internalStore.findDocumentsById([key], false)) as unknown as readonly [
    RxDocumentData<InternalStoreCollectionDocType>?,
  ];
  const { jsonSchema, hash } = createRxSchema(schema, rx.hashFunction);
  if (held === undefined || held.data.schema.title !== schema.title || deepEqual(held.data.schema, jsonSchema)) return;
  const data = { ...held.data, schema: jsonSchema, schemaHash: await hash };
  await rx.internalStore.bulkWrite([{ previous: held, document: { ...held, data } }] as never, 'sojourn-renew-schema');
}
