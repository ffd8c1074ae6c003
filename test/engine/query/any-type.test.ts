import { beforeEach, describe, expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../../src/index.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { issuesOf } from '../../instruments/session-database.ts';

const Mixed = defineObject({
  name: 'Mixed',
  fields: {
    any: { type: 'anyType' },
    map: { type: 'map', of: { type: 'anyType' } },
    ints: { type: 'list', of: { type: 'int' } },
    day: { type: 'date', externalId: true },
    note: { type: 'string' },
  },
});

async function open() {
  return openDatabase({ name: 'mixed', objects: [Mixed], env: createFakeEnvironment() });
}

let db: Awaited<ReturnType<typeof open>>;

beforeEach(async () => {
  db = await open();
});

describe('a field of any type', () => {
  test('lies in no two ranges of which one is of numbers and one of texts, live or not', async () => {
    const where = { any: { $gt: 1, $gte: 'a' } };
    const live = db.Mixed.live({ where } as never);
    await db.Mixed.create([{ any: 'b' }, { any: 2 }, { any: null }]);
    expect(db.Mixed.find({ where } as never)).toEqual([]);
    expect(db.Mixed.find({ where: { $or: [where] } } as never)).toEqual([]);
    expect(db.Mixed.find({ where: { $and: [{ any: { $gt: 1 } }, { any: { $gte: 'a' } }] } } as never)).toEqual([]);
    expect(live.getSnapshot()).toEqual([]);
  });

  test('groups what has no order apart from null, live or not', async () => {
    const query = { groupBy: ['map.k'], select: { n: { $count: '*' } } } as const;
    const live = db.Mixed.live(query);
    await db.Mixed.create([{ map: { k: true } }, { map: { k: null } }, { map: { k: 1 } }]);
    expect(db.Mixed.aggregate(query)).toHaveLength(3);
    expect(live.getSnapshot()).toEqual(db.Mixed.aggregate(query));
  });

  test('says with what it can be compared', async () => {
    for (const value of [true, {}, Number.NaN])
      expect(await issuesOf(() => db.Mixed.find({ where: { any: { $eq: value } } } as never))).toEqual([
        {
          statusCode: 'INVALID_FIELD',
          message: "'any' can be compared with texts, finite numbers and null alone",
          fields: ['any'],
        },
      ]);
  });
});

test('a sum over the elements of a list is the same live and fresh, though they are too large to take back', async () => {
  const query = { select: { sum: { $sum: 'ints' } } } as const;
  const live = db.Mixed.live(query as never);
  const made = await db.Mixed.create([{ ints: [1e20] }, { ints: [1] }]);
  await db.Mixed.delete(made[0]?.id as string);
  expect(live.getSnapshot()).toEqual([{ sum: 1 }]);
  expect(db.Mixed.aggregate(query as never)).toEqual([{ sum: 1 }]);
});

describe('a date', () => {
  const NINE = new Date('2026-03-05T09:00:00Z');

  test('is found by the Date it was written with', async () => {
    await db.Mixed.create([{ day: NINE }, { day: '2026-03-06' }]);
    const count = (day: unknown) => db.Mixed.count({ where: { day } } as never);
    expect([count(NINE), count('2026-03-05'), count({ $gt: NINE }), count({ $lte: NINE })]).toEqual([1, 1, 1, 1]);
    expect(count({ $in: [NINE, new Date('2026-03-06T23:59:59.999Z')] })).toBe(2);
  });

  test('is the key of an upsert however it is given', async () => {
    await db.Mixed.upsert('day', { day: NINE, note: 'first' });
    await db.Mixed.upsert('day', { day: NINE, note: 'second' });
    await db.Mixed.upsert('day', { day: '2026-03-05', note: 'third' });
    expect(db.Mixed.find()).toMatchObject([{ day: '2026-03-05', note: 'third' }]);
  });
});
