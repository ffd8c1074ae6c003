import fc from 'fast-check';
import { fillWithDefaultSettings, type RxDocumentData, type RxJsonSchema } from 'rxdb';

/** A document of an RxDB collection, of whatever fields. */
export type AnyRxDocument = RxDocumentData<Record<string, unknown>>;
export type AnyRxSchema = RxJsonSchema<AnyRxDocument>;

/** Fields of a schema, by path, with values that it allows. */
export const RX_FIELDS: Readonly<Record<string, { readonly type: string; readonly values: readonly unknown[] }>> = {
  text: { type: 'string', values: ['', 'a', 'A', 'aa', 'b', 'ab', ' ', 'é', 'z\uffff', '\uffff', '\uffffa', 'a b'] },
  kind: { type: 'string', values: ['open', 'closed', 'lost'] },
  amount: { type: 'number', values: [0, -0, 1, 2, 0.5, -1.5, 1e10, 3, Number.MIN_SAFE_INTEGER, -1e300] },
  rank: { type: 'integer', values: [-2, -1, 0, 1, 2, 3, 4] },
  flag: { type: 'boolean', values: [true, false] },
  'inner.text': { type: 'string', values: ['a', 'b', 'c', ''] },
  'inner.rank': { type: 'integer', values: [0, 1, 2, 3] },
  'inner.deep.flag': { type: 'boolean', values: [true, false] },
};

/** Values of other types than fields have: what the application was not held to by a validator. */
export const ODD_VALUES: readonly unknown[] = [
  ['a', 'b'],
  ['open'],
  [],
  [[1, 2], 3],
  [true],
  [{ text: 'a', rank: 1 }, { text: 'c' }],
  { text: 'a' },
  {},
  'text',
  1,
  false,
];

const NUMBERS = { minimum: -1e12, maximum: 1e12, multipleOf: 0.5 };
const TEXT = { type: 'string', maxLength: 10 };

/** `indexes`: with the primary key and what RxDB adds. */
export function rxSchema(indexes: readonly (readonly string[])[], more: object = {}): AnyRxSchema {
  return fillWithDefaultSettings({
    version: 0,
    primaryKey: 'id',
    type: 'object',
    properties: {
      id: { type: 'string', maxLength: 20 },
      text: TEXT,
      kind: { ...TEXT, enum: ['open', 'closed', 'lost'] },
      amount: { type: 'number', ...NUMBERS },
      rank: { type: 'integer', minimum: -2, maximum: 4, multipleOf: 1 },
      flag: { type: 'boolean' },
      inner: {
        type: 'object',
        properties: {
          text: TEXT,
          rank: { type: 'integer', minimum: 0, maximum: 3, multipleOf: 1 },
          deep: { type: 'object', properties: { flag: { type: 'boolean' } } },
        },
      },
      tags: { type: 'array', items: { type: 'string' } },
      parts: { type: 'array' },
    },
    required: ['id'],
    indexes: indexes.map((index) => [...index]),
    ...more,
  } as never) as unknown as AnyRxSchema;
}

const indexField = fc.constantFrom(...Object.keys(RX_FIELDS), 'id', '_meta.lwt');

/** The indexes of a schema: one to four of one to three fields. */
export const arbitraryRxIndexes: fc.Arbitrary<readonly (readonly string[])[]> = fc.uniqueArray(
  fc.uniqueArray(indexField, { minLength: 1, maxLength: 3 }),
  { minLength: 1, maxLength: 4, selector: (index) => index.join() },
);

/** What the application puts in a document, but for the primary key. `odd`: whether values of other types are among it. */
export function arbitraryRxBody(odd: boolean): fc.Arbitrary<Record<string, unknown>> {
  const valueAt = (path: string) => {
    const plain = fc.constantFrom(...(RX_FIELDS[path]?.values ?? []), null, undefined);
    return odd
      ? fc.oneof({ weight: 12, arbitrary: plain }, { weight: 1, arbitrary: fc.constantFrom(...ODD_VALUES) })
      : plain;
  };
  const inner = fc.record({
    text: valueAt('inner.text'),
    rank: valueAt('inner.rank'),
    deep: fc.oneof(fc.record({ flag: valueAt('inner.deep.flag') }), fc.constant(undefined)),
  });
  const innerValue = odd
    ? fc.oneof({ weight: 8, arbitrary: inner }, { weight: 1, arbitrary: fc.constantFrom(...ODD_VALUES, null) })
    : inner;
  const body = fc.record({
    text: valueAt('text'),
    kind: valueAt('kind'),
    amount: valueAt('amount'),
    rank: valueAt('rank'),
    flag: valueAt('flag'),
    inner: fc.option(innerValue, { nil: undefined, freq: 6 }),
    tags: fc.option(fc.array(fc.constantFrom('a', 'b', 'c', null), { maxLength: 3 }), { nil: undefined }),
    parts: fc.option(
      fc.array(fc.record({ text: fc.constantFrom('a', 'b'), rank: fc.nat({ max: 3 }) }), { maxLength: 3 }),
      { nil: undefined },
    ),
  });
  // Fields that are not there are left out, as JSON leaves them out.
  return body.map((whole) => JSON.parse(JSON.stringify(whole)) as Record<string, unknown>);
}
