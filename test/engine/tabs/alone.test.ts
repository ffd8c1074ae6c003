import { describe, expect, test } from 'vitest';
import { EngineError, memoryStorage, type Storage } from '../../../src/index.ts';
import { codeOf, collectionOf, openAny } from '../../instruments/any-database.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { createVisitObjects } from '../../instruments/visit-object.ts';

const objects = createVisitObjects('trimmed');

/** A storage with room for so many writes, until it gets more. */
function crampedStorage(room: number): { storage: Storage; clear(): void } {
  const inner = memoryStorage();
  let left = room;
  const storage: Storage = {
    kind: 'cramped',
    async connect(name) {
      const connection = await inner.connect(name);
      return {
        read: () => connection.read(),
        close: () => connection.close(),
        async write(change, durable) {
          if (left-- <= 0)
            throw new EngineError([{ statusCode: 'STORAGE_FULL', message: 'the disk has no room left', fields: [] }]);
          await connection.write(change, durable);
        },
      };
    },
  };
  return { storage, clear: () => (left = Number.POSITIVE_INFINITY) };
}

/** A storage that cannot be connected to while its disk is gone. */
function fickleStorage(storage: Storage, disk: { readonly isGone: boolean }): Storage {
  return {
    ...storage,
    connect: (name) => {
      if (disk.isGone) throw new EngineError([{ statusCode: 'STORAGE_FAILED', message: 'no disk', fields: [] }]);
      return storage.connect(name);
    },
  };
}

async function open(storage: Storage, options: object = {}) {
  const env = createFakeEnvironment({ seed: Math.floor(Math.random() * 1e9) });
  const db = await openAny({ objects, storage, env, onError: () => undefined, ...options });
  return { db, visits: collectionOf(db, 'Visit') };
}

describe.each([
  ['alone', {}],
  ['in a tab', { shared: true }],
])('a database whose disk is full, %s,', (_, options) => {
  test.each([0, 1, 2, 3])('after %i writes goes on once there is room, without what was not kept', async (room) => {
    const { storage, clear } = crampedStorage(room);
    const { db, visits } = await open(storage, {
      ...options,
      env: { ...createFakeEnvironment({ seed: room }), channel },
    });
    const live = visits.live({ orderBy: [{ Subject: 'asc' }] });
    const shown = () => live.getSnapshot().map(({ Subject }) => Subject);
    const subjects: string[] = [];
    for (let turn = 0; turn < room; turn++) {
      await visits.create({ Subject: `kept ${turn}` });
      subjects.push(`kept ${turn}`);
    }
    expect(await codeOf(() => visits.create({ Subject: 'lost' }))).toBe('STORAGE_FULL');
    expect(await codeOf(() => visits.create({ Subject: 'refused' }))).toBe('STORAGE_FULL');
    expect(db.health()?.failure).toBe('STORAGE_FULL');
    expect(shown()).toEqual([...subjects, 'lost']);
    clear();
    const first = visits.find({ limit: 1 })[0];
    await Promise.all([db.reopen(), db.reopen()]);
    expect(shown()).toEqual(subjects);
    // What was kept is the same record as before.
    if (room > 0) expect(visits.find({ limit: 1 })[0]).toBe(first);
    expect(db.health()?.failure).toBe(undefined);
    expect([db.sequence, db.storedSequence]).toEqual([room, room]);
    await visits.create({ Subject: 'later' });
    expect(shown()).toEqual([...subjects, 'later']);
    await db.close();
    const again = await open(storage);
    expect(again.visits.find({}).map(({ Subject }) => Subject)).toEqual([...subjects, 'later']);
    await again.db.close();
  });

  test('can be tried again as long as there is none', async () => {
    const { storage, clear } = crampedStorage(1);
    const disk = { isGone: false };
    const fickle = fickleStorage(storage, disk);
    const { db, visits } = await open(fickle, { ...options, env: { ...createFakeEnvironment({ seed: 9 }), channel } });
    await visits.create({ Subject: 'kept' });
    await codeOf(() => visits.create({ Subject: 'lost' }));
    disk.isGone = true;
    expect(await codeOf(() => db.reopen())).toBe('STORAGE_FAILED');
    expect(await codeOf(() => visits.create({}))).toMatch(/STORAGE_F/);
    disk.isGone = false;
    clear();
    await db.reopen();
    expect(visits.find({}).map(({ Subject }) => Subject)).toEqual(['kept']);
    await visits.create({ Subject: 'later' });
    await db.close();
  });
});

test('reopening a database that is well does nothing', async () => {
  const { db, visits } = await open(memoryStorage());
  await visits.create({});
  await db.reopen();
  expect(db.sequence).toBe(1);
  const plain = await openAny({ objects, env: createFakeEnvironment() });
  await plain.reopen();
  await db.close();
  await plain.close();
});

test('a database that was rotated to a key while the disk filled up is reopened with whichever key counts', async () => {
  const [before, after] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  for (const room of [0, 1, 2]) {
    const inner = memoryStorage();
    const { db } = await open(inner, { key: before });
    await collectionOf(db, 'Visit').create({ Subject: 'kept' });
    await db.close();
    let left = Number.POSITIVE_INFINITY;
    const storage: Storage = {
      kind: 'cramped',
      connect: async (name) => {
        const connection = await inner.connect(name);
        return {
          read: () => connection.read(),
          close: () => connection.close(),
          async write(change, durable) {
            if (left-- <= 0) throw new Error('disk failed');
            await connection.write(change, durable);
          },
        };
      },
    };
    const again = await open(storage, { key: before });
    left = room;
    await codeOf(() => again.db.rotateKey(after));
    await codeOf(() => again.visits.create({ Subject: 'lost' }));
    left = Number.POSITIVE_INFINITY;
    await again.db.reopen();
    expect(again.visits.find({}).map(({ Subject }) => Subject)).toEqual(['kept']);
    await again.visits.create({ Subject: 'later' });
    await again.db.close();
    const codes: (string | undefined)[] = [];
    for (const key of [before, after]) codes.push(await codeOf(async () => (await open(inner, { key })).db.close()));
    expect(codes.filter((code) => code !== undefined)).toEqual(['WRONG_KEY']);
  }
});

test('a reopening that is tried again takes no storage from who has it by then', async () => {
  const { storage, clear } = crampedStorage(1);
  const disk = { isGone: false };
  const fickle = fickleStorage(storage, disk);
  const { db, visits } = await open(fickle);
  await visits.create({ Subject: 'kept' });
  await codeOf(() => visits.create({ Subject: 'lost' }));
  disk.isGone = true;
  expect(await codeOf(() => db.reopen())).toBe('STORAGE_FAILED');
  disk.isGone = false;
  clear();
  const other = await open(fickle);
  expect(await codeOf(() => db.reopen())).toBe('STORAGE_LOCKED');
  await other.visits.create({ Subject: 'by the other' });
  expect(await codeOf(() => open(fickle))).toBe('STORAGE_LOCKED');
  await other.db.close();
  await db.reopen();
  expect(visits.find({}).map(({ Subject }) => Subject)).toEqual(['kept', 'by the other']);
  await db.close();
});

test('what a reopening brings back stands where it stood', async () => {
  const { storage, clear } = crampedStorage(3);
  const { db, visits } = await open(storage);
  const ids = (await visits.create(['a', 'b', 'c'].map((Subject) => ({ Subject })))).map(({ id }) => id as string);
  await visits.delete([ids[0] as string, ids[1] as string]);
  await visits.create({ Subject: 'd' });
  await codeOf(() => visits.emptyRecycleBin([ids[0] as string, ids[1] as string]));
  clear();
  await db.reopen();
  await visits.undelete([ids[1] as string, ids[0] as string]);
  const subjects = visits.find({}).map(({ Subject }) => Subject);
  expect(subjects).toEqual(['a', 'b', 'c', 'd']);
  await db.close();
  const again = await open(storage);
  expect(again.visits.find({}).map(({ Subject }) => Subject)).toEqual(subjects);
  await again.db.close();
});

/** Nobody else listens. */
function channel() {
  return { send: () => undefined, hold: () => undefined, close: () => undefined };
}
