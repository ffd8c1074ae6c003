import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectionOf, openAny } from '../instruments/any-database.ts';
import { arbitraryStart, arbitraryStep, type Step } from '../instruments/arbitrary-history.ts';
import { arbitraryKey } from '../instruments/arbitrary-key.ts';
import { crashStorage } from '../instruments/crash-storage.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';
import { World } from '../instruments/world.ts';

type Act = Step | { readonly kind: 'compact' };

const arbitraryAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: arbitraryStep },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'compact' }) },
);

/** Everything that is held, as one text: records in their order, live and deleted. */
function contentOf(database: object): string {
  const rows = ['Visit', 'Step'].map((name) => collectionOf(database, name).find({ deleted: 'include' }));
  return JSON.stringify(rows);
}

test('after a crash at any moment, what is opened is a prefix of history with all that was acknowledged by then', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryStart,
      fc.array(arbitraryAct, { maxLength: 12 }),
      fc.infiniteStream(fc.nat()),
      arbitraryKey,
      async (start, acts, picks, key) => {
        const objects = createVisitObjects('trimmed');
        const storage = crashStorage();
        const world = await World.open(objects, [{ storage, key }]);
        const [database] = world.databases as [(typeof world.databases)[number]];
        /** What was held at each sequence. */
        const contents = new Map<number, string>([[0, contentOf(database)]]);
        /** By photo: the last sequence that was acknowledged when it was taken. */
        const acknowledged: number[] = [];
        for (const act of [start, ...acts]) {
          const before = database.storedSequence;
          if (act.kind === 'compact') await database.compact();
          else await world.play(act);
          await database.flush();
          contents.set(database.sequence, contentOf(database));
          while (acknowledged.length < storage.photos.length - 1) acknowledged.push(before);
          acknowledged.push(database.sequence);
        }
        await world.close();
        // Every photo of a short history, some of a long one.
        const { photos } = storage;
        const chosen =
          photos.length <= 24 ? photos.keys() : Array.from({ length: 24 }, () => picks.next().value % photos.length);
        for (const at of chosen) {
          const env = createFakeEnvironment({ seed: 2 });
          const after = crashStorage(photos[at]);
          const reopened = await openAny({ objects, env, storage: after, key });
          expect(reopened.sequence).toBeGreaterThanOrEqual(acknowledged[at] ?? 0);
          expect(contentOf(reopened)).toBe(contents.get(reopened.sequence));
          await reopened.close();
        }
      },
    ),
    lawOptions(40),
  );
});

test('what is opened after a crash can be written to, and crash again, five times over', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
      arbitraryStart,
      arbitraryKey,
      async (cuts, start, key) => {
        const objects = createVisitObjects('trimmed');
        let storage = crashStorage();
        let expected = '';
        for (const [generation, cut] of cuts.entries()) {
          const env = createFakeEnvironment({ seed: generation + 1 });
          const database = await openAny({ objects, env, storage, key });
          if (generation > 0) expect(contentOf(database)).toBe(expected);
          const visits = collectionOf(database, 'Visit');
          const contents: string[] = [];
          const from = storage.photos.length;
          const rows = start.kind === 'createMany' ? start.count % 7 : 0;
          for (let turn = 0; turn < 4; turn++) {
            await visits.create([{ Subject: `${generation} ${turn}` }, ...Array.from({ length: rows }, () => ({}))]);
            const [first] = visits.find({ limit: 1 });
            if (turn === 2 && first !== undefined) await visits.delete(first.Id as string);
            if (turn === 1) await database.compact();
            while (contents.length + from < storage.photos.length) contents.push('');
            contents[contents.length - 1] = contentOf(database);
          }
          await database.close();
          const whole = [...contents.keys()].filter((at) => contents[at] !== '');
          const at = whole[cut % whole.length] as number;
          expected = contents[at] as string;
          storage = crashStorage(storage.photos[from + at]);
        }
      },
    ),
    lawOptions(20),
  );
});
