import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { eraseDatabase } from '../../src/index.ts';
import { levelStorage } from '../../src/level/level-storage.ts';
import { findCanaries, openCanaries, releaseCanaries } from '../instruments/canaries.ts';

const root = await mkdtemp(join(tmpdir(), 'sojourn-secrets-'));
afterAll(() => rm(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = () => join(root, String(folders++));
const KEY = new Uint8Array(32).fill(7);

/** Every byte of every file below a folder. LevelDB may take one away while they are read: then all are read anew. */
async function bytesOf(folder: string): Promise<readonly Uint8Array[]> {
  for (let turn = 0; ; turn++) {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile());
    try {
      return await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name))));
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'ENOENT' || turn === 20) throw error;
    }
  }
}

describe('the files of LevelDB', () => {
  test('hold no text, id or name of a field of an encrypted database, at any time', async () => {
    const folder = newFolder();
    const storage = levelStorage(folder);
    const db = await openCanaries({ storage, key: KEY });
    const canaries = [...(await releaseCanaries(db))];
    const look = async (when: string) => expect(findCanaries(canaries, await bytesOf(folder)), when).toEqual([]);
    await look('after commits');
    await db.compact();
    await look('after all was written anew');
    canaries.push(...(await releaseCanaries(db)));
    await db.rotateKey('another key, by a passphrase');
    await look('after a rotation');
    await db.close();
    await look('after closing');
    const again = await openCanaries({ storage, key: 'another key, by a passphrase' });
    expect(again.SOSSession.size).toBe(6);
    await look('after opening');
    await again.close();
  });

  test('hold them where there is no key, and none any more once it was opened with one and closed', async () => {
    const folder = newFolder();
    const storage = levelStorage(folder);
    const plain = await openCanaries({ storage });
    const canaries = await releaseCanaries(plain);
    await plain.close();
    expect(findCanaries(canaries, await bytesOf(folder)).length).toBeGreaterThan(canaries.length / 2);
    await (await openCanaries({ storage, key: KEY })).close();
    expect(findCanaries(canaries, await bytesOf(folder))).toEqual([]);
  });

  test.each([
    ['written and never compacted', 0],
    ['compacted once', 1],
    ['compacted thrice', 3],
  ])('hold nothing of an erased database that was %s', async (_, compactions) => {
    const folder = newFolder();
    const storage = levelStorage(folder);
    const plain = await openCanaries({ storage });
    const canaries = [...(await releaseCanaries(plain))];
    for (let turn = 0; turn < compactions; turn++) {
      await plain.compact();
      canaries.push(...(await releaseCanaries(plain)));
    }
    await plain.close();
    await eraseDatabase(storage, 'cage');
    expect(findCanaries(canaries, await bytesOf(folder))).toEqual([]);
    const again = await openCanaries({ storage, key: KEY });
    expect([again.sequence, again.SOSSession.size]).toEqual([0, 0]);
    await again.close();
  });

  test('hold nothing of the keys of an erased database', async () => {
    const folder = newFolder();
    const storage = levelStorage(folder);
    const db = await openCanaries({ storage, key: KEY });
    await releaseCanaries(db);
    await db.compact();
    await db.close();
    const inside = await storage.connect('cage');
    const wrapped: Uint8Array[] = [];
    for await (const { key, bytes } of inside.read()) if (key === '0-0-keys') wrapped.push(bytes.slice(-40));
    await inside.close();
    const [keys] = wrapped as [Uint8Array];
    const holds = async () => Buffer.concat(await bytesOf(folder)).includes(Buffer.from(keys));
    expect(await holds()).toBe(true);
    await eraseDatabase(storage, 'cage');
    expect(await holds()).toBe(false);
  });

  test.each([1, 2, 5])(
    'hold nothing of a block that was removed durably, in the session that wrote it, %s times',
    async (turns) => {
      const folder = newFolder();
      const connection = await levelStorage(folder).connect('x');
      const written: string[] = [];
      for (let turn = 0; turn < turns; turn++) {
        const text = `the block of turn ${turn}, ${Math.random()}`;
        written.push(text);
        await connection.write({ put: [{ key: 'a', bytes: Buffer.from(text) }] }, true);
        await connection.write({ put: [{ key: 'b', bytes: Buffer.from('stays') }] }, true);
        // The second while the first is still tidied up after.
        await connection.write({ put: [], remove: [{ from: 'a', to: 'b' }] }, true);
      }
      await connection.close();
      expect(findCanaries(written, await bytesOf(folder))).toEqual([]);
      expect(findCanaries(['stays'], await bytesOf(folder))).toEqual(['stays']);
    },
  );
});
