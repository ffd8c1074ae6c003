import { describe, expect, test } from 'vitest';
import { type Environment, systemEnvironment } from '../../../src/engine/ground/environment.ts';
import type { Subtle } from '../../../src/engine/storage/ciphers.ts';
import { EncryptedConnection } from '../../../src/engine/storage/encrypted-connection.ts';
import { memoryStorage } from '../../../src/engine/storage/memory-storage.ts';
import type { Storage, StorageConnection, StoredBlock } from '../../../src/engine/storage/storage.ts';
import { storageChecks } from '../../../src/testing/storage-checks.ts';
import { codeOf } from '../../instruments/any-database.ts';
import { type CrashStorage, crashStorage, type Photo } from '../../instruments/crash-storage.ts';

const KEY = new Uint8Array(32).fill(7);
const env = systemEnvironment();
const RING = '0-0-keys';

function encrypted(storage: Storage, environment: Environment = env): Storage {
  return {
    kind: 'encrypted',
    connect: async (name) => {
      const inner = await storage.connect(name);
      return EncryptedConnection.open(inner, KEY, environment);
    },
  };
}

async function readAll(connection: StorageConnection): Promise<StoredBlock[]> {
  const blocks: StoredBlock[] = [];
  for await (const block of connection.read()) blocks.push(block);
  return blocks;
}

const last = (storage: CrashStorage) => storage.photos.at(-1) as Photo;
const block = (key: string, ...bytes: readonly number[]) => ({ key, bytes: Uint8Array.from(bytes) });

describe.each<[string, () => Storage]>([
  ['memory', memoryStorage],
  ['one that keeps a mark', crashStorage],
])('encrypted over %s', (kind, create) => {
  // That instrument has a single database.
  for (const { name, run } of storageChecks(() => encrypted(create())))
    test.skipIf(kind !== 'memory' && name.includes('other names'))(name, run);
});

describe('what lies in the storage', () => {
  test('begins with the ring, in the write of the first block and in none before', async () => {
    const storage = crashStorage();
    const connection = await encrypted(storage).connect('x');
    await readAll(connection);
    await connection.write({ put: [], remove: [{ from: 'a', to: 'b' }] }, false);
    expect(last(storage).blocks.size).toBe(0);
    await connection.write({ put: [block('a', 1, 2, 3)] }, false);
    expect([...last(storage).blocks.keys()].sort()).toEqual([RING, 'a']);
    await connection.close();
  });

  test('is never encrypted twice with one IV, nor alike', async () => {
    const storage = crashStorage();
    const connection = await encrypted(storage).connect('x');
    const [ivs, texts] = [new Set<string>(), new Set<string>()];
    for (let turn = 0; turn < 20; turn++) {
      const put = Array.from({ length: 200 }, (_, at) => block(`b-${at}`, 1, 2, 3, 4, 5, 6, 7, 8));
      await connection.write({ put }, false);
      for (const [key, bytes] of last(storage).blocks) {
        if (key === RING) continue;
        ivs.add(Buffer.from(bytes.subarray(13, 25)).toString('hex'));
        texts.add(Buffer.from(bytes.subarray(25)).toString('hex'));
      }
    }
    expect([ivs.size, texts.size]).toEqual([4_000, 4_000]);
    await connection.close();
  });

  test('does not open in another place, nor as of another key', async () => {
    const storage = crashStorage();
    const connection = await encrypted(storage).connect('x');
    await connection.write({ put: [block('a', 1), block('b', 2)] }, true);
    await connection.close();
    const { blocks } = last(storage);
    const [a, b] = [blocks.get('a') as Uint8Array, blocks.get('b') as Uint8Array];
    const ofAnotherKey = a.slice();
    ofAnotherKey[5] = 2;
    for (const [left, right] of [
      [b, a],
      [ofAnotherKey, b.slice(0, 30)],
      [Uint8Array.of(1), new Uint8Array(0)],
    ] as const) {
      const moved = crashStorage({ ...last(storage), blocks: new Map([...blocks, ['a', left], ['b', right]]) });
      const again = await encrypted(moved).connect('x');
      expect(await readAll(again)).toEqual([block('a'), block('b')]);
      await again.close();
    }
  });

  test('is handed on in the order of the calls, however long each takes to encrypt', async () => {
    const storage = crashStorage();
    let slow: (() => void) | undefined;
    const subtle = env.subtle as Subtle;
    const slowly = Object.assign(Object.create(subtle), {
      wrapKey: subtle.wrapKey.bind(subtle),
      unwrapKey: subtle.unwrapKey.bind(subtle),
      importKey: subtle.importKey.bind(subtle),
      encrypt: async (...given: Parameters<typeof subtle.encrypt>) => {
        const sealed = subtle.encrypt(...given);
        if (given[2].length > 100)
          await new Promise<void>((resolve) => {
            slow = resolve;
          });
        return sealed;
      },
    });
    const connection = await encrypted(storage, { ...env, subtle: slowly }).connect('x');
    const long = connection.write({ put: [{ key: 'a', bytes: new Uint8Array(1000) }] }, true);
    const short = connection.write({ put: [block('a', 1)] }, true);
    await expect.poll(() => slow).toBeDefined();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(storage.photos.length).toBe(1);
    slow?.();
    await Promise.all([long, short]);
    await connection.close();
    const again = await encrypted(storage).connect('x');
    expect(await readAll(again)).toEqual([block('a', 1)]);
    await again.close();
  });
});

describe('reading', () => {
  test('gives thousands of blocks in their order, decrypted some ahead and not all', async () => {
    const storage = crashStorage();
    const connection = await encrypted(storage).connect('x');
    const put = Array.from({ length: 3_000 }, (_, at) => block(`b-${String(at).padStart(4, '0')}`, at & 255, at >> 8));
    await connection.write({ put }, true);
    await connection.close();
    let opened = 0;
    const subtle = env.subtle as Subtle;
    const counting = Object.assign(Object.create(subtle), {
      importKey: subtle.importKey.bind(subtle),
      wrapKey: subtle.wrapKey.bind(subtle),
      unwrapKey: subtle.unwrapKey.bind(subtle),
      decrypt: (...given: Parameters<typeof subtle.decrypt>) => {
        opened++;
        return subtle.decrypt(...given);
      },
    });
    const again = await encrypted(storage, { ...env, subtle: counting }).connect('x');
    let read = 0;
    for await (const found of again.read()) {
      expect(found).toEqual(put[read++]);
      expect(opened - read).toBeLessThanOrEqual(128);
    }
    expect([read, opened]).toEqual([3_000, 3_000]);
    await again.close();
  });

  test('that is left in the middle lets the storage go', async () => {
    const storage = crashStorage();
    const connection = await encrypted(storage).connect('x');
    await connection.write({ put: Array.from({ length: 300 }, (_, at) => block(`b-${at}`, at & 255)) }, true);
    await connection.close();
    const again = await encrypted(storage).connect('x');
    for await (const _ of again.read()) break;
    await again.close();
    await (await encrypted(storage).connect('x')).close();
  });
});

test('where the platform encrypts nothing the key is refused, in words that say why', async () => {
  const { subtle: _, ...without } = env;
  const inner = await memoryStorage().connect('x');
  const opening = EncryptedConnection.open(inner, KEY, without);
  await expect(opening).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('https') });
});

test('how often a key was used is known to later openings, and told when it is enough', async () => {
  const storage = crashStorage();
  let worn = 0;
  const open = async () => {
    const connection = await EncryptedConnection.open(await storage.connect('x'), KEY, env, 10);
    await readAll(connection);
    connection.onWorn = () => worn++;
    return connection;
  };
  for (let turn = 1; turn <= 3; turn++) {
    const connection = await open();
    for (let at = 0; at < 4; at++) await connection.write({ put: [block('a', turn, at)] }, true);
    expect(worn).toBe(turn < 3 ? 0 : 1);
    expect(connection.isWorn).toBe(turn === 3);
    await connection.close();
  }
  const connection = await open();
  await connection.beginRotation(undefined);
  expect([connection.isWorn, connection.isUnfinished]).toEqual([false, true]);
  await connection.close();
  expect(await codeOf(() => connection.beginRotation(undefined))).toBe('DATABASE_CLOSED');
});
