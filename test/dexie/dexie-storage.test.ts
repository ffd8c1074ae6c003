import { forceCloseDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { describe, expect, test } from 'vitest';
import { dexieStorage } from '../../src/dexie/dexie-storage.ts';
import type { StorageConnection } from '../../src/engine/storage/storage.ts';
import { storageChecks } from '../../src/testing/storage-checks.ts';

let names = 0;
const create = (indexedDB: object = new IDBFactory()) =>
  dexieStorage({ indexedDB, IDBKeyRange, prefix: `t${names++}` });

describe('over an IndexedDB in memory', () => {
  for (const { name, run } of storageChecks(() => create())) test(name, run);
});

async function keysOf(connection: StorageConnection): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of connection.read()) keys.push(key);
  return keys;
}

/** Of IDBDatabase. */
interface Opened {
  transaction(...args: readonly unknown[]): { abort(): void };
}

/** The connections that a factory has opened, so that they can be dropped as a browser does. */
function watched() {
  const factory = new IDBFactory();
  const opened: Opened[] = [];
  const open = factory.open.bind(factory);
  factory.open = (name: string, version?: number) => {
    const request = open(name, version);
    request.addEventListener('success', () => opened.push(request.result as unknown as Opened));
    return request;
  };
  return { factory, opened };
}

test('a connection that the browser drops is opened again, and the write is made', async () => {
  const { factory, opened } = watched();
  const connection = await create(factory).connect('desk');
  await connection.write({ put: [{ key: 'a', bytes: Uint8Array.of(1) }] }, true);
  const before = opened.length;
  forceCloseDatabase(opened.at(-1) as never);
  await connection.write({ put: [{ key: 'b', bytes: Uint8Array.of(2) }] }, true);
  expect(opened.length).toBeGreaterThan(before);
  expect(await keysOf(connection)).toEqual(['a', 'b']);
  await connection.close();
});

test('a full disk is told of as such', async () => {
  const { factory, opened } = watched();
  const connection = await create(factory).connect('desk');
  const database = opened.at(-1) as Opened;
  const transaction = database.transaction.bind(database);
  database.transaction = (...args) => {
    const made = transaction(...args);
    Object.defineProperty(made, 'error', { value: new DOMException('no room', 'QuotaExceededError') });
    queueMicrotask(() => made.abort());
    return made;
  };
  await expect(connection.write({ put: [{ key: 'a', bytes: Uint8Array.of(1) }] }, true)).rejects.toMatchObject({
    code: 'STORAGE_FULL',
  });
  await connection.close();
});
