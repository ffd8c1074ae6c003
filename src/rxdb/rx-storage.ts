import {
  ensureRxStorageInstanceParamsAreCorrect,
  getPrimaryFieldOfPrimaryKey,
  RXDB_VERSION,
  type RxStorage,
  type RxStorageInstanceCreationParams,
} from 'rxdb';
import { checkOptions } from '../engine/calls/check-options.ts';
import { DatabaseCore } from '../engine/database.ts';
import { type Environment, systemEnvironment } from '../engine/ground/environment.ts';
import { createError } from '../engine/ground/errors.ts';
import { openStoredParts } from '../engine/open-parts.ts';
import { partsOf } from '../engine/parts-of.ts';
import type { Storage } from '../engine/storage/storage.ts';
import type { Durability } from '../engine/storage/storage-health.ts';
import type { StorageKey } from '../engine/storage/storage-key.ts';
import { randomName } from '../engine/tabs/tab-name.ts';
import { nameOfCollection } from './collection-name.ts';
import { DocumentCollection } from './document-collection.ts';
import { RxAttachmentObject, RxDocumentObject } from './document-object.ts';
import { openRecordCollection } from './open-record-collection.ts';
import { OwnLayout } from './own-layout.ts';
import {
  type RxSojournInstanceOptions,
  type RxSojournInternals,
  RxStorageInstanceSojourn,
} from './rx-storage-instance.ts';
import { type CollectionLease, eraseUnlessHeld, type OpenCollection, SharedCollections } from './shared-collections.ts';

/** Where and how documents are kept. */
export interface RxStorageSojournOptions {
  /** Where documents are kept, each collection as a database of its own. In memory alone when absent. */
  readonly storage?: Storage | undefined;
  /** With a storage, when a write settles, as of `openDatabase`. Default `strict`. */
  readonly durability?: Durability | undefined;
  /** With a storage, what all that is kept is encrypted by, as of `openDatabase`. */
  readonly key?: StorageKey | undefined;
  readonly env?: Environment | undefined;
  /**
   * An open database whose objects `toRxCollections` adds as collections. All else that RxDB keeps is kept by `storage`, or in memory
   * alone.
   */
  readonly database?: object | undefined;
}

export type RxStorageSojourn = RxStorage<RxSojournInternals, RxSojournInstanceOptions>;

/** A key is looked at by itself, as it may be bytes. */
const OPTIONS = { storage: 'object', durability: 'string', key: 'string', env: 'object', database: 'object' } as const;

/**
 * What is in memory alone is there as long as the program, whichever storage object is asked for it: so RxDB's memory storage has
 * it, and what tests of several tabs in one program count on.
 */
const inMemory = new SharedCollections(true);
const byPlace = new WeakMap<object, SharedCollections>();

/** `place`: the storage or the database that keeps them. */
function sharedOf(place: object | undefined): SharedCollections {
  if (place === undefined) return inMemory;
  let shared = byPlace.get(place);
  if (shared === undefined) {
    shared = new SharedCollections(false);
    byPlace.set(place, shared);
  }
  return shared;
}

/**
 * An RxStorage for `createRxDatabase`: RxDB's API and plugins over this engine. Queries are answered from memory also where a
 * `storage` keeps what is written. Throws `INVALID_OPTION`.
 */
export function getRxStorageSojourn(options: RxStorageSojournOptions = {}): RxStorageSojourn {
  const { key: _, ...others } = options;
  checkOptions(others, OPTIONS);
  const parts = options.database && partsOf(options.database);
  if (options.database !== undefined && parts === undefined)
    throw createError('INVALID_OPTION', 'database is one that openDatabase has opened');
  /** The objects of the database by the collections that they were opened as. */
  const objects = new Map<string, string>();
  return {
    name: 'sojourn',
    rxdbVersion: RXDB_VERSION,
    async createStorageInstance<T>(params: RxStorageInstanceCreationParams<T, RxSojournInstanceOptions>) {
      ensureRxStorageInstanceParamsAreCorrect(params);
      const { schema } = params;
      const key = getPrimaryFieldOfPrimaryKey(schema.primaryKey) as string;
      // RxDB opens what it is to remove by its name alone.
      const place = JSON.stringify([params.databaseName, params.collectionName]);
      const object = params.options?.object ?? objects.get(place);
      if (object !== undefined && parts === undefined)
        throw createError(
          'INVALID_OPTION',
          'records are documents where the storage is getRxStorageSojourn({ database })',
        );
      if (object !== undefined) objects.set(place, object);
      const lease =
        parts !== undefined && object !== undefined
          ? await sharedOf(parts).open(object, () => openRecordCollection(parts, object, schema as never))
          : await openOwn(key, params, options);
      return new RxStorageInstanceSojourn(params, key, lease);
    },
  };
}

async function openOwn<T>(
  key: string,
  params: RxStorageInstanceCreationParams<T, RxSojournInstanceOptions>,
  options: RxStorageSojournOptions,
): Promise<CollectionLease> {
  const { databaseName, collectionName, schema } = params;
  const identity = { databaseName, collectionName, version: schema.version };
  const name = await nameOfCollection(identity, options.env ?? systemEnvironment());
  return sharedOf(options.storage).open(name, () => openCollection(name, key, params, options));
}

async function openCollection<T>(
  name: string,
  key: string,
  { schema, multiInstance }: RxStorageInstanceCreationParams<T, RxSojournInstanceOptions>,
  { storage, durability, key: secret, env }: RxStorageSojournOptions,
): Promise<OpenCollection> {
  const kept = { storage, durability, key: secret, shared: storage !== undefined && multiInstance };
  const objects = [RxDocumentObject, RxAttachmentObject];
  const parts = await openStoredParts({ name, objects, env, autoIndex: false, feedMax: 0, ...kept });
  const db = new DatabaseCore(parts);
  const layout = new OwnLayout(parts, key, schema.attachments !== undefined);
  const collection = new DocumentCollection(layout, schema as never, randomName(parts.store.environment));
  return {
    collection,
    close: () => db.close().catch((error: unknown) => rethrowUntold(error, durability)),
    // Other tabs that have it open keep it from being taken away, and are left with nothing in it.
    empty: async () => {
      if (storage !== undefined && multiInstance) await collection.empty();
    },
    erase: async () => {
      if (storage !== undefined) await eraseUnlessHeld(storage, name);
    },
  };
}

/**
 * What could not be kept was told by the writes that wait for it. RxDB must not hear of it again when it closes: it would leave its
 * other stores open.
 */
function rethrowUntold(error: unknown, durability: Durability = 'strict'): void {
  if (durability !== 'strict') throw error;
}
