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
import { openStoredParts } from '../engine/open-parts.ts';
import type { Storage } from '../engine/storage/storage.ts';
import type { Durability } from '../engine/storage/storage-health.ts';
import type { StorageKey } from '../engine/storage/storage-key.ts';
import { randomName } from '../engine/tabs/tab-name.ts';
import { nameOfCollection } from './collection-name.ts';
import { DocumentCollection } from './document-collection.ts';
import { RxAttachmentObject, RxDocumentObject } from './document-object.ts';
import { OwnLayout } from './own-layout.ts';
import {
  type RxSojournInstanceOptions,
  type RxSojournInternals,
  RxStorageInstanceSojourn,
} from './rx-storage-instance.ts';
import { eraseUnlessHeld, type OpenCollection, SharedCollections } from './shared-collections.ts';

/** Where and how documents are kept. */
export interface RxStorageSojournOptions {
  /** Where documents are kept, each collection as a database of its own. In memory alone when absent. */
  readonly storage?: Storage | undefined;
  /** With a storage, when a write settles, as of `openDatabase`. Default `strict`. */
  readonly durability?: Durability | undefined;
  /** With a storage, what all that is kept is encrypted by, as of `openDatabase`. */
  readonly key?: StorageKey | undefined;
  readonly env?: Environment | undefined;
}

export type RxStorageSojourn = RxStorage<RxSojournInternals, RxSojournInstanceOptions>;

const OPTIONS = { storage: 'object', durability: 'string', env: 'object' } as const;

/**
 * What is in memory alone is there as long as the program, whichever storage object is asked for it: so RxDB's memory storage has
 * it, and what tests of several tabs in one program count on.
 */
const inMemory = new SharedCollections(true);
const byStorage = new WeakMap<Storage, SharedCollections>();

function sharedOf(storage: Storage | undefined): SharedCollections {
  if (storage === undefined) return inMemory;
  let shared = byStorage.get(storage);
  if (shared === undefined) {
    shared = new SharedCollections(false);
    byStorage.set(storage, shared);
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
  return {
    name: 'sojourn',
    rxdbVersion: RXDB_VERSION,
    async createStorageInstance<T>(params: RxStorageInstanceCreationParams<T, RxSojournInstanceOptions>) {
      ensureRxStorageInstanceParamsAreCorrect(params);
      const { databaseName, collectionName, schema } = params;
      const env = options.env ?? systemEnvironment();
      const name = await nameOfCollection({ databaseName, collectionName, version: schema.version }, env);
      const key = getPrimaryFieldOfPrimaryKey(schema.primaryKey) as string;
      const open = () => openCollection(name, key, params, options);
      return new RxStorageInstanceSojourn(params, key, await sharedOf(options.storage).open(name, open));
    },
  };
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
    close: () => db.close(),
    // Other tabs that have it open keep it from being taken away, and are left with nothing in it.
    empty: async () => {
      if (storage !== undefined && multiInstance) await collection.empty();
    },
    erase: async () => {
      if (storage !== undefined) await eraseUnlessHeld(storage, name);
    },
  };
}
