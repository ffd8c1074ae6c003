import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineObject, type ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import { type AnyDatabase, collectionOf, openAny, type Row } from '../instruments/any-database.ts';
import { arbitraryStart, historyOf } from '../instruments/arbitrary-history.ts';
import {
  arbitraryAggregate,
  arbitraryFind,
  arbitraryIndexes,
  arbitraryWhere,
} from '../instruments/arbitrary-queries.ts';
import { expectEqualRows, expectSameIds } from '../instruments/expect-rows.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { type AggregateLike, foldRows } from '../instruments/oracle-aggregate.ts';
import { type FindLike, project } from '../instruments/oracle-find.ts';
import { ALL_INDEXES, createVisitObjects } from '../instruments/visit-object.ts';
import { World } from '../instruments/world.ts';

function openWorld(text: 'trimmed' | 'verbatim', indexes: readonly (readonly string[])[]): Promise<World> {
  return World.open(createVisitObjects(text), [
    { autoIndex: false },
    { autoIndex: false, indexes: { Visit: indexes } },
    { indexes: { Visit: ALL_INDEXES } },
    { compile: false, indexes: { Visit: ALL_INDEXES.slice(-6) } },
  ]);
}

function expectFind(world: World, query: FindLike): void {
  const whole = world.oracle.findWhole('Visit', query);
  const { select, ...unprojected } = query;
  for (const database of world.databases) {
    const visits = collectionOf(database, 'Visit');
    expectSameIds(visits.find(unprojected), whole);
    if (select !== undefined)
      expectEqualRows(
        visits.find(query),
        whole.map((record) => project(record, select)),
      );
    if (query.deleted === undefined || query.deleted === 'exclude') {
      expect(visits.findOne(unprojected)?.Id).toBe(query.limit === 0 ? undefined : whole[0]?.Id);
    }
  }
}

function expectCount(world: World, query: FindLike): void {
  const { where = {}, limit, offset } = query;
  const window = { ...(limit !== undefined && { limit }), ...(offset !== undefined && { offset }) };
  const count = world.oracle.findWhole('Visit', { where, ...window }).length;
  for (const database of world.databases)
    expect(collectionOf(database, 'Visit').count({ where, ...window })).toBe(count);
}

function expectAggregate(world: World, query: AggregateLike): void {
  const { oracle } = world;
  const fields = oracle.fields('Visit');
  const rows = foldRows(fields, query, oracle.aggregate('Visit', query));
  for (const database of world.databases) {
    expectEqualRows(foldRows(fields, query, collectionOf(database, 'Visit').aggregate(query)), rows);
  }
}

const text = fc.constantFrom('trimmed' as const, 'verbatim' as const);

describe('a query gives the same rows with any indexes or none', () => {
  test('whatever it asks for, in the order of the oracle', async () => {
    const law = fc.asyncProperty(
      text,
      arbitraryIndexes,
      arbitraryStart,
      fc.array(arbitraryFind, { minLength: 1, maxLength: 12 }),
      fc.array(arbitraryAggregate, { maxLength: 4 }),
      async (form, indexes, start, finds, aggregates) => {
        const world = await openWorld(form, indexes);
        await world.play(start);
        for (const query of finds) expectFind(world, query);
        for (const query of finds) expectCount(world, query);
        for (const query of aggregates) expectAggregate(world, query);
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(60));
  });

  test('after any history of updates, deletes, undeletes, purges and transactions', async () => {
    const law = fc.asyncProperty(
      text,
      arbitraryIndexes,
      arbitraryStart,
      historyOf(12),
      fc.array(arbitraryFind, { minLength: 1, maxLength: 6 }),
      fc.array(arbitraryAggregate, { maxLength: 2 }),
      async (form, indexes, start, history, finds, aggregates) => {
        const world = await openWorld(form, indexes);
        await world.play(start);
        for (const [at, step] of history.entries()) {
          await world.play(step);
          const query = finds[at % finds.length];
          if (query !== undefined) expectFind(world, query);
        }
        world.expectSameRecords();
        for (const query of finds) expectFind(world, query);
        for (const query of finds) expectCount(world, query);
        for (const query of aggregates) expectAggregate(world, query);
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(60));
  });

  test('before and after indexes build themselves for scans that keep finding little', async () => {
    const rare = fc.constantFrom(
      { Subject: 's77' },
      { Priority: { $gte: 100, $lt: 104 } },
      { Phone: { $like: '+12%' } },
      { StartTime: new Date(Date.UTC(2026, 0, 2)) },
      { Priority: { $in: [3, 5, null] }, Day: null },
      { Subject: null, OwnerId: null, Open: true },
    );
    const law = fc.asyncProperty(
      fc.integer(),
      historyOf(4),
      fc.array(rare, { minLength: 1, maxLength: 3 }),
      fc.array(arbitraryWhere, { maxLength: 2 }),
      async (seed, history, few, others) => {
        const world = await World.open(createVisitObjects('trimmed'), [{ autoIndex: true }, { autoIndex: false }]);
        await world.play({ kind: 'createMany', seed, count: 2600 });
        const earning = collectionOf(world.databases[0] as object, 'Visit');
        for (const step of [undefined, ...history]) {
          if (step !== undefined) await world.play(step);
          for (const where of [...few, ...others]) {
            for (let again = 0; again < 40; again++) earning.find({ where } as never);
            expectFind(world, { where });
            expectCount(world, { where });
          }
        }
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(3));
  });

  test('for records named by their ids, in whatever form', async () => {
    const law = fc.asyncProperty(
      arbitraryStart,
      historyOf(4),
      fc.array(fc.nat(2000), { maxLength: 6 }),
      arbitraryFind,
      async (start, history, places, query) => {
        const world = await openWorld('trimmed', []);
        await world.play({ kind: 'createMany', seed: 3, count: 8 });
        for (const step of [start, ...history]) await world.play(step);
        const ids = world.oracle.ids('Visit');
        const named = places.map((place) => ids[place % ids.length] as string);
        expectFind(world, { ...query, where: { ...query.where, Id: { $in: named } } });
        expectFind(world, {
          ...query,
          where: { $and: [query.where ?? {}, { Id: { $in: [...named, null] } }, { Id: { $ne: named[0] ?? null } }] },
        });
        for (const id of named) expectFind(world, { where: { Id: id } });
        for (const database of world.databases) {
          const visits = collectionOf(database, 'Visit');
          const short = named.map((id) => id.slice(0, 15));
          expect(visits.find({ where: { Id: { $in: short } } })).toEqual(
            visits.find({ where: { Id: { $in: named } } }),
          );
          for (const id of named) expect(visits.get(id.slice(0, 15))).toBe(visits.get(id));
          for (const id of named) expect(visits.get(id)).toEqual(world.oracle.get('Visit', id));
        }
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(20));
  });

  test('and the queries drawn here are served in every way there is', async () => {
    const world = await openWorld('trimmed', []);
    await world.play({ kind: 'createMany', seed: 1, count: 700 });
    const visits = collectionOf(world.databases[2] as AnyDatabase, 'Visit');
    const ways = new Set<string>();
    for (const { select: _, ...query } of fc.sample(arbitraryFind, { numRuns: 300, seed: 1 })) {
      const { index, ordered, range } = visits.explain(query);
      ways.add(
        `${index === undefined ? 'scan' : index.length === 1 ? 'index' : 'compound index'}${ordered ? ' in order' : ''}`,
      );
      for (const word of ['equal', 'between', 'from', 'up to', 'in ', 'null'])
        if (index !== undefined && range.includes(word)) ways.add(word);
    }
    expect([...ways].sort()).toEqual(
      [
        'between',
        'compound index',
        'compound index in order',
        'equal',
        'from',
        'in ',
        'index',
        'index in order',
        'null',
        'scan',
        'up to',
      ].sort(),
    );
    await world.close();
  });

  test('and indexes do build themselves', async () => {
    const world = await World.open(createVisitObjects('trimmed'), [{}]);
    await world.play({ kind: 'createMany', seed: 1, count: 2600 });
    const visits = collectionOf(world.databases[0] as object, 'Visit');
    const query = { where: { Priority: { $gte: 100, $lt: 104 } } };
    expect(visits.explain(query).index).toBeUndefined();
    for (let again = 0; again < 40; again++) visits.find(query);
    expect(visits.explain(query).index).toEqual(['Priority']);
  });
});

/** Values at the edges of their types. `Text` is there to tell records apart. */
const EDGES = [
  defineObject({
    name: 'Edge',
    id: { kind: 'salesforce', prefix: 'a1E' },
    fields: {
      Text: { type: 'string' },
      Number: { type: 'double' },
      Int: { type: 'int', digits: 10 },
      Any: { type: 'anyType' },
      Device: {
        type: 'object',
        fields: {
          note: { type: 'string' },
          width: { type: 'int' },
          maker: { type: 'reference', referenceTo: ['User'] },
          screens: { type: 'list', of: { type: 'object', fields: { dots: { type: 'int' } } } },
        },
      },
    },
  }) as unknown as ObjectDefinition,
];

async function openEdges(rows: readonly Row[], filling = 0): Promise<readonly AnyDatabase[]> {
  const indexes = { Edge: [['Text'], ['Number'], ['Int']] };
  const databases = await Promise.all([
    openAny({ objects: EDGES, env: createFakeEnvironment(), autoIndex: false }),
    openAny({ objects: EDGES, env: createFakeEnvironment(), indexes }),
  ]);
  // Among many records an index is worth its while, and columns are.
  const fill = Array.from({ length: filling }, (_, n) => ({ Text: `filling ${n % 7}`, Number: n + 100, Int: n + 100 }));
  for (const database of databases)
    expect((await collectionOf(database, 'Edge').create([...rows, ...fill])).every(({ success }) => success)).toBe(
      true,
    );
  return databases;
}

/** What a query gives in every database, by the texts of the records found. */
function findTexts(databases: readonly AnyDatabase[], query: object): readonly unknown[] {
  return databases.map((database) =>
    collectionOf(database, 'Edge')
      .find(query)
      .map(({ Text }) => Text)
      .filter((text) => !String(text).startsWith('filling')),
  );
}

describe('a value at the edge of its type is found like any other', () => {
  test.each([0, 600])('the lowest number of 32 bits, among %d others', async (filling) => {
    for (const name of ['Number', 'Int']) {
      const databases = await openEdges(
        [{ Text: 'lowest', [name]: -2_147_483_648 }, { Text: 'null' }, { Text: 'one', [name]: 1 }],
        filling,
      );
      const where = (condition: unknown) => findTexts(databases, { where: { [name]: condition } });
      const both = (texts: readonly string[]) => databases.map(() => texts);
      expect(where(-2_147_483_648)).toEqual(both(['lowest']));
      expect(where(null)).toEqual(both(['null']));
      expect(where({ $lt: 5 })).toEqual(both(['lowest', 'one']));
      expect(where({ $in: [-2_147_483_648, null] })).toEqual(both(['lowest', 'null']));
      expect(findTexts(databases, { orderBy: [{ field: name, nulls: 'last' }] })).toEqual(
        both(['lowest', 'one', 'null']),
      );
      for (const database of databases) {
        expect(collectionOf(database, 'Edge').aggregate({ select: { least: { $min: name } } })).toEqual([
          { least: -2_147_483_648 },
        ]);
      }
    }
  });

  test.each([0, 600])('a text that goes on with the last character of all, among %d others', async (filling) => {
    const databases = await openEdges([{ Text: 'a\uffff' }, { Text: 'a\uffffb' }, { Text: 'b' }], filling);
    expect(findTexts(databases, { where: { Text: { $like: 'a%' } } })).toEqual(
      databases.map(() => ['a\uffff', 'a\uffffb']),
    );
  });

  test('a reference inside a nested value, whose case matters', async () => {
    const databases = await openEdges([
      { Text: 'x', Device: { maker: '0055g00000ABcdeAAD' } },
      { Text: 'y', Device: { maker: '0055g00000ABcdfAAD' } },
    ]);
    expect(findTexts(databases, { where: { 'Device.maker': '0055g00000ABcdeAAD' } })).toEqual([['x'], ['x']]);
    expect(
      findTexts(databases, { where: { 'Device.maker': { $in: ['0055g00000ABcdfAAD', '0055g00000ABcdgAAD'] } } }),
    ).toEqual([['y'], ['y']]);
  });

  test('an empty text inside a nested value, which is kept as it is', async () => {
    const databases = await openEdges([
      { Text: 'empty', Device: { note: '' } },
      { Text: 'null', Device: { note: null } },
    ]);
    expect(findTexts(databases, { where: { 'Device.note': null } })).toEqual([['null'], ['null']]);
    expect(findTexts(databases, { where: { 'Device.note': '' } })).toEqual([['empty'], ['empty']]);
  });

  test('the lowest and highest of a place inside a nested value', async () => {
    for (const database of await openEdges([{ Device: { width: 3 } }, { Device: { width: 1 } }, {}])) {
      const select = { least: { $min: 'Device.width' }, most: { $max: 'Device.width' } };
      expect(collectionOf(database, 'Edge').aggregate({ select })).toEqual([{ least: 1, most: 3 }]);
    }
  });

  test('a list on the way to what is selected, however many it holds', async () => {
    for (const database of await openEdges([
      { Device: { screens: [{ dots: 1 }] } },
      { Device: { screens: [{ dots: 1 }, { dots: 2 }] } },
    ])) {
      const rows = collectionOf(database, 'Edge').find({ select: ['Device.screens.dots'] });
      expect(rows).toEqual([{ 'Device.screens.dots': [1] }, { 'Device.screens.dots': [1, 2] }]);
    }
  });

  test('values of any type, each among its like', async () => {
    const rows = [
      { Text: 'text', Any: 'b' },
      { Text: 'number', Any: 7 },
      { Text: 'zero', Any: 0 },
      { Text: 'true', Any: true },
      { Text: 'list', Any: [] },
      { Text: 'object', Any: { a: 1 } },
      { Text: 'null' },
    ];
    const databases = await openEdges(rows);
    const where = (condition: unknown) => findTexts(databases, { where: { Any: condition } })[0];
    expect(where(0)).toEqual(['zero']);
    expect(where({ $in: [0, 'b'] })).toEqual(['text', 'zero']);
    expect(where({ $gt: 5 })).toEqual(['number']);
    expect(where({ $gte: 'a' })).toEqual(['text']);
    expect(where({ $lt: 'z' })).toEqual(['text']);
  });

  test('values of any type in one order, however they came to stand where they stand', async () => {
    const values = fc.array(fc.constantFrom<unknown>('b', 'a', '10', 7, 10, 0, null, '', true), {
      minLength: 3,
      maxLength: 8,
    });
    const law = fc.asyncProperty(values, fc.constantFrom('asc', 'desc'), async (given, direction) => {
      const [database] = (await openEdges([])) as [AnyDatabase];
      const edges = collectionOf(database, 'Edge');
      const query = { orderBy: [{ Any: direction }] };
      const live = edges.live(query);
      for (const Any of given) await edges.create({ Any });
      expect(live.getSnapshot()).toEqual(edges.find(query));
      expect(live.getSnapshot()).toHaveLength(given.length);
    });
    await fc.assert(law, lawOptions(60));
  });
});
