import fc from 'fast-check';
import { type AnyRxQuery, arbitraryRxQuery } from './rx-queries.ts';
import { arbitraryRxBody, arbitraryRxIndexes, rxSchema } from './rx-schemas.ts';

/** What a row of a bulk says that it was made from. */
export type GivenPrevious = 'right' | 'none' | 'wrong';

export interface RxRow {
  readonly id: string;
  readonly previous: GivenPrevious;
  readonly deleted: boolean;
  readonly body: Record<string, unknown>;
  /** What plugins keep in `_meta`. */
  readonly more: Record<string, unknown>;
}

export type RxAct =
  | { readonly kind: 'write'; readonly rows: readonly RxRow[]; readonly context: string }
  | { readonly kind: 'find'; readonly ids: readonly string[]; readonly withDeleted: boolean }
  | { readonly kind: 'query'; readonly query: AnyRxQuery }
  | { readonly kind: 'changes'; readonly from: number; readonly limit: number }
  | { readonly kind: 'cleanup'; readonly share: number }
  | { readonly kind: 'reopen' };

export const RX_IDS = ['a', 'b', 'c', 'd', 'B', 'é', '0', 'constructor', '__proto__', 'z z', '\ud800', '\uffff'];
const id = fc.constantFrom(...RX_IDS);

function arbitraryRow(odd: boolean): fc.Arbitrary<RxRow> {
  return fc.record({
    id,
    previous: fc.oneof(
      { weight: 8, arbitrary: fc.constant('right' as const) },
      { weight: 1, arbitrary: fc.constantFrom('none' as const, 'wrong' as const) },
    ),
    deleted: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    body: arbitraryRxBody(odd),
    more: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      fc.constantFrom({ o: { hash: 'x', _rev: '1-y' } }, { n: null }),
    ),
  });
}

/** What befalls a collection. `odd`: whether documents hold values of other types than the schema says. */
function arbitraryRxHistory(
  indexes: readonly (readonly string[])[],
  hints: readonly (readonly string[])[],
  odd: boolean,
): fc.Arbitrary<readonly RxAct[]> {
  const query = arbitraryRxQuery(indexes, hints);
  return fc.array(
    fc.oneof<fc.WeightedArbitrary<RxAct>[]>(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('write' as const),
          rows: fc.array(arbitraryRow(odd), { minLength: 1, maxLength: 6 }),
          context: fc.constantFrom('one', 'replication-downstream-x', 'ä', ''),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('find' as const),
          ids: fc.array(id, { maxLength: 5 }),
          withDeleted: fc.boolean(),
        }),
      },
      { weight: 8, arbitrary: query.map((one) => ({ kind: 'query' as const, query: one })) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('changes' as const),
          from: fc.nat({ max: 20 }),
          limit: fc.integer({ min: 1, max: 5 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('cleanup' as const),
          share: fc.double({ min: 0, max: 1.1, noNaN: true }),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
    ),
    { minLength: 4, maxLength: 30 },
  );
}

/** A schema and what befalls a collection of it. */
export interface RxStory {
  readonly indexes: readonly (readonly string[])[];
  readonly acts: readonly RxAct[];
}

/** `odd`: whether documents hold values of other types than the schema says. */
export function arbitraryRxStory(odd: boolean): fc.Arbitrary<RxStory> {
  return arbitraryRxIndexes.chain((indexes) => {
    const hints = rxSchema(indexes).indexes as readonly (readonly string[])[];
    return arbitraryRxHistory(indexes, hints, odd).map((acts) => ({ indexes, acts }));
  });
}
