import fc from 'fast-check';
import type { AggregateLike } from './oracle-aggregate.ts';
import type { FindLike } from './oracle-find.ts';
import { ALL_INDEXES, FIELD_POOLS, OTHER_POOLS, type Pool } from './visit-object.ts';

type Conditions = Readonly<Record<string, unknown>>;

const POOLS = [...FIELD_POOLS, ...OTHER_POOLS];
const SINGLE = POOLS.filter(({ many, kind }) => many !== true && kind !== 'nested');
const GROUPABLE = POOLS.filter(({ groupable }) => groupable === true);

/** A value in one of the forms a query may give it in. */
function operandOf(pool: Pool): fc.Arbitrary<unknown> {
  const value = fc.constantFrom(...pool.values);
  switch (pool.kind) {
    case 'text':
      return fc.oneof(
        value,
        value.map((text) => String(text).toLowerCase()),
        fc.constantFrom('never stored', 's1', 'A7', '+12', 'S'),
      );
    case 'number':
      return fc.oneof(
        { weight: 3, arbitrary: value },
        { weight: 3, arbitrary: fc.integer({ min: -10, max: 500 }) },
        { weight: 1, arbitrary: fc.constantFrom(0.5, -1.5, 1e10, 2 ** 31, -(2 ** 31), -0) },
      );
    case 'dateTime': {
      const hour = fc.nat(400).map((hours) => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000));
      const shifted = hour.map((date) => new Date(date.getTime() + 7_200_000).toISOString().replace('Z', '+02:00'));
      return fc.oneof(value, hour, shifted);
    }
    default:
      return value;
  }
}

/** Patterns of LIKE from pieces of stored texts and the signs that mean something. */
const arbitraryPattern = fc
  .array(fc.constantFrom('%', '_', '\\%', '\\_', '\\\\', 'a', 'B', 's', 'S1', '+', 'o', 'ß', 'É', '1'), {
    maxLength: 4,
  })
  .map((pieces) => pieces.join(''));

function plainOperator(pool: Pool): fc.Arbitrary<Conditions> {
  const exists = fc.boolean().map((has) => ({ $exists: has }));
  const isNull = fc.constantFrom({ $eq: null }, { $ne: null });
  if (pool.kind === 'nested') return fc.oneof(exists, isNull);
  const operand = operandOf(pool);
  const list = fc.array(fc.option(operand, { freq: 4 }), { maxLength: 4 });
  const range = fc
    .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), operand)
    .map(([name, value]) => ({ [name]: value }));
  const between = fc.tuple(operand, operand).map(([lower, upper]) => ({ $gte: lower, $lt: upper }));
  const like = arbitraryPattern.map((pattern) => ({ $like: pattern }));
  return fc.oneof(
    { weight: 4, arbitrary: operand.map((value) => ({ $eq: value })) },
    { weight: 2, arbitrary: operand.map((value) => ({ $ne: value })) },
    { weight: 2, arbitrary: list.map((values) => ({ $in: values })) },
    { weight: 1, arbitrary: list.map((values) => ({ $nin: values })) },
    { weight: 3, arbitrary: range },
    { weight: 3, arbitrary: between },
    { weight: 1, arbitrary: exists },
    { weight: 1, arbitrary: isNull },
    { weight: pool.kind === 'text' ? 3 : 0, arbitrary: like },
  );
}

function comparisonOf(pool: Pool): fc.Arbitrary<unknown> {
  const operator = plainOperator(pool);
  const several = fc.tuple(operator, operator).map(([one, other]) => ({ ...one, ...other }));
  const negated = fc.oneof(operator, several).map((part) => ({ $not: part }));
  const bare = pool.kind === 'nested' ? fc.constant(null) : fc.option(operandOf(pool), { freq: 5 });
  return fc.oneof(
    { weight: 4, arbitrary: bare },
    { weight: 8, arbitrary: operator },
    { weight: 1, arbitrary: several },
    { weight: 1, arbitrary: negated },
  );
}

function conditionOn(pools: readonly Pool[]): fc.Arbitrary<Conditions> {
  return fc
    .constantFrom(...pools)
    .chain((pool) => comparisonOf(pool).map((comparison) => ({ [pool.path]: comparison })));
}

/** Conditions as an index serves them: fields of one index, the first by equality. */
const arbitraryIndexed: fc.Arbitrary<Conditions> = fc.constantFrom(...ALL_INDEXES).chain((names) => {
  const pools = names.map((name) => POOLS.find(({ path }) => path === name) as Pool);
  const parts = pools.map((pool, at) => {
    if (at === pools.length - 1) return comparisonOf(pool);
    return fc.oneof(
      operandOf(pool),
      fc.array(operandOf(pool), { minLength: 1, maxLength: 3 }).map((values) => ({ $in: values })),
    );
  });
  return fc.tuple(...parts).map((comparisons) => Object.fromEntries(names.map((name, at) => [name, comparisons[at]])));
});

function treeOf(leaf: fc.Arbitrary<Conditions>, depth: number): fc.Arbitrary<Conditions> {
  const flat = fc.array(leaf, { maxLength: 3 }).map((parts) => Object.assign({}, ...parts) as Conditions);
  if (depth === 0) return flat;
  const below = treeOf(leaf, depth - 1);
  const list = fc.array(below, { maxLength: 3 });
  return fc.oneof(
    { weight: 4, arbitrary: flat },
    { weight: 1, arbitrary: fc.tuple(flat, list).map(([parts, and]) => ({ ...parts, $and: and })) },
    { weight: 1, arbitrary: fc.tuple(flat, list).map(([parts, or]) => ({ ...parts, $or: or })) },
    { weight: 1, arbitrary: fc.tuple(flat, below).map(([parts, not]) => ({ ...parts, $not: not })) },
  );
}

export const arbitraryWhere: fc.Arbitrary<Conditions> = fc.oneof(
  { weight: 2, arbitrary: arbitraryIndexed },
  {
    weight: 1,
    arbitrary: fc.tuple(arbitraryIndexed, conditionOn(POOLS)).map(([one, other]) => ({ ...other, ...one })),
  },
  { weight: 3, arbitrary: treeOf(conditionOn(POOLS), 3) },
);

const direction = fc.constantFrom('asc', 'desc');

function orderOver(names: readonly string[]): fc.Arbitrary<readonly Conditions[]> {
  const name = fc.constantFrom(...names);
  const short = fc.dictionary(name, direction, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
  const long = fc.record(
    { field: name, direction, nulls: fc.constantFrom('first', 'last') },
    { requiredKeys: ['field'] },
  );
  return fc.array(fc.oneof(short, long), { maxLength: 3 });
}

const arbitraryWindow = fc.record(
  { limit: fc.oneof(fc.nat(4), fc.nat(80)), offset: fc.oneof(fc.nat(3), fc.nat(40)) },
  { requiredKeys: [] },
);

const arbitrarySelect = fc.uniqueArray(fc.constantFrom(...SINGLE.map(({ path }) => path), 'Id', 'Labels', 'Device'), {
  maxLength: 4,
});

const arbitraryAnyFind: fc.Arbitrary<FindLike> = fc
  .tuple(
    fc.record(
      {
        where: arbitraryWhere,
        orderBy: orderOver(POOLS.filter(({ kind }) => kind !== 'nested').map(({ path }) => path)),
        select: arbitrarySelect,
        deleted: fc.constantFrom('exclude' as const, 'include' as const, 'only' as const),
      },
      { requiredKeys: [] },
    ),
    arbitraryWindow,
  )
  .map(([query, window]) => ({ ...query, ...window }));

/** The first few in an order that an index can give: its first fields by equality, its last one for the order. */
const arbitraryOrderedFind: fc.Arbitrary<FindLike> = fc.constantFrom(...ALL_INDEXES).chain((names) => {
  const last = names.at(-1) as string;
  const heads = names.slice(0, -1).map((name) => operandOf(POOLS.find(({ path }) => path === name) as Pool));
  const first = fc.record(
    { field: fc.constant(last), direction, nulls: fc.constantFrom('first', 'last') },
    { requiredKeys: ['field'] },
  );
  const others = orderOver(FIELD_POOLS.map(({ path }) => path));
  const rest = fc.oneof(
    fc.constant({}),
    conditionOn([POOLS.find(({ path }) => path === last) as Pool]),
    conditionOn(POOLS),
  );
  return fc
    .tuple(fc.tuple(...heads), rest, first, fc.oneof(fc.constant([]), others), arbitraryWindow)
    .map(([values, where, step, steps, window]) => ({
      where: { ...where, ...Object.fromEntries(values.map((value, at) => [names[at], value])) },
      orderBy: [step, ...steps],
      ...window,
    }));
});

export const arbitraryFind: fc.Arbitrary<FindLike> = fc.oneof(
  { weight: 3, arbitrary: arbitraryAnyFind },
  { weight: 2, arbitrary: arbitraryOrderedFind },
);

/** Every computed value has its name from here, so that conditions on rows know its type. */
const OUTPUTS: Readonly<
  Record<string, { readonly output: Readonly<Record<string, string>>; readonly kind: Pool['kind'] }>
> = {
  rows: { output: { $count: '*' }, kind: 'number' },
  owners: { output: { $count: 'OwnerId' }, kind: 'number' },
  subjects: { output: { $countDistinct: 'Subject' }, kind: 'number' },
  codes: { output: { $countDistinct: 'Code' }, kind: 'number' },
  moments: { output: { $countDistinct: 'StartTime' }, kind: 'number' },
  priorities: { output: { $sum: 'Priority' }, kind: 'number' },
  scores: { output: { $sum: 'Score' }, kind: 'number' },
  widths: { output: { $sum: 'Device.width' }, kind: 'number' },
  meanPriority: { output: { $avg: 'Priority' }, kind: 'number' },
  meanBig: { output: { $avg: 'Big' }, kind: 'number' },
  lowPriority: { output: { $min: 'Priority' }, kind: 'number' },
  highScore: { output: { $max: 'Score' }, kind: 'number' },
  firstStart: { output: { $min: 'StartTime' }, kind: 'dateTime' },
  lastDay: { output: { $max: 'Day' }, kind: 'date' },
  lowSubject: { output: { $min: 'Subject' }, kind: 'text' },
  highStatus: { output: { $max: 'Status' }, kind: 'text' },
  highNotes: { output: { $max: 'Notes' }, kind: 'text' },
  lowOwner: { output: { $min: 'OwnerId' }, kind: 'reference' },
};

function rowPool(name: string): Pool {
  const output = OUTPUTS[name];
  const pool = POOLS.find(({ path }) => path === name);
  if (output === undefined) return pool as Pool;
  const values =
    output.kind === 'number'
      ? [0, 1, 2, 5, 100]
      : (POOLS.find(({ path }) => path === Object.values(output.output)[0]) as Pool).values;
  return { path: name, kind: output.kind, values };
}

export const arbitraryAggregate: fc.Arbitrary<AggregateLike> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...GROUPABLE.map(({ path }) => path)), { maxLength: 3 }),
    fc.uniqueArray(fc.constantFrom(...Object.keys(OUTPUTS)), { minLength: 1, maxLength: 5 }),
  )
  .chain(([groupBy, aliases]) => {
    const names = [...groupBy, ...aliases];
    const select = Object.fromEntries(
      aliases.map((alias) => [alias, OUTPUTS[alias]?.output]),
    ) as AggregateLike['select'];
    const having = treeOf(conditionOn(names.map(rowPool)), 1);
    const parts = fc.record({ where: arbitraryWhere, having, orderBy: orderOver(names) }, { requiredKeys: [] });
    return fc.tuple(parts, arbitraryWindow, fc.boolean()).map(([query, window, whole]) => ({
      ...(groupBy.length > 0 && { groupBy }),
      select,
      ...query,
      ...(whole ? {} : window),
    }));
  });

/** Which indexes a database has besides those of its definitions. */
export const arbitraryIndexes: fc.Arbitrary<readonly (readonly string[])[]> = fc.subarray([...ALL_INDEXES], {
  maxLength: 6,
});
