import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStorage } from '../../src/engine/storage/memory-storage.ts';
import { collectionOf, type Row } from '../instruments/any-database.ts';
import { arbitraryStart, arbitraryStep, type Step } from '../instruments/arbitrary-history.ts';
import { arbitraryAggregate, arbitraryFind, arbitraryIndexes } from '../instruments/arbitrary-queries.ts';
import { expectEqualRows, expectSameIds } from '../instruments/expect-rows.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { type AggregateLike, foldRows } from '../instruments/oracle-aggregate.ts';
import type { FindLike } from '../instruments/oracle-find.ts';
import { ALL_INDEXES, createVisitObjects } from '../instruments/visit-object.ts';
import { World } from '../instruments/world.ts';

type Act =
  | Step
  | { readonly kind: 'reopen' }
  | { readonly kind: 'compact' }
  | { readonly kind: 'all' }
  | { readonly kind: 'get'; readonly place: number }
  | { readonly kind: 'find'; readonly query: FindLike }
  | { readonly kind: 'aggregate'; readonly query: AggregateLike };

const arbitraryAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: arbitraryStep },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Act>({ kind: 'reopen' }, { kind: 'reopen' }, { kind: 'compact' }, { kind: 'all' }),
  },
  { weight: 2, arbitrary: fc.nat(5000).map((place): Act => ({ kind: 'get', place })) },
  { weight: 4, arbitrary: arbitraryFind.map((query): Act => ({ kind: 'find', query })) },
  { weight: 1, arbitrary: arbitraryAggregate.map((query): Act => ({ kind: 'aggregate', query })) },
);

/** Reads, and checks what is read by the oracle, which never closes. */
async function read(world: World, act: Exclude<Act, Step>): Promise<void> {
  const [database] = world.databases as [World['databases'][number]];
  const visits = collectionOf(database, 'Visit');
  const { oracle } = world;
  if (act.kind === 'reopen') await world.reopen(0);
  else if (act.kind === 'compact') await database.compact();
  else if (act.kind === 'all') world.expectSameRecords();
  else if (act.kind === 'find') {
    const { select: _, ...query } = act.query;
    const whole = oracle.findWhole('Visit', query);
    const found = visits.find(query);
    expectSameIds(found, whole);
    expectEqualRows(found, whole);
    // Once made, a record is the same object for whoever reads it.
    for (const [at, record] of visits.find(query).entries()) expect(record).toBe(found[at]);
  } else if (act.kind === 'aggregate') {
    const fields = oracle.fields('Visit');
    const rows = foldRows(fields, act.query, oracle.aggregate('Visit', act.query));
    expectEqualRows(foldRows(fields, act.query, visits.aggregate(act.query)), rows);
  } else {
    const ids = oracle.ids('Visit');
    const id = ids[act.place % Math.max(1, ids.length)] ?? 'a1V000000000000EAA';
    const live = oracle.records('Visit').find((record) => record.Id === id);
    expect(visits.get(id)).toEqual(live);
    expect(visits.get(id)).toBe(visits.get(id));
  }
}

/** Finds by what an update has set, which a column that is filled after it must hold. */
async function readPatched(world: World, patch: Row): Promise<void> {
  for (const field of ['Subject', 'Priority', 'Status', 'Open', 'StartTime'])
    if (patch[field] !== undefined) await read(world, { kind: 'find', query: { where: { [field]: patch[field] } } });
}

test('a database whose records are made as they are read tells what one that holds them all does, in any order of reads, writes, openings and compactions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(arbitraryIndexes, fc.constant(ALL_INDEXES)),
      fc.boolean(),
      arbitraryStart,
      fc.array(arbitraryAct, { minLength: 4, maxLength: 25 }),
      async (indexes, compile, start, acts) => {
        const options = { storage: memoryStorage(), indexes: { Visit: indexes }, compile };
        const world = await World.open(createVisitObjects('trimmed'), [options]);
        try {
          await world.play(start);
          await world.reopen(0);
          for (const act of acts) {
            if (['reopen', 'compact', 'all', 'get', 'find', 'aggregate'].includes(act.kind))
              await read(world, act as Exclude<Act, Step>);
            else {
              await world.play(act as Step);
              if (act.kind === 'update') await readPatched(world, act.patch);
            }
          }
          world.expectSameRecords();
        } finally {
          await world.close();
        }
      },
    ),
    lawOptions(30),
  );
});
