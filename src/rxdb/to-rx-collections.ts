import { basePrototype, type RxCollection, type RxCollectionCreator, type RxDatabase, type RxDocument } from 'rxdb';
import type { DatabaseCore, SpecNamed } from '../engine/database.ts';
import { createError } from '../engine/ground/errors.ts';
import type { DatabaseParts, NamesOf } from '../engine/open-parts.ts';
import { partsOf } from '../engine/parts-of.ts';
import { conflictHandlerOf } from './conflict-handler.ts';
import { renewSchema } from './renew-schema.ts';
import { type RxDocumentOf, rxSchemaOf } from './rx-schema-of.ts';
import { RxStorageInstanceSojourn } from './rx-storage-instance.ts';

/** Which objects are to be collections, and what RxDB calls them. */
export type RxNames<Definitions> = Readonly<Record<string, NamesOf<Definitions>>>;

/** A collection of records: a document that is inserted without an id is given one. */
export type RxRecords<Spec> = RxCollection<RxDocumentOf<Spec>> & {
  insert(document: Partial<RxDocumentOf<Spec>>): Promise<RxDocument<RxDocumentOf<Spec>>>;
  insertIfNotExists(document: Partial<RxDocumentOf<Spec>>): Promise<RxDocument<RxDocumentOf<Spec>>>;
  bulkInsert(
    documents: readonly Partial<RxDocumentOf<Spec>>[],
  ): ReturnType<RxCollection<RxDocumentOf<Spec>>['bulkInsert']>;
};

/** Collections by the names that they were given. */
export type RxCollectionsOf<Definitions, Names> = {
  readonly [Name in keyof Names]: RxRecords<SpecNamed<Definitions, Names[Name]>>;
};

/** What is asked of an RxDatabase, whatever collections it has. */
export interface RxHost {
  addCollections(creators: never): Promise<unknown>;
}

/**
 * Adds objects of a database as collections to an RxDatabase whose storage is `getRxStorageSojourn({ database })` of it: both
 * have the same records, and hear of each other's writes in the same commit. A document that is inserted without an id is given one. Rejects
 * with `INVALID_OPTION` and `DATABASE_CLOSED`, and as `addCollections` does.
 */
export async function toRxCollections<Definitions extends readonly unknown[], const Names extends RxNames<Definitions>>(
  rx: RxHost,
  database: DatabaseCore<Definitions>,
  names: Names,
): Promise<RxCollectionsOf<Definitions, Names>> {
  const parts = partsOf(database);
  if (parts === undefined) throw createError('INVALID_OPTION', 'toRxCollections takes an open database');
  parts.store.assertOpen();
  const creators: Record<string, RxCollectionCreator<never>> = {};
  for (const [name, object] of Object.entries(names)) {
    const entity = parts.store.find(object);
    if (entity === undefined)
      throw createError(
        'INVALID_OPTION',
        `the database has no object ${String(object).slice(0, 80)}: names stand for names of objects, as in { cases: 'Case' }`,
      );
    // A field of such a name would hide what every document of RxDB has.
    const clash = entity.definition.fields.find((field) => Object.hasOwn(basePrototype, field.name));
    if (clash !== undefined)
      throw createError('INVALID_OPTION', `${object}: RxDB's documents have a member called ${clash.name} already`);
    creators[name] = {
      schema: rxSchemaOf(entity.definition) as never,
      instanceCreationOptions: { object },
      conflictHandler: conflictHandlerOf(entity) as never,
    };
  }
  for (const [name, { schema }] of Object.entries(creators))
    await renewSchema(rx as unknown as RxDatabase, name, schema);
  const added = (await rx.addCollections(creators as never)) as unknown as Record<string, RxCollection>;
  if (!Object.values(added).every(({ internalStorageInstance }) => isOver(internalStorageInstance, parts))) {
    for (const collection of Object.values(added)) await collection.close();
    throw createError(
      'INVALID_OPTION',
      'the storage of the RxDatabase is not getRxStorageSojourn({ database }) of this database',
    );
  }
  for (const [name, object] of Object.entries(names)) {
    const { definition, ids } = parts.store.entity(object);
    added[name]?.preInsert((data: Record<string, unknown>) => {
      data[definition.roles.id] ??= ids.next();
    }, false);
  }
  return added as unknown as RxCollectionsOf<Definitions, Names>;
}

/** Whether a storage instance has the records of a database. */
function isOver(instance: object, parts: DatabaseParts): boolean {
  return instance instanceof RxStorageInstanceSojourn && instance.internals.collection.layout.parts === parts;
}
