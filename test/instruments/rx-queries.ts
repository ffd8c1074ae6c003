import fc from 'fast-check';
import type { MangoQuery } from 'rxdb';
import { RX_FIELDS } from './rx-schemas.ts';

type Selector = Record<string, unknown>;
export type AnyRxQuery = MangoQuery<Record<string, unknown>>;

const PATHS = [
  ...Object.keys(RX_FIELDS),
  'id',
  '_deleted',
  '_meta.lwt',
  'tags',
  'parts',
  'parts.text',
  'inner',
  'tags.0',
];
const SORT_PATHS = [...Object.keys(RX_FIELDS), 'id', '_deleted', '_meta.lwt', 'tags', 'inner'];
const OTHERS: Readonly<Record<string, readonly unknown[]>> = {
  id: ['a', 'b', 'c', 'd', '', 'constructor'],
  _deleted: [true, false],
  '_meta.lwt': [1, 1_060_000.01, 1_300_000.02, 1_600_000.01, 2_200_000],
  tags: ['a', 'b', 'c'],
  parts: [[], [{ text: 'a', rank: 1 }]],
  'parts.text': ['a', 'b'],
  inner: [{}, { text: 'a' }, { text: 'a', rank: 1 }],
  'tags.0': ['a', 'b'],
};
/** Bounds that are RxDB's words for none, and operands of other types. */
const STRANGE = [
  null,
  '\uffff',
  Number.MIN_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER,
  '',
  0,
  true,
  'a',
  1,
  ['a'],
  [],
  Number.POSITIVE_INFINITY,
  Number.NaN,
];

function operandOf(path: string): fc.Arbitrary<unknown> {
  const own = RX_FIELDS[path]?.values ?? OTHERS[path] ?? [];
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...own) },
    { weight: 1, arbitrary: fc.constantFrom(...STRANGE) },
  );
}

const TYPES = ['string', 'number', 'int', 'bool', 'boolean', 'null', 'array', 'object', 'double', 'undefined', 1, 2, 8];

function operatorOf(path: string): fc.Arbitrary<Selector> {
  const operand = operandOf(path);
  const list = fc.array(operand, { maxLength: 3 });
  const range = fc
    .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), operand)
    .map(([name, value]) => ({ [name]: value }));
  const between = fc
    .tuple(fc.constantFrom('$gt', '$gte'), operand, fc.constantFrom('$lt', '$lte'), operand)
    .map(([from, lower, to, upper]) => ({ [from]: lower, [to]: upper }));
  return fc.oneof(
    { weight: 6, arbitrary: operand.map((value) => ({ $eq: value })) },
    { weight: 4, arbitrary: range },
    { weight: 4, arbitrary: between },
    { weight: 2, arbitrary: operand.map((value) => ({ $ne: value })) },
    { weight: 3, arbitrary: list.map((values) => ({ $in: values })) },
    { weight: 1, arbitrary: list.map((values) => ({ $nin: values })) },
    { weight: 1, arbitrary: fc.boolean().map((is) => ({ $exists: is })) },
    { weight: 1, arbitrary: fc.constantFrom(...TYPES).map((type) => ({ $type: type })) },
    { weight: 1, arbitrary: fc.constantFrom([2, 0], [2, 1], [3, 1]).map((parts) => ({ $mod: parts })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('^a', 'b$', '.', '^$', 'O'), fc.constantFrom('', 'i'))
        .map(([pattern, options]) => ({ $regex: pattern, $options: options })),
    },
    { weight: 1, arbitrary: fc.nat({ max: 3 }).map((size) => ({ $size: size })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Selector>(
        { $elemMatch: { $eq: 'a' } },
        { $elemMatch: { text: 'a' } },
        { $elemMatch: { text: { $in: ['b'] }, rank: { $gt: 1 } } },
        { $elemMatch: { $or: [{ rank: 0 }, { text: 'b' }] } },
      ),
    },
    { weight: 1, arbitrary: fc.constant({}) },
  );
}

function comparisonOf(path: string): fc.Arbitrary<Selector> {
  const operator = operatorOf(path);
  return fc.oneof(
    { weight: 3, arbitrary: operandOf(path).map((value) => ({ [path]: value })) },
    { weight: 8, arbitrary: operator.map((condition) => ({ [path]: condition })) },
    { weight: 1, arbitrary: operator.map((condition) => ({ [path]: { $not: condition } })) },
    { weight: 1, arbitrary: fc.tuple(operator, operator).map(([one, other]) => ({ [path]: { ...one, ...other } })) },
  );
}

const comparison = fc.constantFrom(...PATHS).chain(comparisonOf);
const several = (max: number) =>
  fc.array(comparison, { minLength: 0, maxLength: max }).map((parts) => Object.assign({}, ...parts) as Selector);
const group = fc
  .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(several(2), { minLength: 1, maxLength: 3 }))
  .map(([name, parts]) => ({ [name]: parts }));

export const arbitraryRxSelector: fc.Arbitrary<Selector> = fc
  .tuple(
    fc.option(fc.constantFrom(true, false, false, false), { nil: undefined, freq: 3 }),
    several(3),
    fc.option(group, { nil: undefined, freq: 5 }),
  )
  .map(([deleted, own, parts]) => ({ ...(deleted !== undefined && { _deleted: deleted }), ...own, ...parts }));

/** A selector that asks for what an index of a schema begins with, as most do. */
function selectorOf(index: readonly string[]): fc.Arbitrary<Selector> {
  const part = (path: string) => {
    const operand = fc.constantFrom(...(RX_FIELDS[path]?.values ?? OTHERS[path] ?? []));
    const operator = fc.constantFrom('$eq', '$eq', '$gt', '$gte', '$lt', '$lte');
    return fc.tuple(operator, operand).map(([name, value]) => ({ [path]: { [name]: value } }));
  };
  return fc
    .tuple(fc.constantFrom(true, false, undefined, false), fc.nat({ max: index.length }), fc.tuple(...index.map(part)))
    .map(([deleted, count, parts]) =>
      Object.assign(deleted === undefined ? {} : { _deleted: deleted }, ...parts.slice(0, count)),
    );
}

const direction = fc.constantFrom('asc' as const, 'asc' as const, 'desc' as const);
function sortOf(paths: readonly string[]) {
  const mixed = fc.array(direction, { minLength: paths.length, maxLength: paths.length });
  const one = direction.map((way) => paths.map(() => way));
  return fc.oneof(one, mixed).map((ways) => paths.map((path, i) => ({ [path]: ways[i] as 'asc' | 'desc' })));
}

/** Queries of a collection that has these indexes; the hint is one of those that RxDB makes of them. */
export function arbitraryRxQuery(
  indexes: readonly (readonly string[])[],
  hints: readonly (readonly string[])[],
): fc.Arbitrary<AnyRxQuery> {
  const index = fc.constantFrom(...indexes);
  const sort = fc.oneof(
    index.chain(sortOf),
    fc.uniqueArray(fc.constantFrom(...SORT_PATHS), { minLength: 1, maxLength: 3 }).chain(sortOf),
  );
  return fc
    .record({
      selector: fc.oneof(arbitraryRxSelector, index.chain(selectorOf)),
      sort: fc.option(sort, { nil: undefined, freq: 3 }),
      skip: fc.option(fc.nat({ max: 4 }), { nil: undefined }),
      limit: fc.option(fc.nat({ max: 6 }), { nil: undefined }),
      index: fc.option(fc.constantFrom(...hints), { nil: undefined, freq: 1 }),
    })
    .map((whole) => {
      const given = Object.entries(whole).filter(([, value]) => value !== undefined);
      return Object.fromEntries(given) as AnyRxQuery;
    });
}
