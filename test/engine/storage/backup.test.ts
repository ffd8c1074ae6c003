import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStorage, restoreBackup } from '../../../src/index.ts';
import { codeOf, collectionOf, openAny } from '../../instruments/any-database.ts';
import { arbitraryStart, historyOf } from '../../instruments/arbitrary-history.ts';
import { expectSameState } from '../../instruments/expect-same-state.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { lawOptions } from '../../instruments/law-options.ts';
import { createVisitObjects } from '../../instruments/visit-object.ts';
import { heldState, toldOf } from '../../instruments/whole-state.ts';
import { World } from '../../instruments/world.ts';

const envOf = (seed: number, now?: number) => createFakeEnvironment(now === undefined ? { seed } : { seed, now });

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('what is restored holds what was backed up, from memory or a storage, in whatever pieces it comes', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryStart,
      historyOf(6),
      fc.integer({ min: 1, max: 5_000 }),
      fc.boolean(),
      async (start, steps, size, kept) => {
        const objects = createVisitObjects('trimmed');
        const own = kept ? { storage: memoryStorage() } : {};
        const world = await World.open(objects, [own]);
        for (const step of [start, ...steps]) await world.play(step);
        const [database] = world.databases as unknown as [
          Parameters<typeof heldState>[0] & { backup(): AsyncGenerator<Uint8Array> },
        ];
        const bytes = await bytesOf(database.backup());
        const storage = memoryStorage();
        await restoreBackup(storage, 'law', piecesOf(bytes, size));
        const restored = await openAny({ objects, env: envOf(2, world.nowMs), storage });
        expectSameState(heldState(restored), heldState(database));
        const names = objects.map(({ name }) => name);
        expectSameState(toldOf(restored, names), toldOf(database, names));
        await restored.close();
        await world.close();
      },
    ),
    lawOptions(15),
  );
});

async function backedUp() {
  const objects = createVisitObjects('trimmed');
  const db = await openAny({ objects, env: envOf(1) });
  await collectionOf(db, 'Visit').create(
    Array.from({ length: 50 }, (_, at) => ({ Priority: at, Subject: `subject ${at}` })),
  );
  const bytes = await bytesOf(db.backup());
  await db.close();
  return { objects, bytes };
}

test('a backup with any byte changed, or cut anywhere, is refused, and nothing of it stays', async () => {
  const { objects, bytes } = await backedUp();
  const storage = memoryStorage();
  for (let at = 0; at < bytes.length; at += 7) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] as number) ^ 4;
    for (const broken of [damaged, bytes.subarray(0, at)]) {
      expect(await codeOf(() => restoreBackup(storage, 'law', piecesOf(broken, 999))), `byte ${at}`).toBe(
        'STORAGE_CORRUPT',
      );
    }
  }
  const empty = await openAny({ objects, env: envOf(2), storage });
  expect([empty.sequence, collectionOf(empty, 'Visit').size]).toEqual([0, 0]);
  await empty.close();
});

test('nothing is restored over what is kept', async () => {
  const { objects, bytes } = await backedUp();
  const storage = memoryStorage();
  const db = await openAny({ objects, env: envOf(3), storage });
  await collectionOf(db, 'Visit').create({ Priority: 7 });
  expect(await codeOf(() => restoreBackup(storage, 'law', piecesOf(bytes, 999)))).toBe('STORAGE_LOCKED');
  await db.close();
  expect(await codeOf(() => restoreBackup(storage, 'law', piecesOf(bytes, 999)))).toBe('INVALID_OPTION');
  const again = await openAny({ objects, env: envOf(4), storage });
  expect(collectionOf(again, 'Visit').find({ select: ['Priority'] })).toEqual([{ Priority: 7 }]);
  await again.close();
});

test('both tell how far they are', async () => {
  const objects = createVisitObjects('trimmed');
  const db = await openAny({ objects, env: envOf(1) });
  await collectionOf(db, 'Visit').create(Array.from({ length: 5_000 }, () => ({})));
  const told: string[] = [];
  const onProgress = ({ phase, done, total }: { phase: string; done: number; total: number }) =>
    told.push(`${phase} ${done}/${total}`);
  const bytes = await bytesOf(db.backup({ onProgress }));
  await restoreBackup(memoryStorage(), 'law', piecesOf(bytes, 4_096), { onProgress });
  expect(told).toEqual([
    'backup 4096/5000',
    'backup 5000/5000',
    'restore 4096/0',
    'restore 5000/0',
    'restore 5000/5000',
  ]);
  await db.close();
});

test('a backup with anything behind its end is refused, and leaves nothing', async () => {
  const objects = createVisitObjects('trimmed');
  for (const key of [undefined, new Uint8Array(32)]) {
    const db = await openAny({ objects, env: envOf(1), storage: memoryStorage(), key });
    await collectionOf(db, 'Visit').create({});
    const bytes = await bytesOf(db.backup());
    await db.close();
    const storage = memoryStorage();
    for (const more of [Uint8Array.of(0), Uint8Array.of(0, 0, 0, 0), bytes.subarray(bytes.length - 40), bytes])
      expect(
        await codeOf(() => restoreBackup(storage, 'law', piecesOf(Buffer.concat([bytes, more]), 100), { key })),
      ).toBe('STORAGE_CORRUPT');
    expect(await restoreBackup(storage, 'law', piecesOf(bytes, 100), { key })).toBe(1);
  }
});
