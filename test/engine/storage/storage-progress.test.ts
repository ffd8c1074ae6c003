import { expect, test } from 'vitest';
import { defineObject, memoryStorage, type Storage, type StorageProgress } from '../../../src/index.ts';
import { codeOf, collectionOf } from '../../instruments/any-database.ts';
import { withKept } from '../../instruments/kept-in-versions.ts';

const Note = defineObject({ name: 'Note', fields: { Text: { type: 'textarea' } } });
const Later = defineObject({
  ...Note.spec,
  version: 2,
  migrations: { 2: (record: object) => ({ ...record }) },
} as never);

async function kept(count: number, compacts: boolean): Promise<Storage> {
  const storage = memoryStorage();
  await withKept(storage, [Note], async (db) => {
    const rows = Array.from({ length: count }, (_, at) => ({ Text: `${at} `.repeat(40) }));
    await collectionOf(db, 'Note').create(rows);
    if (compacts) await db.compact();
  });
  return storage;
}

function listen() {
  const told: StorageProgress[] = [];
  return { told, onProgress: (progress: StorageProgress) => void told.push(progress) };
}

test('an opening tells of the bytes it has read, of how many as soon as its head says', async () => {
  const { told, onProgress } = listen();
  const storage = await kept(9000, true);
  const bytes = await withKept(storage, [Note], (db) => db.health()?.snapshotBytes, { onProgress });
  expect(told.length).toBeGreaterThan(2);
  expect(told.every(({ phase, done, total }) => phase === 'open' && done <= total)).toBe(true);
  expect(told[0]?.total).toBe(bytes);
  expect(told.at(-1)?.done).toBeGreaterThan(bytes ?? 0);
  expect(told.at(-1)?.done).toBe(told.at(-1)?.total);
});

test('an opening of a log alone knows how much it was at the end, and one of nothing tells that', async () => {
  const log = listen();
  await withKept(await kept(1500, false), [Note], () => undefined, { onProgress: log.onProgress });
  expect(log.told.length).toBeGreaterThan(1);
  expect(log.told.slice(0, -1).every(({ total }) => total === 0)).toBe(true);
  expect(log.told.at(-1)?.total).toBe(log.told.at(-1)?.done);
  const nothing = listen();
  await withKept(memoryStorage(), [Note], () => undefined, { onProgress: nothing.onProgress });
  expect(nothing.told).toEqual([{ phase: 'open', done: 0, total: 0 }]);
});

test('a compaction tells everyone who waits for it of the records it has written', async () => {
  const storage = await kept(9000, false);
  await withKept(storage, [Note], async (db) => {
    const [first, second, later] = [listen(), listen(), listen()];
    await Promise.all([db.compact({ onProgress: first.onProgress }), db.compact({ onProgress: second.onProgress })]);
    const done = [0, 4096, 8192, 9000].map((count) => ({ phase: 'compact', done: count, total: 9000 }));
    expect(first.told).toEqual(done);
    expect(second.told).toEqual(done);
    await db.compact({ onProgress: later.onProgress });
    expect([first.told.length, later.told.length]).toEqual([4, 4]);
    expect(await codeOf(() => db.compact({ onProgres: () => undefined } as never))).toBe('INVALID_OPTION');
  });
});

test('what a listener throws is told to onError, and the work goes on', async () => {
  const storage = await kept(3000, true);
  const errors: unknown[] = [];
  const broken = new Error('the bar is broken');
  const options = {
    onError: (error: unknown) => void errors.push(error),
    onProgress: () => {
      throw broken;
    },
  };
  await withKept(
    storage,
    [Later],
    async (db) => {
      expect(collectionOf(db, 'Note').size).toBe(3000);
      expect(errors.length).toBeGreaterThan(4);
      expect(new Set(errors)).toEqual(new Set([broken]));
      errors.length = 0;
      await db.compact({ onProgress: options.onProgress });
      expect(errors.length).toBe(2);
    },
    options,
  );
  expect(await codeOf(() => withKept(memoryStorage(), [Note], () => undefined, { onProgress: 5 as never }))).toBe(
    'INVALID_OPTION',
  );
});
