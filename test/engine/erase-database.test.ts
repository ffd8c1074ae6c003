import { expect, test } from 'vitest';
import { eraseDatabase } from '../../src/index.ts';
import { codeOf, collectionOf, openAny } from '../instruments/any-database.ts';
import { crashStorage, type Photo } from '../instruments/crash-storage.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';

const objects = createVisitObjects('trimmed');
const KEY = new Uint8Array(32).fill(7);

async function filled(key: Uint8Array | undefined) {
  const storage = crashStorage();
  const db = await openAny({ objects, storage, key, env: createFakeEnvironment() });
  await collectionOf(db, 'Visit').create([{ Priority: 1 }, { Priority: 2 }]);
  await db.compact();
  await collectionOf(db, 'Visit').create({ Priority: 3 });
  await db.close();
  return storage;
}

test.each([KEY, undefined])('an erased database is a new one to who opens it, with the key %s', async (key) => {
  const storage = await filled(key);
  await eraseDatabase(storage, 'law');
  const { blocks, mark } = storage.photos.at(-1) as Photo;
  expect([blocks.size, mark]).toEqual([0, undefined]);
  for (const next of [undefined, new Uint8Array(32)]) {
    const db = await openAny({ objects, storage: crashStorage(storage.photos.at(-1)), key: next });
    expect([db.sequence, collectionOf(db, 'Visit').size]).toEqual([0, 0]);
    await db.close();
  }
});

test('an erasing that is interrupted has taken the keys first, and can be done again', async () => {
  const storage = await filled(KEY);
  const from = storage.photos.length;
  await eraseDatabase(storage, 'law');
  for (const photo of storage.photos.slice(from)) {
    expect(photo.blocks.has('0-0-keys')).toBe(false);
    const after = crashStorage(photo);
    if (photo.blocks.size > 0)
      for (const key of [KEY, undefined])
        expect(await codeOf(() => openAny({ objects, storage: after, key }))).toBe('STORAGE_CORRUPT');
    await eraseDatabase(after, 'law');
    expect((after.photos.at(-1) as Photo).blocks.size).toBe(0);
  }
});

test('a database that is open is not erased', async () => {
  const storage = await filled(KEY);
  const db = await openAny({ objects, storage, key: KEY, env: createFakeEnvironment({ seed: 2 }) });
  expect(await codeOf(() => eraseDatabase(storage, 'law'))).toBe('STORAGE_LOCKED');
  await db.close();
});
