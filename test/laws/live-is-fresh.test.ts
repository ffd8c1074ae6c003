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
        const world = await World.open(createVisitObjects('trimmed'), [{ autoIndex: false }, { indexes: { Visit: ALL_INDEXES } }]);
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
            if (opened === at) watched.push(...world.databases.map((database) => watchAggregate(world, database, query)));
          }
          await world.play(step);
          for (const { expectFresh } of watched) expectFresh();
        }
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(50));
  });

  test('for a window whose records and spares leave it one after another', async () => {
    const law = fc.asyncProperty(
      fc.integer(),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 5 }),
      fc.constantFrom('asc', 'desc'),
      async (seed, limit, offset, direction) => {
        const world = await World.open(createVisitObjects('trimmed'), [{ indexes: { Visit: [['Status', 'StartTime']] } }]);
        await world.play({ kind: 'createMany', seed, count: 300 });
        const [database] = world.databases as readonly [AnyDatabase];
        const watched = watchFind(world, database, { where: { Status: 'open' }, orderBy: [{ StartTime: direction }], limit, offset });
        const leave = watched.getSnapshot;
        for (let rest = 0; rest < 90 && leave().length > 0; rest++) {
          const id = leave()[0]?.Id as string;
          const place = world.oracle.ids('Visit').indexOf(id);
          if (rest % 3 === 0) await world.play({ kind: 'delete', object: 'Visit', places: [place], allOrNone: false });
          else await world.play({ kind: 'update', places: [place], patch: rest % 3 === 1 ? { Status: 'lost' } : { StartTime: null }, allOrNone: false });
          watched.expectFresh();
        }
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(8));
  });
});
