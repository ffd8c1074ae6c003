import fc from 'fast-check';
import type { Row } from './any-database.ts';
import { createNumbers } from './fake-environment.ts';
import { FIELD_POOLS, LETTERS, OTHER_POOLS, type Pool } from './visit-object.ts';

function valuesOf(path: string): Pool['values'] {
  return ([...FIELD_POOLS, ...OTHER_POOLS].find((pool) => pool.path === path) as Pool).values;
}

const text = fc.constantFrom(...LETTERS);

const arbitraryScreen = fc.record(
  { dots: fc.option(fc.constantFrom(...valuesOf('Levels'))), label: fc.option(fc.constantFrom(...valuesOf('Status'))) },
  { requiredKeys: [] },
);

const arbitraryDevice = fc.record(
  {
    category: fc.option(fc.constantFrom(...valuesOf('Status'))),
    serial: fc.option(text),
    width: fc.option(fc.constantFrom(...valuesOf('Levels'))),
    since: fc.option(fc.constantFrom(...valuesOf('StartTime'))),
    on: fc.option(fc.boolean()),
    screens: fc.option(fc.array(arbitraryScreen, { maxLength: 3 })),
  },
  { requiredKeys: [] },
);

function fieldArbitraries(): Record<string, fc.Arbitrary<unknown>> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const { path, values } of FIELD_POOLS) {
    const value = fc.constantFrom(...values);
    fields[path] = path === 'Active' ? value : fc.option(value);
  }
  return {
    ...fields,
    Labels: fc.option(fc.array(text, { maxLength: 3 })),
    Levels: fc.option(fc.array(fc.constantFrom(...valuesOf('Levels')), { maxLength: 3 })),
    Device: fc.option(arbitraryDevice),
    Answers: fc.option(fc.dictionary(fc.constantFrom('first', 'second'), text, { maxKeys: 2 })),
    // Which record it hangs on, by place; the history puts the id there.
    ParentId: fc.option(fc.nat(1000), { freq: 2 }),
  };
}

/** What is given for a new Visit, or to change in one; `ParentId` is a place among the records, not yet an id. */
export const arbitraryVisit: fc.Arbitrary<Row> = fc.record(fieldArbitraries(), { requiredKeys: [] });

/** A few fields, as an update changes them. */
export const arbitraryPatch: fc.Arbitrary<Row> = fc.tuple(arbitraryVisit, fc.integer()).map(([visit, seed]) => {
  const numbers = createNumbers(seed);
  return Object.fromEntries(Object.entries(visit).filter(() => numbers() % 4 === 0));
});

/**
 * Many records from one seed, since an arbitrary of a thousand records would take longer to draw than the law to
 * check. Subject and Phone hardly repeat here, which the engine treats in ways of its own.
 */
export function manyVisits(seed: number, count: number): readonly Row[] {
  const numbers = createNumbers(seed);
  const pick = <T>(values: readonly T[]) => values[numbers() % values.length] as T;
  const orNull = <T>(value: T) => (numbers() % 8 === 0 ? null : value);
  return Array.from({ length: count }, () => {
    const row: Record<string, unknown> = {};
    for (const { path, values } of FIELD_POOLS) row[path] = path === 'Active' ? pick(values) : orNull(pick(values));
    row.Subject = orNull(`${pick(['s', 'S', 'a', 'A'])}${numbers() % (count * 4)}`);
    row.Phone = orNull(`+${numbers() % (count * 4)}`);
    row.Priority = orNull(numbers() % 500);
    row.StartTime = orNull(new Date(Date.UTC(2026, 0, 1) + (numbers() % 400) * 3_600_000).toISOString());
    row.Labels = orNull(Array.from({ length: numbers() % 3 }, () => pick(LETTERS)));
    row.Device = orNull({
      category: orNull(pick(valuesOf('Status'))),
      width: numbers() % 100,
      screens: [{ dots: numbers() % 9 }],
    });
    return row;
  });
}
