import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectionOf, type Row } from '../instruments/any-database.ts';
import { arbitraryStart, historyOf } from '../instruments/arbitrary-history.ts';
import {
  arbitraryAggregate,
  arbitraryFind,
  arbitraryIndexes,
  arbitraryWhere,
} from '../instruments/arbitrary-queries.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { type AggregateLike, foldRows } from '../instruments/oracle-aggregate.ts';
import type { FindLike } from '../instruments/oracle-find.ts';
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

const idsOf = (rows: readonly Row[]) => rows.map(({ Id }) => Id);

function expectFind(world: World, query: FindLike): void {
  const whole = idsOf(world.oracle.findWhole('Visit', query));
  const { select, ...unprojected } = query;
  for (const database of world.databases) {
    const visits = collectionOf(database, 'Visit');
    expect(idsOf(visits.find(unprojected))).toEqual(whole);
    if (select !== undefined) expect(visits.find(query)).toEqual(world.oracle.find('Visit', query));
    if (query.deleted === undefined || query.deleted === 'exclude') {
      expect(visits.findOne(unprojected)?.Id).toEqual(query.limit === 0 ? undefined : whole[0]);
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
    expect(foldRows(fields, query, collectionOf(database, 'Visit').aggregate(query))).toEqual(rows);
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
        for (const step of [undefined, ...history]) {
          if (step !== undefined) await world.play(step);
          for (const where of [...few, ...others]) {
            for (let again = 0; again < 5; again++) expectFind(world, { where });
            expectCount(world, { where });
          }
        }
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(3));
  });

  test('and such indexes do get built', async () => {
    const world = await World.open(createVisitObjects('trimmed'), [{}]);
    await world.play({ kind: 'createMany', seed: 1, count: 2600 });
    const visits = collectionOf(world.databases[0] as object, 'Visit');
    const query = { where: { Priority: { $gte: 100, $lt: 104 } } };
    expect(visits.explain(query).index).toBeUndefined();
    for (let again = 0; again < 5; again++) visits.find(query);
    expect(visits.explain(query).index).toEqual(['Priority']);
  });
});
