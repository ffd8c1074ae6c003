import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryStorage } from '../../src/index.ts';
import { levelStorage } from '../../src/level/level-storage.ts';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import type { AnyRxStorage } from '../instruments/rx-databases.ts';
import { firstVisit, nextVisit } from '../instruments/rxdb-example-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'sojourn-heroes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const memory = memoryStorage();

/** Each storage by what makes it, which is asked again for the next visit, as another run of the program would. */
const STORAGES = {
  'in memory': () => getRxStorageSojourn(),
  'over a storage': () => getRxStorageSojourn({ storage: memory }),
  'over a storage, encrypted': () => getRxStorageSojourn({ storage: memory, key: new Uint8Array(32).fill(7) }),
  'on the disk': () => getRxStorageSojourn({ storage: levelStorage(folder) }),
};

describe('an app written for RxDB', () => {
  const expected: string[][] = [];
  beforeAll(async () => {
    const storage = getRxStorageMemory() as unknown as AnyRxStorage;
    for (const visit of [firstVisit, nextVisit]) expected.push(await visit(storage));
    expect(expected.map((lines) => lines.length)).toEqual([88, 14]);
  });

  test.each(Object.entries(STORAGES))('says the same, word for word, %s', async (_, make) => {
    for (const [at, visit] of [firstVisit, nextVisit].entries())
      expect(await visit(make() as unknown as AnyRxStorage)).toEqual(expected[at]);
  });

  test('leaves nothing in what it has removed', async () => {
    const names = readdirSync(folder);
    expect(names).toHaveLength(6);
    for (const name of names) {
      const connection = await levelStorage(folder).connect(name);
      for await (const { key } of connection.read()) expect.fail(`${key} of ${name} is left`);
      await connection.close();
    }
  });
});
