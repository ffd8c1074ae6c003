import { beforeEach, describe, expect, test } from 'vitest';
import { defineObject, openDatabase } from '../../../src/index.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';

const Visit = defineObject({
  name: 'Visit',
  fields: {
    Kind: { type: 'string' },
    Count: { type: 'int' },
    At: { type: 'dateTime' },
    Note: { type: 'textarea' },
    Labels: { type: 'list', of: { type: 'string' } },
    Device: { type: 'object', fields: { name: { type: 'string' } } },
  },
});

const COUNT = 4096;

async function open(autoIndex = true, count = COUNT) {
  const db = await openDatabase({ name: 'advice', objects: [Visit], env: createFakeEnvironment(), autoIndex });
  await db.Visit.create(
    Array.from({ length: count }, (_, i) => ({
      Kind: `kind ${i % 500}`,
      Count: i,
      At: new Date(i * 60_000),
      Note: `note ${i % 500}`,
      Labels: [`label ${i % 500}`],
      Device: { name: `device ${i % 500}` },
    })),
  );
  return db.Visit;
}

type Visits = Awaited<ReturnType<typeof open>>;
type Query = Parameters<Visits['find']>[0];

let visits: Visits;

beforeEach(async () => {
  visits = await open();
});

/** How often a query is run before an index serves it; undefined when none comes. */
function scansUntilIndexed(query: Query, most = 100): number | undefined {
  for (let scans = 0; scans <= most; scans++) {
    if (visits.explain(query as never).index !== undefined) return scans;
  }
  return undefined;
}

describe('an index comes', () => {
  test.each([
    ['a text', { where: { Kind: 'kind 7' } }],
    ['several texts', { where: { Kind: { $in: ['kind 7', 'kind 8'] } } }],
    ['the beginning of a text', { where: { Kind: { $like: 'kind 123%' } } }],
    ['a number', { where: { Count: 7 } }],
    ['a range', { where: { Count: { $gte: 7, $lt: 20 } } }],
    ['a time', { where: { At: { $gte: new Date(0), $lt: new Date(600_000) } } }],
    ['null', { where: { Kind: null } }],
  ] as const)('once scans for %s have cost what building it does', (_, query) => {
    const before = visits.find(query as never);
    const scans = scansUntilIndexed(query as never) as number;
    expect(scans).toBeGreaterThan(20);
    expect(scans).toBeLessThanOrEqual(40);
    expect(visits.find(query as never)).toEqual(before);
  });

  test('for one of several conditions', () => {
    const query = { where: { Kind: 'kind 7', Note: 'note 7' } };
    expect(scansUntilIndexed(query as never)).toBeDefined();
    expect(visits.explain(query as never)).toMatchObject({ index: ['Kind'], tested: ['Note'] });
  });

  test('sooner where the records themselves have to be read', () => {
    expect(scansUntilIndexed({ where: { Kind: 'kind 7', Note: 'note 7' } } as never)).toBeLessThanOrEqual(6);
  });

  test('also where the recycle bin holds records', async () => {
    const { Id } = visits.findOne() as { Id: string };
    await visits.delete(Id);
    expect(scansUntilIndexed({ where: { Kind: 'kind 7' }, limit: 50 } as never)).toBeDefined();
  });

  test('sooner than all records have been looked at many times over', () => {
    for (let i = 0; i < 40; i++) visits.find({ where: { Kind: 'kind 7' } });
    expect(visits.explain({ where: { Kind: 'kind 9' } }).visited).toBeLessThan(20);
  });

  test('and is kept in step with later writes', async () => {
    scansUntilIndexed({ where: { Kind: 'kind 7' } });
    const first = visits.findOne({ where: { Kind: 'kind 7' } })?.Id as string;
    await visits.update({ Id: first, Kind: 'kind 8' });
    await visits.create({ Kind: 'kind 7' });
    const found = visits.find({ where: { Kind: 'kind 7' } });
    expect(visits.explain({ where: { Kind: 'kind 7' } }).index).toEqual(['Kind']);
    expect(found).toEqual(visits.find().filter(({ Kind }) => Kind === 'kind 7'));
  });
});

describe('no index comes', () => {
  test.each([
    ['what most records fit', { where: { Count: { $gte: 10 } } }],
    ['what is not so', { where: { Kind: { $ne: 'kind 7' } } }],
    ['what is not in a list', { where: { Count: { $nin: [7] } } }],
    ['what lies anywhere in a text', { where: { Kind: { $like: '%12%' } } }],
    ['a long text', { where: { Note: 'note 7' } }],
    ['the elements of a list', { where: { Labels: 'label 7' } }],
    ['a place in a nested value', { where: { 'Device.name': 'device 7' } }],
    ['either of two', { where: { $or: [{ Kind: 'kind 7' }, { Count: 7 }] } }],
  ])('for %s', (_, query) => {
    expect(scansUntilIndexed(query as never)).toBeUndefined();
  });

  test('where few records are held', async () => {
    visits = await open(true, 500);
    expect(scansUntilIndexed({ where: { Kind: 'kind 7' } })).toBeUndefined();
  });

  test('where the database was told not to', async () => {
    visits = await open(false);
    expect(scansUntilIndexed({ where: { Kind: 'kind 7' } })).toBeUndefined();
    expect(visits.count({ where: { Kind: 'kind 7' } })).toBe(9);
  });
});
