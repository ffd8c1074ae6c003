import { forceCloseDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { describe, expect, test } from 'vitest';
import { dexieStorage } from '../../src/dexie/dexie-storage.ts';
import type { StorageConnection } from '../../src/engine/storage/storage.ts';
import { eraseDatabase } from '../../src/index.ts';
import { storageChecks } from '../../src/testing/storage-checks.ts';
import { findCanaries, openCanaries, releaseCanaries } from '../instruments/canaries.ts';

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

test('a page whose database a newer program has taken on writes no more, and says why', async () => {
  const factory = new IDBFactory();
  const storage = dexieStorage({ indexedDB: factory, IDBKeyRange, prefix: 'newer' });
  const connection = await storage.connect('desk');
  const newer = await new Promise<{ close(): void }>((resolve) => {
    const request = factory.open('newer:desk', 1_000);
    request.onsuccess = () => resolve(request.result);
  });
  const write = () => connection.write({ put: [{ key: 'a', bytes: Uint8Array.of(1) }] }, true);
  await expect(write()).rejects.toMatchObject({ code: 'STORAGE_NEWER' });
  await connection.close();
  await expect(storage.connect('desk')).rejects.toMatchObject({ code: 'STORAGE_NEWER' });
  newer.close();
});

test('an IndexedDB that cannot be opened, as in a private window, is told of, and leaves no lock', async () => {
  const factory = new IDBFactory();
  const open = factory.open.bind(factory);
  let isPrivate = true;
  factory.open = (...args: Parameters<typeof open>) => {
    if (isPrivate) throw new DOMException('A mutation operation was attempted', 'InvalidStateError');
    return open(...args);
  };
  const storage = create(factory);
  await expect(storage.connect('desk')).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
    message: expect.stringContaining('private'),
  });
  isPrivate = false;
  await (await storage.connect('desk')).close();
});

test('whoever takes a database over is the only one that writes from then on', async () => {
  const storage = create();
  const first = await storage.connect('desk');
  const second = await (storage.takeOver as NonNullable<typeof storage.takeOver>)('desk');
  expect(second.epoch).toBeGreaterThan(first.epoch as number);
  const put = [{ key: 'a', bytes: Uint8Array.of(1) }];
  await expect(first.write({ put }, true)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
  expect(await keysOf(second)).toEqual([]);
  await second.write({ put }, true);
  await first.close();
  // The lock of the one is not given back by the other.
  await expect(storage.connect('desk')).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
  await second.close();
  const third = await storage.connect('desk');
  expect(await keysOf(third)).toEqual(['a']);
  await third.close();
});

/** Of IDBRequest and what it gives, as far as is asked of them here. */
interface Asked<T> {
  result: T;
  onsuccess: unknown;
}
interface Found {
  readonly objectStoreNames: Iterable<string>;
  transaction(name: string): {
    objectStore(name: string): {
      getAllKeys(): Asked<readonly string[]>;
      getAll(): Asked<readonly (Uint8Array | number)[]>;
    };
  };
  close(): void;
}

const answer = <T>(request: Asked<T>) =>
  new Promise<T>((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });

/** All that an IndexedDB holds: names, keys and values. */
async function dump(factory: InstanceType<typeof IDBFactory>): Promise<readonly Uint8Array[]> {
  const bytes: Uint8Array[] = [];
  for (const { name = '' } of await factory.databases()) {
    bytes.push(Buffer.from(name));
    const database = await answer(factory.open(name) as unknown as Asked<Found>);
    for (const store of database.objectStoreNames) {
      for (const key of await answer(database.transaction(store).objectStore(store).getAllKeys()))
        bytes.push(Buffer.from(key));
      for (const value of await answer(database.transaction(store).objectStore(store).getAll()))
        bytes.push(value instanceof Uint8Array ? value : Buffer.from(String(value)));
    }
    database.close();
  }
  return bytes;
}

test('IndexedDB holds no text, id or name of a field of an encrypted database, and of a plain one it does', async () => {
  const factory = new IDBFactory();
  const storage = create(factory);
  const plain = await openCanaries({ storage });
  const canaries = [...(await releaseCanaries(plain))];
  await plain.close();
  expect(findCanaries(canaries, await dump(factory)).length).toBeGreaterThan(canaries.length / 2);
  const db = await openCanaries({ storage, key: new Uint8Array(32) });
  expect(findCanaries(canaries, await dump(factory))).toEqual([]);
  canaries.push(...(await releaseCanaries(db)));
  await db.rotateKey(new Uint8Array(32).fill(1));
  canaries.push(...(await releaseCanaries(db)));
  await db.close();
  expect(findCanaries(canaries, await dump(factory))).toEqual([]);
  await eraseDatabase(storage, 'cage');
  // The name, and which connection was the last.
  expect((await dump(factory)).map((bytes) => Buffer.from(bytes).toString())).toEqual([
    expect.stringMatching(/:cage$/),
    'epoch',
    expect.stringMatching(/^\d+$/),
  ]);
});
