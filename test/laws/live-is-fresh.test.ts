import fc from 'fast-check';
import { describe, test } from 'vitest';
import { type AnyDatabase, collectionOf, type Row } from '../instruments/any-database.ts';
import { arbitraryStart, historyOf } from '../instruments/arbitrary-history.ts';
import { arbitraryAggregate, arbitraryFind } from '../instruments/arbitrary-queries.ts';
import { expectEqualRows } from '../instruments/expect-rows.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { type AggregateLike, foldRows } from '../instruments/oracle-aggregate.ts';
import type { FindLike } from '../instruments/oracle-find.ts';
import { ALL_INDEXES, createVisitObjects } from '../instruments/visit-object.ts';
import { World } from '../instruments/world.ts';

/** A live query of any kind, with what the oracle says it must show. */
interface Watched {
  readonly getSnapshot: () => readonly Row[];
  readonly expectFresh: () => void;
}

function watchFind(world: World, database: AnyDatabase, query: FindLike): Watched {
  const visits = collectionOf(database, 'Visit');
  const live = visits.live(query);
  const expectFresh = () => {
    expectEqualRows(live.getSnapshot(), visits.find(query));
    expectEqualRows(live.getSnapshot(), world.oracle.find('Visit', query));
  };
  return { getSnapshot: live.getSnapshot, expectFresh };
}

function watchAggregate(world: World, database: AnyDatabase, query: AggregateLike): Watched {
  const visits = collectionOf(database, 'Visit');
  const live = visits.live(query);
  const fields = world.oracle.fields('Visit');
  const expectFresh = () => {
    const folded = foldRows(fields, query, live.getSnapshot());
    expectEqualRows(folded, foldRows(fields, query, visits.aggregate(query)));
    expectEqualRows(folded, foldRows(fields, query, world.oracle.aggregate('Visit', query)));
  };
  return { getSnapshot: live.getSnapshot, expectFresh };
}

const openAt = fc.nat(4);

describe('a live result equals its query run anew', () => {
  test('for finds, after every step of any history', async () => {
    const law = fc.asyncProperty(
      arbitraryStart,
      historyOf(14),
      fc.array(fc.tuple(openAt, arbitraryFind), { minLength: 1, maxLength: 6 }),
      async (start, history, queries) => {
        const world = await World.open(createVisitObjects('trimmed'), [
          { autoIndex: false },
          { indexes: { Visit: ALL_INDEXES } },
        ]);
        const watched: Watched[] = [];
        for (const [at, step] of [start, ...history].entries()) {
          for (const [opened, query] of queries) {
            if (opened === at) watched.push(...world.databases.map((database) => watchFind(world, database, query)));
          }
          await world.play(step);
          for (const { expectFresh } of watched) expectFresh();
        }
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(60));
  });

  test('for aggregates, after every step of any history', async () => {
    const law = fc.asyncProperty(
      arbitraryStart,
      historyOf(10),
      fc.array(fc.tuple(openAt, arbitraryAggregate), { minLength: 1, maxLength: 4 }),
      async (start, history, queries) => {
        const world = await World.open(createVisitObjects('trimmed'), [{ indexes: { Visit: ALL_INDEXES } }]);
        const watched: Watched[] = [];
        for (const [at, step] of [start, ...history].entries()) {
          for (const [opened, query] of queries) {
            if (opened === at)
              watched.push(...world.databases.map((database) => watchAggregate(world, database, query)));
          }
          await world.play(step);
          for (const { expectFresh } of watched) expectFresh();
        }
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(50));
  });

  test('for a window whose records and spares leave it one after another, while others join behind', async () => {
    const law = fc.asyncProperty(
      fc.integer(),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 5 }),
      fc.constantFrom('asc', 'desc'),
      async (seed, limit, offset, direction) => {
        const world = await World.open(createVisitObjects('trimmed'), [
          { indexes: { Visit: [['Status', 'StartTime']] } },
        ]);
        await world.play({ kind: 'createMany', seed, count: 300 });
        const [database] = world.databases as readonly [AnyDatabase];
        const query = { where: { Status: 'open' }, orderBy: [{ StartTime: direction }], limit, offset };
        const watched = watchFind(world, database, query);
        const last = direction === 'asc' ? '3000-01-01T00:00:00.000Z' : '1969-12-31T23:59:59.999Z';
        for (let turn = 0; turn < 110 && watched.getSnapshot().length > 0; turn++) {
          const id = watched.getSnapshot()[0]?.Id as string;
          const places = [world.oracle.ids('Visit').indexOf(id)];
          const leave = (patch: Row) => world.play({ kind: 'update', places, patch, allOrNone: false });
          if (turn % 4 === 0) await world.play({ kind: 'delete', object: 'Visit', places, allOrNone: false });
          else if (turn % 4 === 1) await leave({ Status: 'lost' });
          else if (turn % 4 === 2) await leave({ StartTime: last });
          else await world.play({ kind: 'create', rows: [{ Status: 'OPEN', StartTime: last }] });
          watched.expectFresh();
        }
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(8));
  });

  test('for sums of whole numbers too large to be added exactly', async () => {
    const widths = fc.array(fc.constantFrom(2 ** 53, -(2 ** 53), 1, 3, 1e300), { minLength: 2, maxLength: 6 });
    const law = fc.asyncProperty(widths, fc.array(fc.nat(5), { maxLength: 4 }), async (given, removed) => {
      const world = await World.open(createVisitObjects('trimmed'), [{}]);
      const [database] = world.databases as readonly [AnyDatabase];
      const watched = watchAggregate(world, database, {
        select: { sum: { $sum: 'Device.width' }, mean: { $avg: 'Device.width' } },
      });
      await world.play({ kind: 'create', rows: given.map((width) => ({ Device: { width } })) });
      for (const place of removed) {
        await world.play({ kind: 'delete', object: 'Visit', places: [place], allOrNone: false });
        watched.expectFresh();
      }
      await world.close();
    });
    await fc.assert(law, lawOptions(60));
  });
});
