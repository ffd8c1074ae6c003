import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatabaseCore } from '../../../src/engine/database.ts';
import { openStoredParts } from '../../../src/engine/open-parts.ts';
import { openBlock, sealBlock } from '../../../src/engine/storage/envelope.ts';
import { decodeJson, encodeJson } from '../../../src/engine/storage/json-bytes.ts';
import type { Storage, StoredBlock } from '../../../src/engine/storage/storage.ts';
import { memoryStorage } from '../../../src/index.ts';
import { type AnyDatabase, codeOf, collectionOf, USER_ID } from '../../instruments/any-database.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { SEAT_OBJECTS } from '../../instruments/seat-objects.ts';
import { createVisitObjects } from '../../instruments/visit-object.ts';

const objects = createVisitObjects('trimmed');
const indexes = { Visit: ['Subject', 'Priority', ['Subject', 'Priority'], 'StartTime'] };

/** A database with its tables, whose work can be counted. */
async function open(storage: Storage, given: Readonly<Record<string, unknown>> = {}) {
  const env = createFakeEnvironment({ seed: Math.floor(Math.random() * 1e9) });
  const parts = await openStoredParts({
    name: 'counted',
    objects,
    user: USER_ID,
    storage,
    env,
    indexes,
    ...given,
  } as never);
  const db = new DatabaseCore(parts) as unknown as AnyDatabase;
  const visits = collectionOf(db, 'Visit');
  const { table } = parts.store.entity('Visit');
  const sorted = () => table.indexes.filter(({ isSorted }) => isSorted).map(({ fields }) => fields.join());
  return { db, visits, table, sorted, store: parts.store };
}

/** 6,000 visits in two blocks, and a log after them. */
async function filled(): Promise<{ storage: Storage; ids: string[] }> {
  const storage = memoryStorage();
  const { db, visits } = await open(storage);
  const inputs = Array.from({ length: 6000 }, (_, at) => ({
    Subject: `subject ${at % 40}`,
    Priority: (at * 7919) % 6000,
  }));
  const ids = (await visits.create(inputs)).map(({ id }) => id as string);
  await db.compact();
  await visits.update({ Id: ids[5000] as string, Subject: 'changed' });
  await visits.delete(ids[1] as string);
  await visits.create({ Subject: 'added' });
  await db.close();
  return { storage, ids };
}

const firstFifty = { where: { Subject: 'subject 3' }, orderBy: [{ Priority: 'desc' }], limit: 50 };

describe('when a database is opened', () => {
  test('no record is made and no index sorted', async () => {
    const { storage } = await filled();
    const { db, visits, table, sorted } = await open(storage);
    expect([table.unmadeCount, visits.size, sorted()]).toEqual([6001, 6000, []]);
    await db.close();
  });

  test('a find of fifty makes fifty records and sorts the one index that serves it', async () => {
    const { storage } = await filled();
    const { db, visits, table, sorted } = await open(storage);
    expect(visits.find(firstFifty).length).toBe(50);
    expect([table.unmadeCount, sorted()]).toEqual([6001 - 50, ['Subject,Priority']]);
    visits.find(firstFifty);
    expect(table.unmadeCount).toBe(6001 - 50);
    await db.close();
  });

  test('counting, and grouping but for the first record of a group, make none', async () => {
    const { storage } = await filled();
    const { db, visits, table } = await open(storage);
    expect(visits.count({ where: { Priority: { $lt: 600 } } })).toBe(600);
    expect(table.unmadeCount).toBe(6001);
    visits.aggregate({ groupBy: ['Subject'], select: { n: { $count: '*' }, sum: { $sum: 'Priority' } } });
    expect(table.unmadeCount).toBe(6001 - 42);
    await db.close();
  });

  test('a record that is made and changed since is found by a field that nobody has asked for before', async () => {
    const { storage } = await filled();
    const { db, visits } = await open(storage);
    await visits.create({});
    const { id } = await visits.create({ StartTime: '2026-01-12T08:00:00.000Z' });
    await visits.update({ Id: id as string, StartTime: '2026-01-12T09:00:00.000Z' });
    await visits.delete((await visits.create({})).id as string);
    const found = visits.find({ where: { StartTime: { $gt: '2026-01-12T08:30:00.000Z' } } });
    expect(found.map(({ Id }) => Id)).toEqual([id]);
    await db.close();
  });

  test('a record that is looked up is made alone, with what the log has changed in it', async () => {
    const { storage, ids } = await filled();
    const { db, visits, table, sorted } = await open(storage);
    expect(visits.get(ids[5000] as string)).toMatchObject({ Subject: 'changed', Priority: (5000 * 7919) % 6000 });
    expect(visits.get(ids[1] as string)).toBe(undefined);
    expect([table.unmadeCount, sorted()]).toEqual([6000, []]);
    expect(visits.get(ids[5000] as string)).toBe(visits.find({ where: { Subject: 'changed' } })[0]);
    await db.close();
  });

  test('a write makes the records it touches, and sorts no index but that by which a delete finds children', async () => {
    const { storage, ids } = await filled();
    const { db, visits, table, sorted } = await open(storage);
    await visits.create({ Subject: 'subject 3', Priority: 9999 });
    await visits.update({ Id: ids[3] as string, Priority: 9998 });
    await visits.delete(ids[43] as string);
    expect([table.unmadeCount, sorted()]).toEqual([6001 - 2, ['ParentId']]);
    expect(
      visits
        .find(firstFifty)
        .slice(0, 2)
        .map(({ Priority }) => Priority),
    ).toEqual([9999, 9998]);
    expect(visits.count({ where: { Subject: 'subject 3' } })).toBe(150);
    await db.close();
  });

  test('a compaction or backup makes none for good, and what it writes is whole', async () => {
    const { storage } = await filled();
    const { db, table, visits } = await open(storage);
    await db.compact();
    for await (const piece of db.backup()) expect(piece.length).toBeGreaterThan(0);
    expect(table.unmadeCount).toBe(6001);
    const before = visits.find({});
    await db.close();
    const again = await open(storage);
    expect(again.visits.find({})).toEqual(before);
    await again.db.close();
  });

  test('all that was stored is let go of when every record is made, and ids are still found', async () => {
    const { storage, ids } = await filled();
    const { db, visits, table } = await open(storage);
    visits.find({ deleted: 'include' });
    expect(table.unmadeCount).toBe(0);
    expect(visits.get(ids[17] as string)?.Id).toBe(ids[17]);
    expect(visits.count({ where: { Subject: 'subject 3' } })).toBe(150);
    await db.close();
  });
});

test('a unique key is kept by records that nobody has read, of which it makes none', async () => {
  const storage = memoryStorage();
  const given = { objects: [...SEAT_OBJECTS, ...objects], indexes: {} };
  const { db } = await open(storage, given);
  const rows = Array.from({ length: 300 }, (_, at) => ({ Code: `code ${at}`, Zone: 'A', Place: at }));
  await collectionOf(db, 'Seat').create([...rows, { Zone: 'A' }]);
  await db.compact();
  await db.close();
  const again = await open(storage, given);
  const seats = collectionOf(again.db, 'Seat');
  const { table } = again.store.entity('Seat');
  expect((await seats.create({ Code: 'another', Zone: 'A' })).success).toBe(true);
  expect(table.unmadeCount).toBe(301);
  expect(await codeOf(() => seats.create({ Code: 'CODE 7' }))).toBe('DUPLICATE_VALUE');
  expect(await codeOf(() => seats.create({ Zone: 'A', Place: 8 }))).toBe('DUPLICATE_VALUE');
  // Those whose ids the errors tell.
  expect(table.unmadeCount).toBe(299);
  await again.db.close();
});

describe('a block that is whole and was not written by this program', () => {
  /** The storage of some visits with the payload of its only block of rows changed, and all seals as they should be. */
  async function tampered(change: (payload: Uint8Array) => void): Promise<Storage> {
    const storage = memoryStorage();
    const { db, visits } = await open(storage);
    await visits.create(
      Array.from({ length: 40 }, (_, at) => ({ Subject: `s${at % 3}`, Notes: `n${at}`, Labels: ['a'] })),
    );
    await visits.delete(visits.find({})[3]?.Id as string);
    await db.compact();
    await db.close();
    const connection = await storage.connect('counted');
    const blocks: StoredBlock[] = [];
    for await (const block of connection.read()) blocks.push(block);
    const [head, rows] = blocks.map(({ key, bytes }) => ({ key, ...openBlock(key, bytes, 0) }));
    if (head === undefined || rows === undefined) throw new Error('there is a head, and a block of rows');
    const payload = rows.payload.slice();
    change(payload);
    const sealed = sealBlock({ ...rows, payload });
    const text = { ...(decodeJson(head.payload) as object), rowsChecksum: sealed.checksum };
    const newHead = sealBlock({ ...head, payload: encodeJson(text) });
    const put = [
      { key: head.key, bytes: newHead.bytes },
      { key: rows.key, bytes: sealed.bytes },
    ];
    await connection.write({ put }, true);
    await connection.close();
    return storage;
  }

  test.each<[string, (payload: Uint8Array) => void]>([
    ['more records than fit', (payload) => payload.fill(255, 4, 8)],
    ['no records', (payload) => payload.fill(0, 4, 8)],
    ['another number of records', (payload) => payload.fill(41, 4, 5)],
    ['an object that is none', (payload) => payload.fill(99, 0, 1)],
    ['columns of no known kind', (payload) => payload.fill(77, 8)],
  ])('with %s, is told of when the database is opened', async (_, change) => {
    const storage = await tampered(change);
    expect(await codeOf(() => open(storage))).toBe('STORAGE_CORRUPT');
  });

  test('is told of when it is opened or read, or reads as something, wherever a byte of it is another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100_000), fc.integer({ min: 1, max: 255 }), async (place, by) => {
        const storage = await tampered((payload) => {
          const at = place % payload.length;
          payload[at] = (payload[at] as number) ^ by;
        });
        const code = await codeOf(async () => {
          const { db, visits } = await open(storage);
          try {
            visits.find({ deleted: 'include' });
          } finally {
            await db.close();
          }
        });
        expect([undefined, 'STORAGE_CORRUPT']).toContain(code);
      }),
      { numRuns: 150 },
    );
  });
});
