import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyDatabase, collectionOf, type Row } from '../instruments/any-database.ts';
import { arbitraryStart, historyOf } from '../instruments/arbitrary-history.ts';
import { arbitraryAggregate, arbitraryFind } from '../instruments/arbitrary-queries.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';
import { LiveWatch } from '../instruments/watch-live.ts';
import { World } from '../instruments/world.ts';

const OPTIONS = [{ indexes: { Visit: [['Status', 'StartTime'], ['Priority']] } }];

/** Rows by what makes them the same row across versions: the id of a record, the group of a computed row. */
function byKey(rows: readonly Row[], keys: readonly string[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [JSON.stringify(keys.map((key) => row[key])), row]));
}

function expectKeptIdentity(before: readonly Row[], after: readonly Row[], keys: readonly string[]): void {
  const known = byKey(before, keys);
  for (const [key, row] of byKey(after, keys)) {
    const earlier = known.get(key);
    if (earlier === undefined || earlier === row) continue;
    expect(row, 'a row that did not change is the same object as before').not.toEqual(earlier);
  }
}

async function follow(
  world: World,
  history: Parameters<World['play']>[0][],
  watches: readonly (readonly [LiveWatch, readonly string[]])[],
): Promise<void> {
  for (const step of history) {
    const before = watches.map(([watch]) => ({ rows: watch.live.getSnapshot(), deltaCount: watch.deltaCount }));
    const [database] = world.databases as readonly [AnyDatabase];
    const { sequence } = database;
    await world.play(step);
    for (const [at, [watch, keys]] of watches.entries()) {
      watch.expectOne();
      expectKeptIdentity(before[at]?.rows ?? [], watch.live.getSnapshot(), keys);
      expect(watch.deltaCount - (before[at]?.deltaCount ?? 0)).toBeLessThanOrEqual(database.sequence - sequence);
    }
  }
}

describe('the first snapshot and every delta add up to the present result', () => {
  test('for finds, and what did not change stays the same object', async () => {
    const law = fc.asyncProperty(
      arbitraryStart,
      historyOf(14),
      fc.array(arbitraryFind, { minLength: 1, maxLength: 5 }),
      async (start, history, queries) => {
        const world = await World.open(createVisitObjects('trimmed'), OPTIONS);
        await world.play(start);
        const visits = collectionOf(world.databases[0] as AnyDatabase, 'Visit');
        const watches = queries.map((query) => {
          // A projection without the id could not be told apart from its like.
          const select = query.select === undefined ? {} : { select: [...new Set(['Id', ...query.select])] };
          return [new LiveWatch(visits.live({ ...query, ...select })), ['Id']] as const;
        });
        await follow(world, [...history], watches);
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(100));
  });

  test('for aggregates, and what did not change stays the same object', async () => {
    const law = fc.asyncProperty(
      arbitraryStart,
      historyOf(10),
      fc.array(arbitraryAggregate, { minLength: 1, maxLength: 4 }),
      async (start, history, queries) => {
        const world = await World.open(createVisitObjects('trimmed'), OPTIONS);
        await world.play(start);
        const visits = collectionOf(world.databases[0] as AnyDatabase, 'Visit');
        const watches = queries.map((query) => [new LiveWatch(visits.live(query)), query.groupBy ?? []] as const);
        await follow(world, [...history], watches);
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(60));
  });

  test('for projected windows that run out of spare records', async () => {
    // Most of what is held goes at once, some of what is shown stays.
    const removal = fc
      .tuple(fc.nat(30), fc.integer({ min: 25, max: 50 }))
      .map(([from, count]) => Array.from({ length: count }, (_, i) => from + i));
    const law = fc.asyncProperty(
      fc.integer({ min: 1, max: 25 }),
      fc.array(removal, { minLength: 1, maxLength: 4 }),
      async (limit, removals) => {
        const world = await World.open(createVisitObjects('trimmed'), OPTIONS);
        await world.play({ kind: 'createMany', seed: 1, count: 150 });
        const visits = collectionOf(world.databases[0] as AnyDatabase, 'Visit');
        const watch = new LiveWatch(visits.live({ select: ['Id', 'Status'], limit }));
        const history = removals.map(
          (places) => ({ kind: 'delete', object: 'Visit', places, allOrNone: false }) as const,
        );
        await follow(world, history, [[watch, ['Id']]]);
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(40));
  });

  test('for whoever comes late, or writes from where they listen', async () => {
    const law = fc.asyncProperty(
      historyOf(6),
      historyOf(6),
      arbitraryFind,
      fc.nat(5),
      async (early, later, query, answers) => {
        const world = await World.open(createVisitObjects('trimmed'), OPTIONS);
        const [database] = world.databases as readonly [AnyDatabase];
        const visits = collectionOf(database, 'Visit');
        const { deleted: _, ...shown } = query;
        const live = visits.live({ ...shown, select: undefined });
        for (const step of early) await world.play(step);
        // Created outside the oracle, so only the live query's own agreement is looked at.
        let left = answers;
        const stop = live.subscribe(() => {
          if (left-- > 0) void visits.create({ Subject: 'answer', Active: true });
        });
        const late = new LiveWatch(live);
        for (let rest = 0; rest < later.length; rest++) {
          await visits.create({ Subject: 'a', Status: 'Open', Priority: rest, Active: rest % 2 === 0 });
          late.expectOne();
        }
        stop();
        await world.close();
      },
    );
    await fc.assert(law, lawOptions(60));
  });

  test('for a listener that writes while it is handed the first delta', async () => {
    const world = await World.open(createVisitObjects('trimmed'), OPTIONS);
    const visits = collectionOf(world.databases[0] as AnyDatabase, 'Visit');
    const live = visits.live({});
    const sizes: number[] = [];
    const totals: number[] = [];
    live.result$.subscribe((rows) => {
      sizes.push(rows.length);
      if (rows.length === 0) void visits.create({ Subject: 'first' });
    });
    live.delta$.subscribe(({ total }) => {
      totals.push(total);
      if (total === 1) void visits.create({ Subject: 'second' });
    });
    expect(live.getSnapshot()).toHaveLength(2);
    expect(sizes).toEqual([0, 1, 2]);
    expect(totals).toEqual([1, 2]);
    await world.close();
  });
});
