import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { levelStorage } from '../../src/level/level-storage.ts';
import { codeOf } from '../instruments/any-database.ts';
import { createNumbers } from '../instruments/fake-environment.ts';
import { openCalls } from './writer.ts';

const root = await mkdtemp(join(tmpdir(), 'sojourn-level-'));
afterAll(() => rm(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = () => join(root, String(folders++));

async function written(turns: number, compactAt = -1): Promise<{ folder: string; content: string }> {
  const folder = newFolder();
  const db = await openCalls(folder);
  for (let turn = 0; turn < turns; turn++) {
    await db.Call.create([{ Turn: turn, Note: `note ${turn}` }, { Turn: turn }]);
    if (turn === compactAt) await db.compact();
  }
  const content = JSON.stringify(db.Call.find());
  await db.close();
  return { folder, content };
}

async function contentOf(folder: string): Promise<string> {
  const db = await openCalls(folder);
  const content = JSON.stringify(db.Call.find());
  await db.close();
  return content;
}

describe('a database in LevelDB', () => {
  test('whose first file is gone is not begun anew over what is left of it', async () => {
    const { folder, content } = await written(5, 2);
    const path = join(folder, 'calls', 'CURRENT');
    const current = await readFile(path);
    await rm(path);
    const files = await readdir(join(folder, 'calls'));
    expect(await codeOf(() => openCalls(folder))).toBe('STORAGE_CORRUPT');
    expect(await readdir(join(folder, 'calls'))).toEqual(files);
    await writeFile(path, current);
    expect(await contentOf(folder)).toBe(content);
  });

  test('is refused with a code of ours at a path that is no folder, and damaged where LevelDB cannot read its list of files', async () => {
    expect(await codeOf(() => openCalls(join(import.meta.filename, 'below')))).toBe('STORAGE_FAILED');
    const { folder } = await written(3);
    await writeFile(join(folder, 'calls', 'CURRENT'), 'MANIFEST-000099\n');
    expect(await codeOf(() => openCalls(folder))).toBe('STORAGE_CORRUPT');
  });

  test('is for its owner alone', async () => {
    const { folder } = await written(1);
    expect((await stat(join(folder, 'calls'))).mode & 0o077).toBe(0);
  });

  test('cannot be opened twice, and can when it was closed', async () => {
    const folder = newFolder();
    const first = await openCalls(folder);
    expect(await codeOf(() => openCalls(folder))).toBe('STORAGE_LOCKED');
    await first.close();
    await (await openCalls(folder)).close();
  });

  test.each(['', '..', 'a/b', '.hidden', 'x'.repeat(101)])('takes no name such as %j', async (name) => {
    expect(await codeOf(() => levelStorage(newFolder()).connect(name))).toBe('INVALID_OPTION');
  });

  test('comes back after many openings, with a log and with columns', async () => {
    const { folder, content } = await written(30, 20);
    for (let turn = 0; turn < 3; turn++) expect(await contentOf(folder)).toBe(content);
  });

  test('refuses to go on where its newest commits have vanished', async () => {
    const { folder } = await written(5);
    // An older copy of the log under a mark that is of now: what a lost write looks like.
    const mark = await readFile(join(folder, 'calls', 'sojourn.mark'));
    const shorter = await written(2);
    await writeFile(join(shorter.folder, 'calls', 'sojourn.mark'), mark);
    expect(await codeOf(() => openCalls(shorter.folder))).toBe('STORAGE_CORRUPT');
  });

  test('opens where the mark is damaged, since it holds nothing itself', async () => {
    const { folder, content } = await written(5);
    await writeFile(join(folder, 'calls', 'sojourn.mark'), 'rubbish');
    expect(await contentOf(folder)).toBe(content);
  });
});

test('files of LevelDB that are damaged anywhere are told of, or change nothing that is read', async () => {
  const numbers = createNumbers(Number(process.env.SOJOURN_SEED ?? 5));
  let told = 0;
  for (const compactAt of [-1, 10]) {
    const { folder, content } = await written(24, compactAt);
    const inside = join(folder, 'calls');
    const files = (await readdir(inside)).filter((name) => /\.(log|ldb)$|MANIFEST|CURRENT|mark/.test(name));
    const originals = new Map<string, Buffer>();
    for (const name of await readdir(inside)) originals.set(name, await readFile(join(inside, name)));
    for (let turn = 0; turn < 40; turn++) {
      const name = files[numbers() % files.length] as string;
      const bytes = Buffer.from(originals.get(name) as Buffer);
      if (bytes.length === 0) continue;
      const at = numbers() % bytes.length;
      if (turn % 4 === 0) await truncate(join(inside, name), at);
      else {
        if (turn % 4 === 1) bytes.fill(0, at, Math.min(bytes.length, at + 512));
        else bytes[at] = (bytes[at] as number) ^ (1 << (numbers() % 8));
        await writeFile(join(inside, name), bytes);
      }
      const outcome = await contentOf(folder).catch((error: { code?: string }) => error.code ?? String(error));
      if (outcome !== content) {
        expect(outcome).toMatch(/^STORAGE_(CORRUPT|FAILED)$/);
        told++;
      }
      await rm(inside, { recursive: true });
      await import('node:fs/promises').then(({ mkdir }) => mkdir(inside));
      for (const [file, original] of originals) await writeFile(join(inside, file), original);
    }
  }
  expect(told).toBeGreaterThan(5);
});
