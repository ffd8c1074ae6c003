import { describe, expect, test } from 'vitest';
import {
  EngineError,
  memoryStorage,
  repairDatabase,
  type Storage,
  type StorageConnection,
} from '../../../src/index.ts';
import { codeOf, collectionOf, openAny } from '../../instruments/any-database.ts';
import { crashStorage, type Photo } from '../../instruments/crash-storage.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { createVisitObjects } from '../../instruments/visit-object.ts';

const objects = createVisitObjects('trimmed');

type Writes = StorageConnection['write'];

/** A storage in memory whose writes go through `write`. */
function through(storage: Storage, write: (next: Writes) => Writes): Storage {
  return {
    kind: 'watched',
    connect: async (name) => {
      const connection = await storage.connect(name);
      return {
        read: () => connection.read(),
        close: () => connection.close(),
        write: write((change, durable) => connection.write(change, durable)),
      };
    },
  };
}

async function open(storage: Storage, options: object = {}) {
  const errors: unknown[] = [];
  const env = createFakeEnvironment({ seed: Math.floor(Math.random() * 1e9) });
  const db = await openAny({ objects, storage, env, onError: (error: unknown) => errors.push(error), ...options });
  return { db, errors, visits: collectionOf(db, 'Visit') };
}

describe('commits', () => {
  test('of one turn go in one write, however many they are', async () => {
    const writes: boolean[] = [];
    const storage = through(memoryStorage(), (next) => (change, durable) => {
      writes.push(durable);
      return next(change, durable);
    });
    const { db, visits } = await open(storage);
    await Promise.all(Array.from({ length: 50 }, (_, at) => visits.create({ Priority: at })));
    expect(writes).toEqual([true]);
    await visits.create({});
    await visits.create({});
    expect(writes.length).toBe(3);
    await db.close();
  });

  test('made while a write is on its way go together in the next', async () => {
    const held: (() => void)[] = [];
    let writes = 0;
    const storage = through(memoryStorage(), (next) => async (change, durable) => {
      writes++;
      await new Promise<void>((resolve) => held.push(resolve));
      return next(change, durable);
    });
    const { db, visits } = await open(storage);
    const first = visits.create({});
    await new Promise((resolve) => setImmediate(resolve));
    const others = Array.from({ length: 20 }, () => visits.create({}));
    await new Promise((resolve) => setImmediate(resolve));
    expect([writes, db.sequence, db.storedSequence]).toEqual([1, 21, 0]);
    held.shift()?.();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    expect([writes, db.storedSequence]).toEqual([2, 1]);
    held.shift()?.();
    await Promise.all(others);
    expect(db.storedSequence).toBe(21);
    await db.close();
  });

  test('are told as not yet durable, and are found so when they are', async () => {
    const { db, visits } = await open(memoryStorage());
    const told: unknown[] = [];
    db.changes$.subscribe(({ sequence, durable }) => told.push([sequence, durable]));
    await visits.create({});
    expect(told).toEqual([[1, false]]);
    expect(db.changesSince(0).map(({ durable }) => durable)).toEqual([true]);
    await db.close();
  });

  test('of a transaction are waited for by flush', async () => {
    const { db } = await open(memoryStorage());
    db.transaction((tx) => (tx as unknown as { Visit: { create(record: object): void } }).Visit.create({}));
    expect([db.sequence, db.storedSequence]).toEqual([1, 0]);
    await db.flush();
    expect(db.storedSequence).toBe(1);
    await db.close();
  });

  test.each([
    ['strict', [true], 1],
    ['relaxed', [false], 1],
    ['memory', [], 0],
  ] as const)('are as durable as %s says when their promise settles', async (durability, expected, stored) => {
    const writes: boolean[] = [];
    const storage = through(memoryStorage(), (next) => async (change, durable) => {
      await new Promise((resolve) => setImmediate(resolve));
      writes.push(durable);
      return next(change, durable);
    });
    const { db, visits } = await open(storage, { durability });
    await visits.create({});
    expect([writes, db.storedSequence]).toEqual([expected, stored]);
    await db.close();
  });
});

describe('a storage that fails', () => {
  async function failing(reason: unknown) {
    let isBroken = false;
    const storage = through(
      memoryStorage(),
      (next) => (change, durable) => (isBroken ? Promise.reject(reason) : next(change, durable)),
    );
    const opened = await open(storage);
    await opened.visits.create({ Priority: 1 });
    isBroken = true;
    return { ...opened, storage, mend: () => (isBroken = false) };
  }

  test.each([
    ['STORAGE_FAILED', new Error('the cable was pulled')],
    ['STORAGE_FULL', new EngineError([{ statusCode: 'STORAGE_FULL', message: 'no room', fields: [] }])],
  ])('with %s refuses what waits and what comes later, and leaves reading as it was', async (code, reason) => {
    const { db, errors, visits } = await failing(reason);
    expect(await Promise.all([codeOf(() => visits.create({})), codeOf(() => visits.create({}))])).toEqual([code, code]);
    expect(await codeOf(() => visits.create({}))).toBe(code);
    expect(await codeOf(() => db.flush())).toBe(code);
    expect(() => db.transaction(() => undefined)).toThrow(expect.objectContaining({ code }));
    expect(visits.find({ where: { Priority: 1 } })).toHaveLength(1);
    expect(db.health()).toMatchObject({ failure: code, storedSequence: 1 });
    expect(errors).toEqual([reason]);
    expect(await codeOf(() => db.close())).toBe(code);
  });

  test('is gone on from where it was, once it works again and is opened anew', async () => {
    const { db, visits, storage, mend } = await failing(new Error('the cable was pulled'));
    await codeOf(() => visits.create({ Priority: 2 }));
    await codeOf(() => db.close());
    mend();
    const again = await open(storage);
    expect(again.visits.find({ select: ['Priority'] })).toEqual([{ Priority: 1 }]);
    await again.visits.create({ Priority: 3 });
    await again.db.close();
  });

  test('while all is written anew does not keep writes from being kept', async () => {
    const storage = through(
      memoryStorage(),
      (next) => (change, durable) =>
        change.put.some(({ key }) => key.startsWith('1-rows'))
          ? Promise.reject(new Error('no'))
          : next(change, durable),
    );
    const { db, visits } = await open(storage);
    await visits.create({});
    await expect(db.compact()).rejects.toThrow('no');
    await visits.create({});
    expect(db.storedSequence).toBe(2);
    await db.close();
    const again = await open(storage);
    expect(again.visits.size).toBe(2);
    await again.db.close();
  });
});

describe('writing all anew', () => {
  test('asked for while another runs holds what came since that began', async () => {
    const { db, visits } = await open(memoryStorage());
    await visits.create({});
    const first = db.compact();
    await visits.create({});
    await Promise.all([db.compact(), db.compact()]);
    expect(db.health()).toMatchObject({ snapshotSequence: 2, logBytes: 0 });
    await first;
    await db.close();
  });

  test('has all its rows on the medium before the head that speaks of them', async () => {
    const writes: string[] = [];
    const storage = through(memoryStorage(), (next) => (change, durable) => {
      for (const { key } of change.put) writes.push(`${key.slice(0, 6)} ${durable ? 'durable' : 'not durable'}`);
      return next(change, durable);
    });
    const { db, visits } = await open(storage);
    await visits.create(Array.from({ length: 5_000 }, () => ({})));
    writes.length = 0;
    await db.compact();
    expect(writes).toEqual(['1-rows durable', '1-rows durable', '0-head durable']);
    await db.close();
  });

  test('goes on beside writes, and what is opened afterwards has both', async () => {
    const storage = crashStorage();
    const { db, visits } = await open(storage);
    await visits.create(Array.from({ length: 9_000 }, (_, at) => ({ Priority: at })));
    const compacting = db.compact();
    for (let turn = 0; turn < 20; turn++) await visits.create({ Priority: -turn });
    await compacting;
    await visits.create({ Priority: 7 });
    const held = JSON.stringify(visits.find());
    await db.close();
    const keys = [...(storage.photos.at(-1) as Photo).blocks.keys()].map((key) => key.slice(0, 5));
    expect(new Set(keys)).toEqual(new Set(['0-hea', '1-row', '2-log']));
    const again = await open(storage);
    expect(JSON.stringify(again.visits.find())).toBe(held);
    await again.db.close();
  });

  test('takes away the log before it and the snapshot before that', async () => {
    const storage = crashStorage();
    const { db, visits } = await open(storage);
    for (let turn = 0; turn < 3; turn++) {
      await visits.create({});
      await db.compact();
    }
    const keys = [...(storage.photos.at(-1) as Photo).blocks.keys()].sort();
    expect(keys).toEqual(['0-head', '1-rows-0000000000000003-0000000000000000']);
    await db.close();
  });

  test('of nothing is nothing that cannot be opened', async () => {
    const storage = memoryStorage();
    const { db } = await open(storage);
    await db.compact();
    await db.close();
    const again = await open(storage);
    expect([again.db.sequence, again.visits.size]).toEqual([0, 0]);
    await again.db.close();
  });
});

describe('a damaged database', () => {
  async function damaged(key: (keys: readonly string[]) => string, compactAt: number) {
    const storage = crashStorage();
    const { db, visits } = await open(storage);
    for (let turn = 0; turn < 6; turn++) {
      await visits.create({ Priority: turn });
      if (turn === compactAt) await db.compact();
    }
    await db.close();
    const photo = storage.photos.at(-1) as Photo;
    const blocks = new Map(photo.blocks);
    const chosen = key([...blocks.keys()].sort());
    const bytes = (blocks.get(chosen) as Uint8Array).slice();
    bytes[50] = (bytes[50] as number) ^ 1;
    blocks.set(chosen, bytes);
    return crashStorage({ ...photo, blocks });
  }

  test('is repaired to what is whole, which is said', async () => {
    const storage = await damaged((keys) => keys[4] as string, 1);
    expect(await codeOf(() => open(storage))).toBe('STORAGE_CORRUPT');
    const { sequence, problems, droppedBlocks } = await repairDatabase(storage, 'law');
    expect([sequence, droppedBlocks, problems.length]).toEqual([4, 2, 1]);
    expect(problems[0]).toMatch(/damaged: what is stored is whole up to sequence 4/);
    const { db, visits } = await open(storage);
    expect(visits.find({ select: ['Priority'] }).map(({ Priority }) => Priority)).toEqual([0, 1, 2, 3]);
    await visits.create({});
    await db.close();
    expect(await repairDatabase(storage, 'law')).toEqual({ sequence: 5, problems: [], droppedBlocks: 0 });
  });

  test('is opened to be read, with what is whole, as far as that was asked for', async () => {
    const storage = await damaged((keys) => keys[4] as string, 1);
    const before = storage.photos.length;
    const { db, errors, visits } = await open(storage, { readOnly: true });
    expect(visits.find({ select: ['Priority'] }).map(({ Priority }) => Priority)).toEqual([0, 1, 2, 3]);
    expect(db.health()).toMatchObject({ role: 'reader', failure: 'STORAGE_CORRUPT', storedSequence: 4 });
    expect(errors).toMatchObject([{ code: 'STORAGE_CORRUPT' }]);
    for (const write of [
      () => visits.create({}),
      () => db.compact(),
      () => db.reopen(),
      () => db.rotateKey(new Uint8Array(32)),
      () => db.transaction(() => undefined),
    ])
      expect(await codeOf(write)).toBe('READ_ONLY');
    await db.flush();
    await db.close();
    expect(storage.photos.length).toBe(before);
  });

  test.each([0, 1, 2])('in block %i of three of one commit is repaired to what was before that commit', async (at) => {
    const storage = crashStorage();
    const { db, visits } = await open(storage);
    await visits.create({ Subject: 'before' });
    await visits.create(Array.from({ length: 11_000 }, () => ({})));
    await db.close();
    const logOf = ({ blocks }: Photo) => [...blocks.keys()].filter((key) => key.startsWith('2-log')).sort();
    // Before it was all put in columns: a schema, a commit, and the three blocks of the other.
    const photo = storage.photos.find((one) => logOf(one).length === 5) as Photo;
    const log = logOf(photo);
    const key = log[at + 2] as string;
    const bytes = (photo.blocks.get(key) as Uint8Array).slice();
    bytes[60] = (bytes[60] as number) ^ 1;
    const broken = () => crashStorage({ mark: undefined, blocks: new Map([...photo.blocks, [key, bytes]]) });
    const reading = await open(broken(), { readOnly: true });
    expect(reading.visits.find({}).map(({ Subject }) => Subject)).toEqual(['before']);
    await reading.db.close();
    const repaired = broken();
    expect(await repairDatabase(repaired, 'law')).toMatchObject({ sequence: 1, droppedBlocks: 3 });
    const again = await open(repaired);
    expect(again.visits.find({}).map(({ Subject }) => Subject)).toEqual(['before']);
    await again.visits.create({});
    await again.db.close();
    // So it is where the end of the log is gone.
    const cut = crashStorage({ mark: undefined, blocks: new Map([...photo.blocks].filter(([name]) => name < key)) });
    if (at > 0) {
      expect(await codeOf(() => open(cut))).toBe('STORAGE_CORRUPT');
      expect(await repairDatabase(cut, 'law')).toMatchObject({ sequence: 1, droppedBlocks: at });
      await (await open(cut)).db.close();
    }
  });

  test('that was never there cannot be repaired', async () => {
    expect(await codeOf(() => repairDatabase(memoryStorage(), 'law'))).toBe('NOT_FOUND');
  });

  test('whose snapshot is damaged is left as it is', async () => {
    const storage = await damaged((keys) => keys.find((key) => key.startsWith('1-rows')) as string, 3);
    const before = storage.photos.length;
    expect(await codeOf(() => repairDatabase(storage, 'law'))).toBe('STORAGE_CORRUPT');
    expect(await codeOf(() => open(storage, { readOnly: true }))).toBe('STORAGE_CORRUPT');
    expect(storage.photos.length).toBe(before);
  });
});

test('a database with objects or fields that the program does not have is not opened, and not touched', async () => {
  const storage = crashStorage();
  const { db } = await open(storage);
  await collectionOf(db, 'Step').create({ VisitId: (await collectionOf(db, 'Visit').create({})).id as string });
  await db.close();
  const photos = storage.photos.length;
  const [visit] = objects;
  const opening = openAny({
    objects: [visit as (typeof objects)[number]],
    storage,
    env: createFakeEnvironment({ seed: 9 }),
  });
  expect(await codeOf(() => opening)).toBe('STORAGE_NEWER');
  expect(storage.photos.length).toBe(photos);
});
