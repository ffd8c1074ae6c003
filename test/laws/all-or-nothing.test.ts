import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyDatabase, codeOf, collectionOf, type Row, transact } from '../instruments/any-database.ts';
import { arbitraryStart, historyOf } from '../instruments/arbitrary-history.ts';
import { ChangeCatcher } from '../instruments/catch-changes.ts';
import { NOON_MS } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { SEAT_FIELDS, SEAT_OBJECTS } from '../instruments/seat-objects.ts';
import { arbitraryAttempt, NOBODY, Theatre } from '../instruments/theatre.ts';
import { expectIndexesWhole, expectNoTrace, readTraces } from '../instruments/traces.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';
import { LiveWatch } from '../instruments/watch-live.ts';
import { World } from '../instruments/world.ts';

const NAMES = ['Seat', 'SeatHistory', 'Chair'];

const QUERIES = [
  { where: { Zone: 'Z1' } },
  { where: { Zone: 'z2', Place: { $gte: 3 } } },
  { where: { Holder: 'changed' } },
  { orderBy: [{ Balance: 'desc' }] },
];

function watchAll(theatre: Theatre): readonly LiveWatch[] {
  const { seats } = theatre;
  return [
    new LiveWatch(seats.live({})),
    new LiveWatch(seats.live({ where: { Zone: 'z1' }, orderBy: [{ Balance: 'desc' }], limit: 3 })),
    new LiveWatch(seats.live({ groupBy: ['Zone'], select: { n: { $count: '*' }, sum: { $sum: 'Balance' } } })),
    new LiveWatch(collectionOf(theatre.database, 'SeatHistory').live({})),
  ];
}

describe('a refused write leaves no trace', () => {
  test('in any read, index, feed, live result or unique key, whichever way it failed', async () => {
    const law = fc.asyncProperty(fc.array(arbitraryAttempt, { minLength: 1, maxLength: 8 }), async (attempts) => {
      const theatre = await Theatre.open();
      const { database, seats } = theatre;
      const watches = watchAll(theatre);
      const catcher = new ChangeCatcher(database, NAMES);
      for (const attempt of attempts) {
        const before = readTraces(database, NAMES, catcher, watches);
        await theatre.attempt(attempt);
        expectNoTrace(before, readTraces(database, NAMES, catcher, watches));
        expectIndexesWhole(database, 'Seat', SEAT_FIELDS, QUERIES);
      }
      // What lies in the bin comes back with the same others as where nothing was ever refused.
      const twin = await Theatre.open();
      for (const id of twin.idsOf('only')) {
        const [result] = await seats.undelete([id]);
        expect(result?.success).toBe((await twin.seats.undelete([id]))[0]?.success);
        expect(theatre.idsOf('exclude')).toEqual(twin.idsOf('exclude'));
      }
      // Codes and places that only refused seats had are free.
      const tried = attempts.length * 8 + 12;
      const free = Array.from({ length: tried }, (_, n) => n).filter(
        (n) => seats.find({ where: { Code: `C${n}` } }).length === 0,
      );
      for (const n of free)
        expect(await seats.create({ Code: `c${n}`, Zone: `Z${n % 3}`, Place: n + 2000 })).toMatchObject({
          success: true,
        });
      expectIndexesWhole(database, 'Seat', SEAT_FIELDS, QUERIES);
      for (const watch of watches) watch.expectOne();
      await database.close();
    });
    await fc.assert(law, lawOptions(120));
  });

  test('when there are enough records for the ways that bulk inserts take', async () => {
    const law = fc.asyncProperty(
      fc.integer({ min: 512, max: 700 }),
      fc.nat(699),
      fc.nat(600),
      async (count, at, held) => {
        const theatre = await Theatre.open();
        const { database } = theatre;
        const chairs = collectionOf(database, 'Chair');
        const rows: Row[] = Array.from({ length: count }, (_, n) => ({ Zone: `z${n % 5}`, Place: (n * 7) % 50 }));
        await chairs.create(rows.slice(0, held));
        const live = new LiveWatch(chairs.live({ where: { Zone: 'z1' }, orderBy: [{ Place: 'asc' }], limit: 10 }));
        const catcher = new ChangeCatcher(database, NAMES);
        const before = readTraces(database, NAMES, catcher, [live]);
        const results = await chairs.create([...rows.slice(0, at), { Place: 'bad' }, ...rows.slice(at)], {
          allOrNone: true,
        });
        expect(results.some(({ success }) => success)).toBe(false);
        const broken = () => {
          transact(database, (tx) => {
            tx.collection('Chair').create(rows);
            expect(tx.collection('Chair').count({ where: { Zone: 'z1' } })).toBe(
              chairs.count({ where: { Zone: 'z1' } }),
            );
            tx.collection('Chair').delete(
              tx
                .collection('Chair')
                .find({ where: { Place: { $lt: 9 } } })
                .map(({ Id }) => Id as string),
            );
            throw new Error('changed my mind');
          });
        };
        expect(broken).toThrow('changed my mind');
        expectNoTrace(before, readTraces(database, NAMES, catcher, [live]));
        await chairs.create(rows.slice(0, 5));
        const fields = SEAT_OBJECTS[2]?.spec.fields ?? {};
        expectIndexesWhole(database, 'Chair', fields, [
          { where: { Zone: 'z1' }, orderBy: [{ Place: 'desc' }], limit: 20 },
          { where: { Place: { $gt: 40 } } },
        ]);
        live.expectOne();
        await database.close();
      },
    );
    await fc.assert(law, lawOptions(15));
  });

  test('in what getDeleted says is still to be had', async () => {
    const { database, environment, seats } = await Theatre.open();
    const ask = () =>
      seats.getDeleted(new Date(NOON_MS - 3_600_000), new Date(NOON_MS + 3_600_000), { unlimited: true })
        .earliestDateAvailable;
    environment.advance(600_000);
    await seats.create({});
    const before = ask();
    const [binned] = seats.find({ deleted: 'only' });
    await seats.emptyRecycleBin([binned?.Id as string, NOBODY], { allOrNone: true });
    expect(ask()).toBe(before);
    await database.close();
  });

  test('in the order in which getDeleted tells', async () => {
    const { database, seats } = await Theatre.open();
    const ask = () =>
      seats.getDeleted(new Date(NOON_MS - 3_600_000), new Date(NOON_MS + 3_600_000), { unlimited: true });
    const before = ask();
    const [live] = seats.find({ limit: 1 });
    await seats.undelete(
      [...seats.find({ deleted: 'only' }), live].map((row) => row?.Id as string),
      { allOrNone: true },
    );
    expect(ask()).toEqual(before);
    await database.close();
  });

  test('when a transaction inside another one throws and the outer one goes on', async () => {
    const { database, seats } = await Theatre.open();
    const count = seats.count();
    transact(database, (outer) => {
      outer.collection('Seat').create({ Code: 'outer' });
      const inner = () => {
        transact(database, (tx) => {
          tx.collection('Seat').create({ Code: 'inner' });
          throw new Error('changed my mind');
        });
      };
      expect(inner).toThrow('changed my mind');
      expect(outer.collection('Seat').find({ where: { Code: 'inner' } })).toEqual([]);
    });
    expect(seats.find({ where: { Code: 'inner' } })).toEqual([]);
    expect(seats.count()).toBe(count + 1);
    await database.close();
  });
});

describe('a batch is seen whole and once', () => {
  test('by everyone who listens, and the feed tells exactly what came of it', async () => {
    const law = fc.asyncProperty(arbitraryStart, historyOf(10), async (start, history) => {
      const world = await World.open(createVisitObjects('trimmed'), [{}]);
      const [database] = world.databases as readonly [AnyDatabase];
      const visits = collectionOf(database, 'Visit');
      const steps = collectionOf(database, 'Step');
      const read = () => [
        visits.find({}),
        steps.find({}),
        visits.find({ deleted: 'only' }),
        visits.count({ where: { Active: true } }),
      ];
      const seen: unknown[][] = [];
      const catcher = new ChangeCatcher(database, ['Visit', 'Step'], () => seen.push(read()));
      visits.live({ select: { n: { $count: '*' } } }).subscribe(() => seen.push(read()));
      for (const step of [start, ...history]) {
        const { sequence } = database;
        seen.length = 0;
        await world.play(step);
        expect(database.sequence - sequence, 'one call is one batch at most').toBeLessThanOrEqual(1);
        const now = read();
        for (const reading of seen) if (!isDeepStrictEqual(reading, now)) expect(reading).toEqual(now);
        expect(catcher.faults).toEqual([]);
        expect(catcher.batches.at(-1)?.sequence ?? 0).toBe(database.sequence);
        expect(database.changesSince(sequence)).toEqual(catcher.batches.filter((batch) => batch.sequence > sequence));
        for (const [name, collection] of [
          ['Visit', visits],
          ['Step', steps],
        ] as const) {
          const told = catcher.records(name);
          const held = collection.find({ deleted: 'include' });
          expect(told.size).toBe(held.length);
          expect(held.find((record) => told.get(record.Id as string) !== record)).toBeUndefined();
        }
      }
      await world.close();
    });
    await fc.assert(law, lawOptions(50));
  });

  test('so that what is moved from one record to another is never missing or there twice', async () => {
    const transfer = fc.record({
      from: fc.nat(4),
      to: fc.nat(4),
      amount: fc.integer({ min: 1, max: 50 }),
      fails: fc.boolean(),
      answered: fc.boolean(),
    });
    const law = fc.asyncProperty(fc.array(transfer, { minLength: 1, maxLength: 10 }), async (transfers) => {
      const { database, seats } = await Theatre.open();
      const ids = seats.find({ limit: 5 }).map(({ Id }) => Id as string);
      const total = () => seats.aggregate({ select: { sum: { $sum: 'Balance' } } })[0]?.sum;
      const wanted = total();
      const heard: unknown[] = [];
      let answers = 0;
      const move = ({ from, to, amount, fails }: { from: number; to: number; amount: number; fails: boolean }) =>
        transact(database, (tx) => {
          const collection = tx.collection('Seat');
          for (const [at, change] of [
            [from, -amount],
            [to, amount],
          ] as const) {
            const Id = ids[at] as string;
            collection.update({ Id, Balance: (collection.get(Id)?.Balance as number) + change });
          }
          expect(total()).toBe(wanted);
          if (fails) throw new Error('changed my mind');
        });
      const live = seats.live({ select: { sum: { $sum: 'Balance' } } });
      const rows = seats.live({ orderBy: [{ Balance: 'desc' }] });
      const look = () => {
        heard.push(
          total(),
          live.getSnapshot()[0]?.sum,
          rows.getSnapshot().reduce((sum, row) => sum + (row.Balance as number), 0),
        );
        if (answers-- > 0) move({ from: 0, to: 1, amount: 1, fails: false });
      };
      database.changes$.subscribe(look);
      rows.subscribe(look);
      live.result$.subscribe(([row]) => heard.push(row?.sum));
      for (const one of transfers) {
        answers = one.answered ? 2 : 0;
        await codeOf(() => move(one));
        look();
      }
      expect(new Set(heard)).toEqual(new Set([wanted]));
      await database.close();
    });
    await fc.assert(law, lawOptions(60));
  });

  test('by no live query opened in the middle of a transaction, which is refused', async () => {
    const { database, seats } = await Theatre.open();
    const code = await codeOf(() =>
      transact(database, (tx) => {
        tx.collection('Seat').create({ Code: 'half' });
        seats.live({});
      }),
    );
    expect(code).toBe('TRANSACTION_OPEN');
    expect(seats.find({ where: { Code: 'half' } })).toEqual([]);
    await database.close();
  });

  test('at a moment that is never before that of the batch before, whatever the clock does', async () => {
    const law = fc.asyncProperty(
      fc.array(
        fc.tuple(fc.integer({ min: -100_000, max: 100_000 }), fc.constantFrom('create', 'update', 'delete', 'purge')),
        { maxLength: 20 },
      ),
      async (moves) => {
        const { database, seats, environment } = await Theatre.open();
        const catcher = new ChangeCatcher(database, NAMES);
        for (const [ms, call] of moves) {
          environment.advance(ms);
          const [live] = seats.find({ limit: 1 });
          const [binned] = seats.find({ deleted: 'only' });
          if (call === 'create' || live === undefined) await seats.create({});
          else if (call === 'update') await seats.update({ Id: live.Id, Balance: ms });
          else if (call === 'delete') await seats.delete(live.Id as string);
          else await seats.emptyRecycleBin([binned?.Id as string]);
        }
        expect(catcher.faults).toEqual([]);
        for (const { at, changes } of catcher.batches) {
          for (const { after } of changes)
            if (after !== undefined) expect(Date.parse(after.SystemModstamp as string)).toBeLessThanOrEqual(at);
        }
        await database.close();
      },
    );
    await fc.assert(law, lawOptions(60));
  });
});
