import { expect } from 'vitest';
import { type AnyDatabase, collectionOf, type Row } from './any-database.ts';
import type { ChangeCatcher } from './catch-changes.ts';
import { expectEqual } from './expect-rows.ts';
import { NOON_MS } from './fake-environment.ts';
import { type Fields, type FindLike, findRecords } from './oracle-find.ts';
import type { LiveWatch } from './watch-live.ts';

/** Everything of a database that a refused write could leave a trace in. */
export interface Traces {
  readonly records: readonly (readonly Row[])[];
  readonly snapshots: readonly (readonly Row[])[];
  readonly told: readonly unknown[];
}

const FROM = new Date(NOON_MS - 86_400_000);
const TO = new Date(NOON_MS + 86_400_000);

export function readTraces(
  database: AnyDatabase,
  names: readonly string[],
  catcher: ChangeCatcher,
  watches: readonly LiveWatch[],
): Traces {
  const collections = names.map((name) => collectionOf(database, name));
  return {
    records: collections.flatMap((collection) => [collection.find({}), collection.find({ deleted: 'only' })]),
    snapshots: watches.map(({ live }) => live.getSnapshot()),
    told: [
      database.sequence,
      database.changesSince(0).length,
      catcher.batches.length,
      catcher.faults,
      ...watches.flatMap(({ deltaCount, resultCount, noticeCount }) => [deltaCount, resultCount, noticeCount]),
      ...collections.flatMap((collection) => [
        collection.size,
        collection.count(),
        collection.aggregate({ select: { n: { $count: '*' } } }),
      ]),
      ...collections.map((collection) => collection.getUpdated(FROM, TO, { unlimited: true })),
      ...collections.map((collection) => {
        const { deletedRecords, ...rest } = collection.getDeleted(FROM, TO, { unlimited: true });
        return { ...rest, deleted: new Map(deletedRecords.map(({ id, deletedDate }) => [id, deletedDate])) };
      }),
    ],
  };
}

/** Checks that nothing at all has moved: the very same records, the very same snapshots, nothing said to anyone. */
export function expectNoTrace(before: Traces, after: Traces): void {
  expectEqual(after, before);
  const same = (left: readonly Row[], right: readonly Row[]) => left.every((row, at) => row === right[at]);
  expect(after.records.every((rows, at) => same(rows, before.records[at] ?? []))).toBe(true);
  expect(after.snapshots.every((rows, at) => rows === before.snapshots[at])).toBe(true);
}

/** Checks that what is found through indexes is what looking at every record finds. */
export function expectIndexesWhole(
  database: AnyDatabase,
  name: string,
  fields: Fields,
  queries: readonly FindLike[],
): void {
  const collection = collectionOf(database, name);
  const all = collection.find({});
  for (const query of queries) {
    const wanted = findRecords(fields, all, query).map(({ Id }) => Id);
    expectEqual(
      collection.find(query).map(({ Id }) => Id),
      wanted,
    );
    expectEqual(
      collection.count({ where: query.where ?? {} }),
      findRecords(fields, all, { where: query.where ?? {} }).length,
    );
  }
}
