import { describe, expect, test } from 'vitest';
import { Collection } from '../../../src/engine/collection.ts';
import { openParts } from '../../../src/engine/open-parts.ts';
import type { Reader } from '../../../src/engine/query/reader.ts';
import { EncryptedConnection } from '../../../src/engine/storage/encrypted-connection.ts';
import { Encryption } from '../../../src/engine/storage/encryption.ts';
import { Journal } from '../../../src/engine/storage/journal.ts';
import { recover } from '../../../src/engine/storage/recover.ts';
import {
  EngineError,
  memoryStorage,
  openDatabase,
  repairDatabase,
  restoreBackup,
  type Storage,
  type StorageKey,
} from '../../../src/index.ts';
import { codeOf, collectionOf, openAny } from '../../instruments/any-database.ts';
import { findCanaries, openCanaries, releaseCanaries } from '../../instruments/canaries.ts';
import { crashStorage, type Photo } from '../../instruments/crash-storage.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { createVisitObjects } from '../../instruments/visit-object.ts';

const objects = createVisitObjects('trimmed');
const KEY = new Uint8Array(32).fill(7);
const OTHER = new Uint8Array(32).fill(8);
const THIRD = new Uint8Array(32).fill(9);

let seeds = 1;
async function open(storage: Storage, key?: StorageKey, options: object = {}) {
  const errors: unknown[] = [];
  const env = createFakeEnvironment({ seed: seeds++ });
  const onError = (error: unknown) => errors.push(error);
  const db = await openAny({ objects, storage, env, key, onError, ...options });
  return { db, errors, visits: collectionOf(db, 'Visit') };
}

async function filled(key?: StorageKey, storage = crashStorage()) {
  const { db, visits } = await open(storage, key);
  await visits.create([{ Priority: 1 }, { Priority: 2 }]);
  await db.compact();
  await visits.create({ Priority: 3 });
  const content = JSON.stringify(visits.find());
  await db.close();
  return { storage, content };
}

async function contentOf(storage: Storage, key?: StorageKey): Promise<string> {
  const { db, visits } = await open(storage, key);
  const content = JSON.stringify(visits.find());
  await db.close();
  return content;
}

const last = (storage: { readonly photos: readonly Photo[] }) => storage.photos.at(-1) as Photo;
const ringOf = (photo: Photo) => photo.blocks.get('0-0-keys') as Uint8Array;

describe('the option key', () => {
  test.each<[string, unknown]>([
    ['of 7 characters', 'seven c'],
    ['of 8 halves of letters that are 4', '\u{1f600}'.repeat(4)],
    ['of 31 bytes', new Uint8Array(31)],
    ['of 33 bytes', new Uint8Array(33)],
    ['of 64 hexadecimal numbers', new Uint16Array(16)],
    ['that is null', null],
    ['that is a number', 12_345_678],
    ['that is a list', new Array(32).fill(0)],
  ])('refuses one %s', async (_, key) => {
    const given = key as StorageKey;
    expect(await codeOf(() => openAny({ objects, storage: memoryStorage(), key: given }))).toBe('INVALID_OPTION');
    expect(await codeOf(() => repairDatabase(memoryStorage(), 'x', { key: given }))).toBe('INVALID_OPTION');
    expect(await codeOf(() => restoreBackup(memoryStorage(), 'x', (async function* () {})(), { key: given }))).toBe(
      'INVALID_OPTION',
    );
    const { db } = await open(memoryStorage(), KEY);
    expect(await codeOf(() => db.rotateKey(given))).toBe('INVALID_OPTION');
    await db.close();
  });

  test('goes with a storage', async () => {
    expect(await codeOf(() => openAny({ objects, key: KEY }))).toBe('INVALID_OPTION');
    const error = await openDatabase({ name: 'x', objects: [], keys: KEY } as never).catch((thrown) => thrown);
    expect(error.message).toMatch(/durability, shared, readOnly, key$/);
  });

  test('takes a passphrase, which opens what it encrypted', async () => {
    const { storage, content } = await filled('eight ch');
    expect(await contentOf(storage, 'eight ch')).toBe(content);
  });
});

describe('an encrypted database', () => {
  test('is not opened, repaired or looked at with another key or none, and not touched', async () => {
    const { storage, content } = await filled(KEY);
    const photos = storage.photos.length;
    for (const key of [undefined, OTHER, 'a passphrase'] as const) {
      expect(await codeOf(() => open(storage, key))).toBe('WRONG_KEY');
      expect(await codeOf(() => repairDatabase(storage, 'law', { key }))).toBe('WRONG_KEY');
    }
    expect(storage.photos.length).toBe(photos);
    expect(await contentOf(storage, KEY)).toBe(content);
  });

  test('says that it is', async () => {
    const { storage } = await filled(KEY);
    const { db } = await open(storage, KEY);
    expect(db.health()).toMatchObject({ encrypted: true });
    await db.close();
    const plain = await open(memoryStorage());
    expect(plain.db.health()).toMatchObject({ encrypted: false });
    await plain.db.close();
  });

  test('of which a block was put back that was there before is refused', async () => {
    const storage = crashStorage();
    const { db, visits } = await open(storage, KEY);
    for (let turn = 0; turn < 3; turn++) {
      await visits.create({ Priority: turn });
      await db.compact();
    }
    await visits.create({ Priority: 9 });
    await db.close();
    for (const key of ['0-head', '2-log-0000000000000002']) {
      const earlier = storage.photos.map(({ blocks }) => blocks.get(key)).filter((bytes) => bytes !== undefined);
      for (const bytes of earlier) {
        const now = last(storage);
        const damaged = crashStorage({ ...now, blocks: new Map([...now.blocks, [key, bytes]]) });
        const outcome = await codeOf(async () => (await open(damaged, KEY)).db.close());
        const isStale = key !== '0-head' || bytes === now.blocks.get(key);
        expect(outcome).toBe(isStale ? undefined : 'STORAGE_CORRUPT');
      }
    }
  });

  test('takes no block in the clear', async () => {
    const { storage } = await filled(KEY);
    const plain = await filled();
    for (const [key, bytes] of last(plain.storage).blocks) {
      const now = last(storage);
      const mixed = crashStorage({ ...now, blocks: new Map([...now.blocks, [key, bytes]]) });
      expect(await codeOf(() => open(mixed, KEY)), key).toBe('STORAGE_CORRUPT');
    }
  });

  test('whose log is damaged is repaired to what is whole, by its key', async () => {
    const storage = crashStorage();
    const { db, visits } = await open(storage, KEY);
    for (let turn = 0; turn < 4; turn++) await visits.create({ Priority: turn });
    await db.close();
    const now = last(storage);
    const third = '2-log-0000000000000004';
    const bytes = (now.blocks.get(third) as Uint8Array).map((byte, at) => (at === 60 ? byte ^ 1 : byte));
    const damaged = crashStorage({ ...now, blocks: new Map([...now.blocks, [third, bytes]]) });
    expect(await codeOf(() => open(damaged, KEY))).toBe('STORAGE_CORRUPT');
    const { sequence, problems } = await repairDatabase(damaged, 'law', { key: KEY });
    expect([sequence, problems]).toEqual([
      2,
      [expect.stringMatching(/damaged: what is stored is whole up to sequence 2/)],
    ]);
    const again = await open(damaged, KEY);
    expect(again.visits.find({ select: ['Priority'] })).toEqual([{ Priority: 0 }, { Priority: 1 }]);
    await again.db.close();
  });

  test('whose blocks have all vanished, or its ring, is not taken for a new one', async () => {
    const { storage } = await filled(KEY);
    const now = last(storage);
    const empty = () => crashStorage({ ...now, blocks: new Map() });
    const ringless = () => {
      const blocks = new Map(now.blocks);
      blocks.delete('0-0-keys');
      return crashStorage({ ...now, blocks });
    };
    for (const key of [KEY, undefined]) {
      expect(await codeOf(() => open(empty(), key))).toBe('STORAGE_CORRUPT');
      expect(await codeOf(() => open(ringless(), key))).toBe('STORAGE_CORRUPT');
    }
  });
});

describe('a database that was kept in the clear', () => {
  test('becomes encrypted by being opened with a key, all of it by then', async () => {
    const storage = crashStorage();
    const plain = await openCanaries({ storage });
    const canaries = await releaseCanaries(plain);
    await plain.compact();
    await plain.close();
    expect(findCanaries(canaries, [...last(storage).blocks.values()]).length).toBeGreaterThan(20);
    const db = await openCanaries({ storage, key: KEY });
    expect(db.health()).toMatchObject({ encrypted: true });
    const { blocks, mark } = last(storage);
    expect(mark?.length).toBeGreaterThan(40);
    expect(findCanaries(canaries, [...blocks.values()])).toEqual([]);
    await db.SOSSession.create({});
    await db.close();
    await (await openCanaries({ storage, key: KEY })).close();
    expect(await codeOf(() => openCanaries({ storage }))).toBe('WRONG_KEY');
  });

  test('and is damaged is left as it is', async () => {
    const { storage } = await filled();
    const now = last(storage);
    const bytes = (now.blocks.get('0-head') as Uint8Array).map((byte) => byte ^ 1);
    const damaged = crashStorage({ ...now, blocks: new Map([...now.blocks, ['0-head', bytes]]) });
    expect(await codeOf(() => open(damaged, KEY))).toBe('STORAGE_CORRUPT');
    expect(damaged.photos.length).toBe(1);
  });

  test('and cannot be written anew for now is open, says that it is not yet encrypted, and is by a later opening', async () => {
    const { storage, content } = await filled();
    let isFull = true;
    const full = new EngineError([{ statusCode: 'STORAGE_FULL', message: 'no room', fields: [] }]);
    const short: Storage = {
      kind: 'short',
      connect: async (name) => {
        const inner = await storage.connect(name);
        const isRows = (key: string) => key.startsWith('1-rows');
        return Object.assign(Object.create(inner), {
          write: (...[change, durable]: Parameters<typeof inner.write>) =>
            isFull && change.put.some(({ key }) => isRows(key)) ? Promise.reject(full) : inner.write(change, durable),
        });
      },
    };
    const { db, errors, visits } = await open(short, KEY);
    expect([db.health()?.encrypted, errors]).toEqual([false, [full]]);
    await visits.create({ Priority: 4 });
    await visits.delete(visits.find({ where: { Priority: 4 } })[0]?.Id as string);
    await db.close();
    isFull = false;
    const again = await open(short, KEY);
    expect([again.db.health()?.encrypted, JSON.stringify(again.visits.find())]).toEqual([true, content]);
    await again.db.close();
  });
});

describe('a key that is rotated', () => {
  test('opens nothing any more, and the new one all', async () => {
    const { storage } = await filled(KEY);
    const { db, visits } = await open(storage, KEY);
    const rotating = db.rotateKey(OTHER);
    for (let turn = 0; turn < 20; turn++) await visits.create({ Priority: turn });
    await rotating;
    await visits.create({ Priority: 99 });
    const content = JSON.stringify(visits.find());
    await db.close();
    expect(await codeOf(() => open(storage, KEY))).toBe('WRONG_KEY');
    expect(await contentOf(storage, OTHER)).toBe(content);
    // The ring of before, put back, opens nothing either.
    const now = last(storage);
    const back = crashStorage({
      ...now,
      blocks: new Map([...now.blocks, ['0-0-keys', ringOf(storage.photos[5] as Photo)]]),
    });
    expect(await codeOf(() => open(back, KEY))).toBe('STORAGE_CORRUPT');
  });

  test('is rotated once at a time, and only where there is one', async () => {
    const { db } = await open(memoryStorage(), KEY);
    const first = db.rotateKey(OTHER);
    expect(await codeOf(() => db.rotateKey(THIRD))).toBe('INVALID_OPTION');
    await first;
    await db.rotateKey(THIRD);
    await db.close();
    expect(await codeOf(() => db.rotateKey(KEY))).toBe('DATABASE_CLOSED');
    for (const storage of [memoryStorage(), undefined]) {
      const plain = await openAny({ objects, storage, env: createFakeEnvironment() });
      await expect(plain.rotateKey(KEY)).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: expect.stringContaining('open it with one'),
      });
      await plain.close();
    }
  });

  test('while a database is closed is rotated to the end', async () => {
    const { storage, content } = await filled(KEY);
    const { db } = await open(storage, KEY);
    const rotating = db.rotateKey(OTHER);
    await db.close();
    await rotating;
    const photos = storage.photos.length;
    expect(await contentOf(storage, OTHER)).toBe(content);
    expect(storage.photos.length).toBe(photos);
  });

  test('of a database with nothing in it opens it, while its first records are written', async () => {
    const storage = crashStorage();
    const { db, visits } = await open(storage, KEY);
    const writing = visits.create({ Priority: 1 });
    await Promise.all([db.rotateKey(OTHER), writing, visits.create({ Priority: 2 })]);
    const content = JSON.stringify(visits.find());
    await db.close();
    expect(await contentOf(storage, OTHER)).toBe(content);
  });

  test('in a storage that fails is the old one or the new one, as the error says', async () => {
    for (const [failing, opens] of [
      ['0-0-keys', KEY],
      ['1-rows', OTHER],
    ] as const) {
      const { storage, content } = await filled(KEY);
      let isBroken = true;
      const broken: Storage = {
        kind: 'broken',
        connect: async (name) => {
          const inner = await storage.connect(name);
          return Object.assign(Object.create(inner), {
            write: (...[change, durable]: Parameters<typeof inner.write>) =>
              isBroken && change.put.some(({ key }) => key.startsWith(failing))
                ? Promise.reject(new Error('the cable was pulled'))
                : inner.write(change, durable),
          });
        },
      };
      const { db } = await open(broken, KEY);
      const error = await db.rotateKey(OTHER).catch((thrown: unknown) => thrown);
      expect(String(error).includes('the new key opens')).toBe(opens === OTHER);
      await db.close();
      isBroken = false;
      expect(await contentOf(broken, opens)).toBe(content);
    }
  });
});

describe('a backup of an encrypted database', () => {
  const bytesOf = async (pieces: AsyncIterable<Uint8Array>) => {
    const all: Uint8Array[] = [];
    for await (const piece of pieces) all.push(piece);
    return Buffer.concat(all);
  };
  async function* piecesOf(bytes: Uint8Array, size = 999): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  async function backedUp(key?: StorageKey) {
    const { db, visits } = await open(memoryStorage(), key);
    await visits.create(Array.from({ length: 50 }, (_, at) => ({ Priority: at, Subject: `subject ${at}` })));
    const bytes = await bytesOf(db.backup());
    const content = JSON.stringify(visits.find());
    await db.close();
    return { bytes, content };
  }

  test('holds nothing in the clear, where one of a plain database does', async () => {
    for (const key of [KEY, undefined]) {
      const db = await openCanaries({ storage: memoryStorage(), ...(key !== undefined && { key }) });
      const canaries = await releaseCanaries(db);
      const found = findCanaries(canaries, [await bytesOf(db.backup())]);
      if (key === undefined) expect(found.length).toBeGreaterThan(20);
      else expect(found).toEqual([]);
      await db.close();
    }
  });

  test('is restored with its key alone, and is encrypted there', async () => {
    const { bytes, content } = await backedUp(KEY);
    const storage = crashStorage();
    for (const key of [undefined, OTHER, 'a passphrase'] as const)
      expect(await codeOf(() => restoreBackup(storage, 'law', piecesOf(bytes), { key }))).toBe('WRONG_KEY');
    expect(last(storage).blocks.size).toBe(0);
    expect(await restoreBackup(storage, 'law', piecesOf(bytes), { key: KEY })).toBe(50);
    expect(await codeOf(() => open(storage))).toBe('WRONG_KEY');
    expect(await contentOf(storage, KEY)).toBe(content);
    expect(await codeOf(() => restoreBackup(storage, 'law', piecesOf(bytes), { key: KEY }))).toBe('INVALID_OPTION');
  });

  test('of one that was plain is restored encrypted with a key', async () => {
    const { bytes, content } = await backedUp();
    const storage = crashStorage();
    await restoreBackup(storage, 'law', piecesOf(bytes), { key: KEY });
    expect(await codeOf(() => open(storage))).toBe('WRONG_KEY');
    expect(await contentOf(storage, KEY)).toBe(content);
  });

  test('with any byte changed, or cut anywhere, is refused, and nothing of it stays', async () => {
    const { bytes } = await backedUp(KEY);
    const storage = crashStorage();
    for (let at = 0; at < bytes.length; at += 23) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] as number) ^ 4;
      for (const broken of [damaged, bytes.subarray(0, at)]) {
        const restoring = () => restoreBackup(storage, 'law', piecesOf(broken), { key: KEY });
        expect(await codeOf(restoring), `byte ${at}`).toBe('STORAGE_CORRUPT');
      }
    }
    expect(last(storage).blocks.size).toBe(0);
  });
});

test('a data key that has encrypted enough gives way to another by itself, and the key given opens all as before', async () => {
  const storage = crashStorage();
  const env = createFakeEnvironment({ seed: 77 });
  const { store, readers } = openParts({ name: 'law', objects, env });
  const connection = await EncryptedConnection.open(await storage.connect('law'), KEY, env, 30);
  const onError = (error: unknown) => {
    throw error;
  };
  const { state } = await recover(connection, store, { tell: () => undefined });
  const journal = new Journal(store, connection, state, {
    kind: 'crash',
    durability: 'strict',
    compactBytes: 1e9,
    onError,
  });
  const encryption = new Encryption(connection, journal, onError);
  const rings = () => new Set(storage.photos.map(({ blocks }) => String(blocks.get('0-0-keys'))));
  const visits = new Collection<unknown>({
    store,
    reader: readers.get('Visit') as Reader,
  } as unknown as ConstructorParameters<typeof Collection>[0]) as unknown as ReturnType<typeof collectionOf>;
  for (let turn = 0; turn < 40; turn++) await visits.create({ Priority: turn });
  await encryption.settled();
  // None, the first, both, and the second alone; and again, as a commit and its mark are two.
  expect(rings().size).toBeGreaterThanOrEqual(4);
  expect(connection.isUnfinished).toBe(false);
  const content = JSON.stringify(visits.find({}));
  await journal.close();
  expect(await contentOf(storage, KEY)).toBe(content);
});
