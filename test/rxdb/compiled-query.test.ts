import { afterEach, beforeEach, describe, test } from 'vitest';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { openRxInstance, RxPair } from '../instruments/rx-pair.ts';
import type { AnyRxQuery } from '../instruments/rx-queries.ts';
import { rxSchema } from '../instruments/rx-schemas.ts';

const INDEXES = [['text'], ['amount', 'text'], ['rank'], ['flag', 'rank'], ['kind'], ['inner.text']];
let pair: RxPair;
let count = 0;

beforeEach(async () => {
  const schema = rxSchema(INDEXES);
  const env = createFakeEnvironment();
  const collectionName = `compile${count++}`;
  const open = () => openRxInstance(getRxStorageSojourn({ env }), schema, { collectionName });
  pair = await RxPair.open(schema, { open, env, isKept: false });
});
afterEach(() => pair.close());

/** Writes documents of these bodies, whose primary keys are those of the instruments in their order. */
async function write(...bodies: readonly Record<string, unknown>[]): Promise<void> {
  const rows = bodies.map(({ deleted = false, ...body }, i) => ({
    id: ['a', 'b', 'c', 'd', 'B', 'é'][i] as string,
    previous: 'none' as const,
    deleted: deleted as boolean,
    body,
    more: {},
  }));
  await pair.play({ kind: 'write', rows, context: 'test' });
}

/** Each is compared with RxDB's own matcher and comparator, whichever index is to serve it, with deleted documents and without. */
async function ask(...queries: readonly AnyRxQuery[]): Promise<void> {
  const hints = [undefined, ...(rxSchema(INDEXES).indexes as string[][])];
  for (const query of queries)
    for (const index of hints) {
      const hinted = index === undefined ? query : { ...query, index };
      await pair.query(hinted);
      await pair.query({ ...hinted, selector: { _deleted: false, ...query.selector } });
    }
}

describe('a query finds what the matcher finds, where the plan of RxDB says otherwise', () => {
  test('for a condition that compares with the words of plans for no bound', async () => {
    await write({ text: '\uffff' }, { text: '\uffffa' }, { text: 'a' }, { amount: -1e300 }, { amount: 3 });
    for (const value of ['\uffff', Number.MIN_SAFE_INTEGER])
      for (const name of ['$eq', '$gt', '$gte', '$lt', '$lte'])
        await ask({ selector: { text: { [name]: value } } }, { selector: { amount: { [name]: value } } });
    await ask({ selector: { text: { $in: ['a', '\uffff'] } } }, { selector: { text: { $gt: 'a', $lt: '\uffff' } } });
  });

  test('for bounds beyond those of the schema, which plans take for its own', async () => {
    await write({ amount: -1e300 }, { amount: 1e300 }, { amount: 0 }, { amount: 1e12 }, { amount: 1e13 });
    for (const name of ['$gt', '$gte', '$lt', '$lte'])
      for (const value of [-1e300, 1e300, 1e13, 1e12]) await ask({ selector: { amount: { [name]: value } } });
    await ask({ selector: { amount: { $gt: -1e300, $lt: 1e300 } } });
  });

  test('for a condition without operators, which is a value', async () => {
    await write({ rank: 1 }, { rank: null }, {});
    await ask({ selector: { rank: {} } });
  });

  test('for null, and for what is not there', async () => {
    await write({ rank: null }, {}, { rank: 0 }, { rank: 1 });
    await ask({ selector: { rank: { $lt: 1 } } }, { selector: { rank: null } }, { selector: { rank: { $gte: null } } });
    await ask({ selector: { _deleted: false, rank: { $lte: 1 } } }, { selector: { rank: { $in: [null, 1] } } });
  });

  test('for values of another type than the field', async () => {
    await write({ rank: '1' }, { rank: 1 }, { rank: true }, { rank: [1, 5] });
    await ask({ selector: { rank: '1' } }, { selector: { rank: { $gt: 0 } } }, { selector: { rank: { $lt: '2' } } });
    await ask({ selector: { rank: { $gt: Number.NaN } } }, { selector: { rank: { $eq: Number.NaN } } });
  });

  test('for a list on the way to a field, whose elements are meant', async () => {
    await write({ inner: [{ text: 'a' }] }, { inner: { text: 'a' } }, { inner: [] }, { inner: 'a' });
    await ask({ selector: { 'inner.text': 'a' } }, { selector: { 'inner.text': { $gte: '' } } });
  });

  test('for deleted documents, asked for by any comparison', async () => {
    await write({ rank: 1 }, { rank: 1, deleted: true }, { rank: 2 });
    for (const name of ['$eq', '$gt', '$gte', '$lt', '$lte'])
      for (const value of [true, false])
        await ask(
          { selector: { _deleted: { [name]: value } } },
          { selector: { _deleted: { [name]: value }, rank: 1 } },
        );
    await ask({ selector: { _deleted: { $gte: true, $lte: true } } });
    await ask({ selector: { _deleted: { $gte: false, $lte: false } } }, { selector: {} });
  });
});

describe('a query gives the order of the comparator, where the plan takes an index for it', () => {
  test('whose fields leave out one that is asked to be one value', async () => {
    await write({ flag: null, rank: 1 }, { rank: 2 }, { flag: null, rank: 0 }, { rank: 0 });
    await ask({ selector: { _deleted: false, flag: null }, sort: [{ flag: 'asc' }, { rank: 'asc' }] });
    await ask({
      selector: { _deleted: false, flag: null },
      sort: [{ flag: 'desc' }, { rank: 'desc' }, { id: 'desc' }],
    });
  });

  test('and a document has it as one of several in a list', async () => {
    await write({ kind: ['open', 'lost'], rank: 3 }, { kind: 'open', rank: 1 }, { kind: ['open'], rank: 0 });
    const selector = { _deleted: false, kind: 'open', rank: { $gte: 0 } };
    await ask({ selector, sort: [{ kind: 'asc' }, { rank: 'asc' }] });
  });

  test('downwards, with the primary key upwards, a page at a time', async () => {
    await write({ rank: 1 }, { rank: 2 }, { rank: 1 }, { rank: 2 }, { rank: 1 }, {});
    for (const id of ['asc', 'desc'] as const)
      for (const skip of [0, 1, 3])
        for (const limit of [0, 2, 10]) {
          await ask({ selector: {}, sort: [{ rank: 'desc' }, { id }], skip, limit });
        }
  });

  test('or values are equal and not the same, which come by the primary key', async () => {
    await write({ tags: ['a'] }, { tags: ['b'] }, { tags: ['a'] }, { tags: ['a'] });
    await ask({ selector: {}, sort: [{ tags: 'desc' }] }, { selector: {}, sort: [{ tags: 'asc' }], skip: 1, limit: 2 });
  });
});
