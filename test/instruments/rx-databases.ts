import {
  addRxPlugin,
  createRxDatabase,
  type RxDatabase,
  type RxDatabaseCreator,
  type RxStorage,
} from 'rxdb/plugins/core';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { memoryStorage } from '../../src/index.ts';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';

export type AnyRxStorage = RxStorage<unknown, unknown>;

/** The storages that one and the same test is run on: what is expected of ours is seen to hold of RxDB's own first. */
export const RX_STORAGES: readonly (readonly [name: string, make: () => AnyRxStorage])[] = [
  ['RxDB’s memory storage', () => getRxStorageMemory() as unknown as AnyRxStorage],
  ['ours in memory', () => getRxStorageSojourn() as unknown as AnyRxStorage],
  ['ours over a storage', () => getRxStorageSojourn({ storage: memoryStorage() }) as unknown as AnyRxStorage],
];

const open = new Set<RxDatabase>();
let names = 0;

/** Opens a database, of a name that no other has unless one is given. */
export async function openRx(
  storage: AnyRxStorage,
  more: Partial<RxDatabaseCreator<unknown, unknown>> = {},
): Promise<RxDatabase> {
  const database = (await createRxDatabase({
    name: `desk${++names}`,
    storage,
    multiInstance: false,
    ...more,
  } as RxDatabaseCreator)) as RxDatabase;
  open.add(database);
  database.onClose.push(() => open.delete(database));
  return database;
}

/** Closes what a test has left open: RxDB lets a program have no more than 13 collections. */
export async function closeRx(): Promise<void> {
  for (const database of [...open].reverse()) await database.close();
}

/**
 * Lets a program open one database twice, as two tabs would. RxDB allows it where it is told that it is being developed with; its
 * plugin for that is not wanted, as it asks a foreign host for a page.
 */
export function allowTwins(): void {
  addRxPlugin({ name: 'twins', rxdb: true, overwritable: { isDevMode: () => true } });
}
