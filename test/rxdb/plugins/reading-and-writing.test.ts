import { addRxPlugin, type RxCollection, type RxDatabase } from 'rxdb/plugins/core';
import { getCRDTSchemaPart, RxDBcrdtPlugin } from 'rxdb/plugins/crdt';
import { RxDBLeaderElectionPlugin } from 'rxdb/plugins/leader-election';
import { RxDBPipelinePlugin } from 'rxdb/plugins/pipeline';
import { RxDBQueryBuilderPlugin } from 'rxdb/plugins/query-builder';
import { RxDBUpdatePlugin } from 'rxdb/plugins/update';
import { afterEach, describe, expect, test } from 'vitest';
import { getRxStorageSojourn } from '../../../src/rxdb/rxdb.ts';
import { type AnyRxStorage, closeRx, openRx, RX_STORAGES } from '../../instruments/rx-databases.ts';

for (const plugin of [
  RxDBcrdtPlugin,
  RxDBLeaderElectionPlugin,
  RxDBPipelinePlugin,
  RxDBQueryBuilderPlugin,
  RxDBUpdatePlugin,
])
  addRxPlugin(plugin);
afterEach(closeRx);

const call = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 20 },
    queue: { type: 'string', maxLength: 20 },
    turns: { type: 'number', minimum: 0, maximum: 1e6, multipleOf: 1 },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['id', 'queue', 'turns'],
  indexes: ['turns', ['queue', 'turns']],
} as const;

async function add(database: RxDatabase, schema: object = call): Promise<RxCollection> {
  const { calls } = await database.addCollections({ calls: { schema: schema as never } });
  return calls as RxCollection;
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `c${String(at).padStart(3, '0')}`, queue: `q${at % 3}`, turns: at }));
const idsOf = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id);

describe.each(RX_STORAGES)('on %s', (_, make) => {
  test('queries are built word by word', async () => {
    const calls = await add(await openRx(make()));
    await calls.bulkInsert(rows(30));
    const built = calls.find().where('queue').eq('q1').where('turns').gt(3).lte(20).sort('-turns').skip(1).limit(3);
    expect(idsOf(await built.exec())).toEqual(['c016', 'c013', 'c010']);
    const either = calls
      .find()
      .or([{ turns: 2 }, { turns: { $gte: 28 } }])
      .sort({ turns: 'asc' });
    expect(idsOf(await either.exec())).toEqual(['c002', 'c028', 'c029']);
    expect((await calls.findOne().where('queue').eq('q2').sort('turns').exec()).id).toBe('c002');
    expect(await calls.count().where('turns').lt(10).exec()).toBe(10);
  });

  test('documents are changed by operators, one and many', async () => {
    const calls = await add(await openRx(make()));
    await calls.bulkInsert(rows(9));
    const document = await calls.findOne('c000').exec(true);
    await document.update({ $inc: { turns: 5 }, $push: { tags: 'vip' } });
    await document.getLatest().incrementalUpdate({ $set: { queue: 'q9' } });
    expect(document.getLatest().toJSON()).toEqual({ id: 'c000', queue: 'q9', turns: 5, tags: ['vip'] });
    await calls.find({ selector: { queue: 'q1' } }).update({ $inc: { turns: 100 } });
    expect(idsOf(await calls.find({ selector: { turns: { $gte: 100 } } }).exec())).toEqual(['c001', 'c004', 'c007']);
  });

  test('writes come to one end however they are made', async () => {
    const calls = await add(await openRx(make()));
    const document = await calls.insert({ id: 'a', queue: 'q', turns: 0 });
    await Promise.all(
      Array.from({ length: 20 }, () =>
        document.incrementalModify((data: { turns: number }) => ({ ...data, turns: data.turns + 1 })),
      ),
    );
    await Promise.all([document.incrementalPatch({ queue: 'p' }), document.incrementalPatch({ tags: ['t'] })]);
    expect(document.getLatest().toJSON()).toEqual({ id: 'a', queue: 'p', turns: 20, tags: ['t'] });
    // Made from what is no longer so.
    await expect(document.patch({ turns: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await document.getLatest().patch({ turns: 1 })).turns).toBe(1);
    await expect(calls.insert({ id: 'a', queue: 'q', turns: 0 })).rejects.toMatchObject({ code: 'CONFLICT' });
    await calls.insertIfNotExists({ id: 'a', queue: 'never', turns: 0 });
    await calls.upsert({ id: 'a', queue: 'up', turns: 7 });
    await Promise.all([1, 2, 3].map((turns) => calls.incrementalUpsert({ id: 'b', queue: 'up', turns })));
    const { error } = await calls.bulkUpsert([
      { id: 'c', queue: 'up', turns: 1 },
      { id: 'b', queue: 'up', turns: 9 },
    ]);
    expect(error).toEqual([]);
    const all = await calls.find({ sort: [{ id: 'asc' }] }).exec();
    expect(all.map(({ id, queue, turns }) => [id, queue, turns])).toEqual([
      ['a', 'up', 7],
      ['b', 'up', 9],
      ['c', 'up', 1],
    ]);
    await calls.bulkRemove(['a', 'c']);
    await calls.insert({ id: 'a', queue: 'again', turns: 0 });
    expect((await calls.findByIds(['a', 'b', 'c']).exec()).size).toBe(2);
  });

  test('live queries show what their storage would answer, through any writes', async () => {
    const calls = await add(await openRx(make()));
    await calls.bulkInsert(rows(40));
    const queries = [
      { selector: { queue: 'q1' }, sort: [{ turns: 'desc' }], limit: 5 },
      { selector: { turns: { $gte: 5, $lt: 30 } }, sort: [{ queue: 'asc' }, { turns: 'asc' }], skip: 2, limit: 6 },
      { selector: { queue: { $ne: 'q0' } } },
      { selector: { tags: { $elemMatch: { $eq: 'vip' } } }, sort: [{ turns: 'asc' }] },
      {},
    ] as never[];
    const shown = queries.map((query) => {
      const states: string[][] = [];
      calls.find(query).$.subscribe((found) => states.push(idsOf(found as never)));
      return states;
    });
    let counted = -1;
    calls.count({ selector: { queue: 'q1' } }).$.subscribe((count) => {
      counted = count;
    });
    let one: string | undefined;
    calls.findOne({ sort: [{ turns: 'desc' }] }).$.subscribe((found) => {
      one = found?.id;
    });
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let step = 0; step < 60; step++) {
      const id = `c${String(next(50)).padStart(3, '0')}`;
      const kind = next(4);
      if (kind === 0) await (await calls.findOne(id).exec())?.incrementalRemove();
      else if (kind === 1) await calls.upsert({ id, queue: `q${next(3)}`, turns: next(40) });
      else if (kind === 2)
        await (await calls.findOne(id).exec())?.incrementalPatch({ turns: next(40), tags: next(2) ? ['vip'] : [] });
      else
        await calls.bulkUpsert(
          [0, 1, 2].map((at) => ({ id: `d${next(9)}${at}`, queue: `q${next(3)}`, turns: next(40) })),
        );
    }
    for (const [at, query] of queries.entries()) {
      const { documents } = await calls.storageInstance.query(calls.find(query).getPreparedQuery() as never);
      await expect.poll(() => shown[at]?.at(-1)).toEqual(idsOf(documents as never));
    }
    await expect.poll(() => counted).toBe(await calls.count({ selector: { queue: 'q1' } }).exec());
    await expect.poll(() => one).toBe((await calls.findOne({ sort: [{ turns: 'desc' }] }).exec())?.id);
  });

  test('streams tell of each change once, and fields of a document can be watched', async () => {
    const calls = await add(await openRx(make()));
    const events: string[] = [];
    calls.insert$.subscribe(({ documentId }) => events.push(`+${documentId}`));
    calls.update$.subscribe(({ documentId }) => events.push(`~${documentId}`));
    calls.remove$.subscribe(({ documentId }) => events.push(`-${documentId}`));
    const document = await calls.insert({ id: 'a', queue: 'q', turns: 0 });
    const turns: number[] = [];
    document.get$('turns').subscribe((value: number) => turns.push(value));
    const gone: boolean[] = [];
    document.deleted$.subscribe((value: boolean) => gone.push(value));
    await calls.bulkInsert([
      { id: 'b', queue: 'q', turns: 0 },
      { id: 'c', queue: 'q', turns: 0 },
    ]);
    await document.incrementalPatch({ turns: 1 });
    await document.incrementalPatch({ queue: 'p' });
    await document.getLatest().remove();
    await calls.insert({ id: 'a', queue: 'again', turns: 5 });
    await expect.poll(() => events.length).toBe(7);
    expect(events).toEqual(['+a', '+b', '+c', '~a', '~a', '-a', '+a']);
    expect(turns.slice(0, 2)).toEqual([0, 1]);
    expect(gone.slice(0, 2)).toEqual([false, true]);
  });

  test('concurrent edits of two databases come together as CRDTs', async () => {
    const schema = {
      ...call,
      properties: { ...call.properties, crdts: getCRDTSchemaPart() },
      required: ['id', 'queue', 'turns', 'crdts'],
      crdt: { field: 'crdts' },
    };
    const calls = await add(await openRx(make()), schema);
    const document = await calls.insert({ id: 'a', queue: 'q', turns: 1 });
    await document.updateCRDT({ ifMatch: { $inc: { turns: 2 } } });
    await document.getLatest().updateCRDT({
      selector: { turns: { $gt: 10 } },
      ifMatch: { $set: { queue: 'long' } },
      ifNotMatch: { $set: { queue: 'short' } },
    });
    await calls.insertCRDT({ ifMatch: { $set: { id: 'b', queue: 'q', turns: 4 } } });
    const again = document.getLatest();
    expect([again.turns, again.queue]).toEqual([3, 'short']);
    expect(again.toMutableJSON().crdts.operations).toHaveLength(3);
    expect((await calls.findOne('b').exec(true)).turns).toBe(4);
    await again.remove();
    expect(await calls.count().exec()).toBe(1);
  });

  test('a pipeline carries each change of one collection into another', async () => {
    const database = await openRx(make());
    const calls = await add(database);
    const { lengths } = await database.addCollections({
      lengths: {
        schema: {
          version: 0,
          primaryKey: 'id',
          type: 'object',
          properties: { id: { type: 'string', maxLength: 20 }, length: { type: 'number' } },
        } as never,
      },
    });
    const pipeline = await calls.addPipeline({
      identifier: 'lengths',
      destination: lengths as never,
      handler: async (found) => {
        await lengths?.bulkUpsert(found.map(({ id, turns }) => ({ id, length: turns * 10 })));
      },
      batchSize: 10,
    });
    await calls.bulkInsert(rows(25));
    await calls.findOne('c003').update({ $set: { turns: 77 } });
    await pipeline.awaitIdle();
    expect(await lengths?.count().exec()).toBe(25);
    expect((await lengths?.findOne('c003').exec())?.length).toBe(770);
  });
});

test('documents that ours gives are frozen all the way down, and copied by toMutableJSON', async () => {
  const calls = await add(await openRx(getRxStorageSojourn() as unknown as AnyRxStorage));
  await calls.bulkInsert([{ id: 'a', queue: 'q', turns: 0, tags: ['vip'] }]);
  await calls.database.close();
  const again = await add(
    await openRx(getRxStorageSojourn() as unknown as AnyRxStorage, { name: calls.database.name }),
  );
  const document = await again.findOne('a').exec(true);
  expect(() => document.toJSON().tags.push('more')).toThrow(TypeError);
  const copy = document.toMutableJSON();
  copy.tags.push('more');
  expect(document.tags).toEqual(['vip']);
  await again.database.remove();
});
