import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { memoryStorage } from '../../src/engine/storage/memory-storage.ts';
import type { Storage } from '../../src/engine/storage/storage.ts';
import { levelStorage } from '../../src/level/level-storage.ts';
import { storageChecks } from '../../src/testing/storage-checks.ts';

const root = await mkdtemp(join(tmpdir(), 'sojourn-checks-'));
afterAll(() => rm(root, { recursive: true, force: true }));
let folders = 0;

const STORAGES: Readonly<Record<string, () => Storage>> = {
  memory: memoryStorage,
  level: () => levelStorage(join(root, String(folders++))),
};

describe.each(Object.entries(STORAGES))('of the storage %s', (_, create) => {
  for (const { name, run } of storageChecks(create)) test(name, run);
});

describe('a storage that breaks a promise is found out:', () => {
  type Breaking = (storage: Storage) => Storage;
  const onWrite =
    (change: (write: Parameters<Awaited<ReturnType<Storage['connect']>>['write']>[0]) => typeof write): Breaking =>
    (storage) => ({
      kind: 'broken',
      connect: async (name) => {
        const connection = await storage.connect(name);
        return {
          read: () => connection.read(),
          write: (write, durable) => connection.write(change(write), durable),
          close: () => connection.close(),
        };
      },
    });

  test.each<[string, Breaking]>([
    ['loses the last block of a write', onWrite(({ put, ...rest }) => ({ ...rest, put: put.slice(0, -1) }))],
    ['removes nothing', onWrite(({ put }) => ({ put }))],
    [
      'flips a bit',
      onWrite(({ put, ...rest }) => ({
        ...rest,
        put: put.map(({ key, bytes }) => ({ key, bytes: bytes.map((byte) => byte ^ 1) })),
      })),
    ],
    ['lets two in', (storage) => ({ kind: 'broken', connect: (name) => storage.connect(`${name}${Math.random()}`) })],
  ])('one that %s', async (_, breaking) => {
    const results = await Promise.allSettled(storageChecks(() => breaking(memoryStorage())).map(({ run }) => run()));
    expect(results.some(({ status }) => status === 'rejected')).toBe(true);
  });
});
