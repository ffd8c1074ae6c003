import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AnyDatabase, codeOf, collectionOf, openAny } from '../instruments/any-database.ts';
import { Call } from '../instruments/call-object.ts';
import { type CrashStorage, crashStorage, type Photo } from '../instruments/crash-storage.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';

const objects = createVisitObjects('trimmed');
type Act = 'write' | 'compact' | 'rotate' | 'rotate and write';
type Key = Uint8Array | undefined;

const keyOf = (number: number) => new Uint8Array(32).fill(number);
const contentOf = (db: object) => JSON.stringify(collectionOf(db, 'Visit').find({ deleted: 'include' }));

/** What is known of a database at each state that its medium was in. */
class Witness {
  readonly contents = new Map<number, string>();
  /** By photo: the last sequence acknowledged by then, and the keys of which one must open it. */
  readonly acknowledged: { readonly sequence: number; readonly keys: readonly Key[] }[] = [];
  readonly #storage: CrashStorage;
  keys: readonly Key[];

  constructor(storage: CrashStorage, keys: readonly Key[]) {
    this.#storage = storage;
    this.keys = keys;
  }

  see(sequence: number): void {
    while (this.acknowledged.length < this.#storage.photos.length)
      this.acknowledged.push({ sequence, keys: this.keys });
  }
}

/** Opens with whichever key opens; those before it must be refused as such. */
async function openWith(
  keys: readonly Key[],
  storage: CrashStorage,
  seed: number,
): Promise<readonly [AnyDatabase, Key]> {
  for (const [at, key] of keys.entries()) {
    const opening = openAny({ objects, env: createFakeEnvironment({ seed }), storage, key });
    if (at === keys.length - 1) return [await opening, key];
    const code = await codeOf(() => opening);
    if (code === undefined) return [await opening, key];
    expect(code).toBe('WRONG_KEY');
  }
  throw new Error('no key was given');
}

async function live(db: AnyDatabase, key: Key, acts: readonly Act[], witness: Witness, next: () => number) {
  const visits = collectionOf(db, 'Visit');
  let own = key;
  const write = async () => {
    const writing = visits.create([{ Priority: next() }, {}]);
    witness.contents.set(db.sequence, contentOf(db));
    await writing;
  };
  for (const act of acts) {
    witness.see(db.storedSequence);
    if (act === 'compact') await db.compact();
    else if (act === 'write' || own === undefined) await write();
    else {
      const other = keyOf(next());
      witness.keys = [own, other];
      const rotating = db.rotateKey(other);
      if (act === 'rotate and write') await Promise.all([write(), write()]);
      await rotating;
      witness.see(db.storedSequence - (act === 'rotate' ? 0 : 2));
      own = other;
      witness.keys = [own];
    }
    witness.see(db.storedSequence - 1);
  }
  await db.close();
  witness.see(db.storedSequence);
}

test('after a crash at any write, of an encryption or a rotation too, one key opens all that was acknowledged, five times over', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.array(fc.constantFrom<Act>('write', 'write', 'compact', 'rotate', 'rotate and write'), {
            minLength: 1,
            maxLength: 5,
          }),
          fc.nat(),
        ),
        { minLength: 5, maxLength: 5 },
      ),
      fc.boolean(),
      async (generations, isPlainFirst) => {
        let numbers = 1;
        const next = () => numbers++ % 250;
        let photo: Photo = { blocks: new Map(), mark: undefined };
        let keys: readonly Key[] = [isPlainFirst ? undefined : keyOf(next())];
        let before: { readonly least: number; readonly contents: ReadonlyMap<number, string> } | undefined;
        for (const [generation, [acts, cut]] of generations.entries()) {
          // What was kept in the clear is opened with a key from the second time on.
          if (keys[0] === undefined && generation > 0) keys = [keyOf(next())];
          const storage = crashStorage(photo);
          const witness = new Witness(storage, keys);
          const [db, key] = await openWith(keys, storage, generation + 1);
          if (before !== undefined) {
            expect(db.sequence).toBeGreaterThanOrEqual(before.least);
            expect(contentOf(db)).toBe(before.contents.get(db.sequence));
          }
          witness.keys = [key];
          witness.contents.set(db.sequence, contentOf(db));
          await live(db, key, acts, witness, next);
          const at = cut % storage.photos.length;
          photo = storage.photos[at] as Photo;
          const known = witness.acknowledged[at] as (typeof witness.acknowledged)[number];
          before = { least: known.sequence, contents: witness.contents };
          keys = known.keys;
        }
      },
    ),
    lawOptions(60),
  );
});

test('a bit that is flipped in any byte of any encrypted block is told of, with the place, and nothing is written', async () => {
  const key = keyOf(1);
  const storage = crashStorage();
  const open = (over: CrashStorage, seed: number) =>
    openAny({ objects: [Call], env: createFakeEnvironment({ seed }), storage: over, key });
  const db = await open(storage, 1);
  await collectionOf(db, 'Call').create([{ Turn: 1, Note: 'one' }, { Turn: 2 }]);
  await db.compact();
  await collectionOf(db, 'Call').create({ Turn: 3 });
  await collectionOf(db, 'Call').create({ Turn: 4 });
  await db.close();
  const photo = storage.photos.at(-1) as Photo;
  let flipped = 0;
  for (const [name, bytes] of photo.blocks)
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] as number) ^ (1 << (flipped++ % 8));
      const over = crashStorage({ ...photo, blocks: new Map([...photo.blocks, [name, damaged]]) });
      const error = await open(over, 2).catch((thrown: unknown) => thrown);
      expect(error, `${name} ${at}`).toMatchObject({
        code: 'STORAGE_CORRUPT',
        message: expect.stringMatching(/whole up to sequence [0-2]$/),
      });
      expect(over.photos.length).toBe(1);
    }
  expect([photo.blocks.size, flipped > 800]).toEqual([5, true]);
});
