import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectionOf, openAny } from '../instruments/any-database.ts';
import { arbitraryStart, historyOf } from '../instruments/arbitrary-history.ts';
import { arbitraryKey } from '../instruments/arbitrary-key.ts';
import { crashStorage, type Photo } from '../instruments/crash-storage.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';
import { World } from '../instruments/world.ts';

type Damage = (blocks: Map<string, Uint8Array>, keys: readonly string[], pick: () => number) => void;

const at = (keys: readonly string[], pick: () => number) => keys[pick() % keys.length] as string;

/** What a medium can do to what it keeps. */
const DAMAGES: Readonly<Record<string, Damage>> = {
  'a bit that is flipped': (blocks, keys, pick) => {
    const key = at(keys, pick);
    const bytes = (blocks.get(key) as Uint8Array).slice();
    const place = pick() % bytes.length;
    bytes[place] = (bytes[place] as number) ^ (1 << (pick() % 8));
    blocks.set(key, bytes);
  },
  'a stretch of zeros': (blocks, keys, pick) => {
    const key = at(keys, pick);
    const bytes = (blocks.get(key) as Uint8Array).slice();
    const from = pick() % bytes.length;
    bytes.fill(0, from, from + 1 + (pick() % 512));
    blocks.set(key, bytes);
  },
  'a block that is cut short': (blocks, keys, pick) => {
    const key = at(keys, pick);
    const bytes = blocks.get(key) as Uint8Array;
    blocks.set(key, bytes.slice(0, pick() % bytes.length));
  },
  'a block that is gone': (blocks, keys, pick) => {
    blocks.delete(at(keys, pick));
  },
  'two blocks that have changed places': (blocks, keys, pick) => {
    const [left, right] = [at(keys, pick), at(keys, pick)];
    const [first, second] = [blocks.get(left), blocks.get(right)] as [Uint8Array, Uint8Array];
    blocks.set(left, second);
    blocks.set(right, first);
  },
  'a block that stands in the place of another': (blocks, keys, pick) => {
    blocks.set(at(keys, pick), blocks.get(at(keys, pick)) as Uint8Array);
  },
  'all the last blocks gone': (blocks, keys, pick) => {
    for (const key of keys.slice(pick() % keys.length)) blocks.delete(key);
  },
};

function contentOf(database: object): string {
  const rows = ['Visit', 'Step'].map((name) => collectionOf(database, name).find({ deleted: 'include' }));
  return JSON.stringify(rows);
}

test.each(Object.entries(DAMAGES))('%s is told of, or nothing that is read has changed', async (_, damage) => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      arbitraryStart,
      historyOf(8),
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      arbitraryKey,
      async (start, steps, compacts, picks, key) => {
        const objects = createVisitObjects('trimmed');
        const storage = crashStorage();
        const world = await World.open(objects, [{ storage, key }]);
        await world.play(start);
        if (compacts) await world.databases[0]?.compact();
        for (const step of steps) await world.play(step);
        const whole = contentOf(world.databases[0] as object);
        await world.close();
        const photo = storage.photos.at(-1) as Photo;
        const keys = [...photo.blocks.keys()].sort();
        if (keys.length === 0) return;
        for (let turn = 0; turn < 6; turn++) {
          const blocks = new Map(photo.blocks);
          damage(blocks, keys, () => picks.next().value);
          const damaged = crashStorage({ ...photo, blocks });
          const env = createFakeEnvironment({ seed: 2 });
          const opening = openAny({ objects, env, storage: damaged, key });
          const outcome = await opening.then(
            async (database) => {
              const content = contentOf(database);
              await database.close();
              return content;
            },
            (error: { code?: string; message: string }) => error,
          );
          if (outcome === whole) continue;
          expect(outcome).toMatchObject({ code: 'STORAGE_CORRUPT' });
          expect((outcome as { message: string }).message).toMatch(/whole up to sequence \d+/);
          // It is let go, and has not been written to.
          expect(damaged.photos.length).toBe(1);
          refused++;
        }
      },
    ),
    lawOptions(25),
  );
  expect(refused).toBeGreaterThan(0);
});
