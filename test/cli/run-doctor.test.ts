import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runDoctor } from '../../src/cli/run-doctor.ts';
import { openDatabase } from '../../src/index.ts';
import { levelStorage } from '../../src/level/level-storage.ts';
import { Call } from '../instruments/call-object.ts';
import { openCalls } from '../level/writer.ts';

const root = await mkdtemp(join(tmpdir(), 'sojourn-doctor-'));
afterAll(() => rm(root, { recursive: true, force: true }));

async function ask(path: string, key?: string) {
  const said: string[] = [];
  const complained: string[] = [];
  let clock = 0;
  const code = await runDoctor(path, {
    output: { write: (text) => said.push(text) },
    errors: { write: (text) => complained.push(text) },
    elapsed: () => (clock += 0.05),
    key,
  });
  return { code, said: said.join(''), complained: complained.join('') };
}

test('a database that is whole is said to be, by its folder or by the one that it is in', async () => {
  const folder = join(root, 'whole');
  const db = await openCalls(folder);
  await db.Call.create([{ Turn: 1 }, { Turn: 2 }]);
  await db.compact();
  await db.Call.create({ Turn: 3 });
  await db.close();
  for (const path of [folder, join(folder, 'calls')]) {
    const { code, said, complained } = await ask(path);
    expect([code, complained]).toEqual([0, '']);
    expect(said).toMatch(
      /calls: whole up to sequence 2; 0\.0 MB in 3 blocks, 2 records in columns, 1 commits after them\n/,
    );
    expect(said).toMatch(/a durable write of 256 bytes takes \d+ us, one in a hundred \d+ us\n$/);
  }
  // It changes nothing and leaves nothing.
  expect((await readdir(folder)).filter((name) => name.includes('doctor'))).toEqual([]);
  const again = await openCalls(folder);
  expect(again.Call.size).toBe(3);
  const locked = await ask(folder);
  expect(locked.code).toBe(1);
  expect(locked.complained).toMatch(/STORAGE_LOCKED/);
  await again.close();
});

test('one that is damaged is told of, with the sequence up to which it is whole', async () => {
  const folder = join(root, 'damaged');
  const db = await openCalls(folder);
  for (let turn = 0; turn < 3; turn++) await db.Call.create({ Turn: turn, Note: `the note of ${turn}` });
  await db.close();
  const inside = join(folder, 'calls');
  const names = (await readdir(inside)).filter((name) => /\.(log|ldb)$/.test(name));
  for (const name of names) {
    const bytes = await readFile(join(inside, name));
    const at = bytes.indexOf('the note of 1');
    if (at < 0) continue;
    bytes[at] = (bytes[at] as number) ^ 1;
    await writeFile(join(inside, name), bytes);
  }
  const { code, said, complained } = await ask(folder);
  expect(code).toBe(1);
  expect(said + complained).toMatch(/DAMAGED after sequence \d|STORAGE_CORRUPT/);
});

test('a folder without databases, and one that is not there', async () => {
  expect((await ask(`${root}/nowhere`)).complained).toMatch(/cannot be read/);
  const { code, complained } = await ask(await mkdtemp(join(root, 'empty-')));
  expect([code, complained.endsWith('holds no database\n')]).toEqual([1, true]);
});

test('one that is encrypted is said to be, and looked at with its passphrase, beside others in the clear', async () => {
  const folder = join(root, 'secret');
  const storage = levelStorage(folder);
  const db = await openDatabase({ name: 'secret', objects: [Call], storage, key: 'open sesame' });
  await db.Call.create([{ Turn: 1 }, { Turn: 2 }]);
  await db.close();
  await (await openCalls(folder)).close();
  for (const key of [undefined, '']) {
    const { code, said, complained } = await ask(folder, key);
    expect([code, complained]).toEqual([1, expect.stringMatching(/secret: is encrypted: give .* SOJOURN_KEY\n$/)]);
    expect(said).toMatch(/calls: whole up to sequence 0/);
  }
  expect((await ask(folder, 'open says me')).complained).toMatch(/secret: is encrypted: give/);
  expect((await ask(folder, 'short')).complained).toMatch(/INVALID_OPTION: a key is/);
  const { code, said, complained } = await ask(folder, 'open sesame');
  expect([code, complained]).toEqual([0, '']);
  expect(said).toMatch(/secret: whole up to sequence 1;/);
});
