import fc from 'fast-check';
import type { Row } from './any-database.ts';
import { arbitraryPatch, arbitraryVisit } from './arbitrary-records.ts';

/** One call, as plain data. Places stand for records, counted in order of creation and around the end. */
export type Write =
  | { readonly kind: 'create'; readonly rows: readonly Row[] }
  | { readonly kind: 'createMany'; readonly seed: number; readonly count: number }
  | { readonly kind: 'createSteps'; readonly places: readonly number[] }
  | { readonly kind: 'update'; readonly places: readonly number[]; readonly patch: Row; readonly allOrNone: boolean }
  | {
      readonly kind: 'delete' | 'undelete' | 'purge';
      readonly object: 'Visit' | 'Step';
      readonly places: readonly number[];
      readonly allOrNone: boolean;
    };

export type Step =
  | Write
  | { readonly kind: 'tick'; readonly ms: number }
  | { readonly kind: 'transaction'; readonly writes: readonly Write[]; readonly fails: boolean };

const place = fc.nat(5000);
/** A few records anywhere, or a run of them side by side. */
const places = fc.oneof(
  fc.array(place, { minLength: 1, maxLength: 4 }),
  fc
    .tuple(place, fc.integer({ min: 2, max: 60 }))
    .map(([from, count]) => Array.from({ length: count }, (_, i) => from + i)),
);

const create = fc
  .array(arbitraryVisit, { minLength: 1, maxLength: 6 })
  .map((rows): Write => ({ kind: 'create', rows }));
const createSome = fc
  .tuple(fc.integer(), fc.integer({ min: 5, max: 60 }))
  .map(([seed, count]): Write => ({ kind: 'createMany', seed, count }));
const createSteps = places.map((parents): Write => ({ kind: 'createSteps', places: parents }));
const update = fc.record({
  kind: fc.constant('update' as const),
  places,
  patch: arbitraryPatch,
  allOrNone: fc.boolean(),
});
const object = fc.constantFrom('Visit' as const, 'Visit' as const, 'Step' as const);
const inOrOut = (kinds: readonly ('delete' | 'undelete' | 'purge')[]) =>
  fc.record({ kind: fc.constantFrom(...kinds), object, places, allOrNone: fc.boolean() });

const arbitraryWrite: fc.Arbitrary<Write> = fc.oneof(
  { weight: 2, arbitrary: create },
  { weight: 1, arbitrary: createSome },
  { weight: 1, arbitrary: createSteps },
  { weight: 5, arbitrary: update },
  { weight: 4, arbitrary: inOrOut(['delete', 'delete', 'undelete', 'purge']) },
);

/** What a transaction can hold: there is no purge in one. */
const arbitraryTransacted: fc.Arbitrary<Write> = fc.oneof(
  { weight: 2, arbitrary: create },
  { weight: 1, arbitrary: createSteps },
  { weight: 3, arbitrary: update },
  { weight: 3, arbitrary: inOrOut(['delete', 'delete', 'undelete']) },
);

export const arbitraryTransaction: fc.Arbitrary<Step & { readonly kind: 'transaction' }> = fc.record({
  kind: fc.constant('transaction' as const),
  writes: fc.array(arbitraryTransacted, { minLength: 1, maxLength: 4 }),
  fails: fc.boolean(),
});

export const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: arbitraryWrite },
  { weight: 1, arbitrary: fc.nat(90_000).map((ms): Step => ({ kind: 'tick', ms })) },
  { weight: 2, arbitrary: arbitraryTransaction },
);

/** The records a history begins with: a few, some hundreds, or enough for the ways that bulk inserts take. */
export const arbitraryStart: fc.Arbitrary<Write> = fc
  .tuple(fc.integer(), fc.oneof(fc.nat(30), fc.integer({ min: 250, max: 500 }), fc.integer({ min: 512, max: 900 })))
  .map(([seed, count]) => ({ kind: 'createMany', seed, count }));

export function historyOf(maxLength: number): fc.Arbitrary<readonly Step[]> {
  return fc.array(arbitraryStep, { maxLength });
}
