import { describe, expect, test } from 'vitest';
import { defineObject, memoryStorage, openDatabase, type Storage } from '../../../src/index.ts';
import { codeOf } from '../../instruments/any-database.ts';

const box = (fields: object, name = 'Box__c', prefix = 'a0B') =>
  defineObject({ name, id: { kind: 'salesforce', prefix }, fields } as never) as unknown as typeof Box;
const Box = defineObject({
  name: 'Box__c',
  id: { kind: 'salesforce', prefix: 'a0B' },
  fields: { P__c: { type: 'string' }, Q__c: { type: 'string' } },
});
const { fields } = Box.spec;

function open(storage: Storage, options: object = {}) {
  const given = { name: 'boxes', objects: [Box] as const, storage, shared: true, onError: () => undefined };
  return openDatabase({ ...given, ...options } as typeof given);
}

async function openTwo(left: object = {}, right: object = {}) {
  const storage = memoryStorage();
  const leader = await open(storage, left);
  return { storage, leader, follower: await open(storage, right) };
}

const close = (...databases: readonly { close(): Promise<void> }[]) =>
  Promise.all(databases.map((database) => database.close()));

describe('a tab that follows', () => {
  test('is told what is wrong with its writes as the tab that leads would be', async () => {
    const { leader, follower } = await openTwo();
    const bad = { P__c: 1 } as never;
    for (const db of [leader, follower]) {
      expect(await codeOf(() => db.Box__c.create(bad))).toBe('INVALID_TYPE_ON_FIELD_IN_RECORD');
      const results = await db.Box__c.create([{ P__c: 'good' }, bad], { allOrNone: true });
      expect(results.map(({ errors }) => errors[0]?.statusCode)).toEqual([
        'ALL_OR_NONE_OPERATION_ROLLED_BACK',
        'INVALID_TYPE_ON_FIELD_IN_RECORD',
      ]);
      expect((await db.Box__c.create([{ P__c: 'good' }, bad])).map(({ success }) => success)).toEqual([true, false]);
    }
    expect(await codeOf(() => follower.Box__c.create({ P__c: () => 1 } as never))).toBe(
      'INVALID_TYPE_ON_FIELD_IN_RECORD',
    );
    expect([leader.Box__c.size, leader.sequence]).toEqual([2, 2]);
    await close(follower, leader);
  });

  test('writes what its input was at the call, whatever becomes of that', async () => {
    const { leader, follower } = await openTwo();
    const input = { P__c: 'then' };
    const writing = follower.Box__c.create(input);
    input.P__c = 'later';
    await writing;
    expect(leader.Box__c.find()[0]?.P__c).toBe('then');
    await close(follower, leader);
  });

  test('runs a transaction, with all that is written within, whole or not at all, and again when others come first', async () => {
    const { leader, follower } = await openTwo();
    await expect(
      follower.transact((tx) => {
        tx.Box__c.create({ P__c: 'by tx' });
        void follower.Box__c.create({ P__c: 'by db' });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect([leader.Box__c.size, leader.sequence]).toEqual([0, 0]);
    let runs = 0;
    const counted = await follower.transact((tx) => {
      if (runs++ === 0) void leader.Box__c.create({ P__c: 'first' });
      const before = tx.Box__c.count();
      tx.Box__c.create({ P__c: 'by tx' });
      void follower.Box__c.create({ P__c: 'by db' });
      return before;
    });
    expect([runs, counted]).toEqual([2, 1]);
    expect(leader.Box__c.find({ select: ['P__c'] }).map(({ P__c }) => P__c)).toEqual(['first', 'by tx', 'by db']);
    expect(follower.Box__c.size).toBe(3);
    expect(await follower.transact(() => undefined)).toBe(undefined);
    expect(await codeOf(() => follower.transact((async () => undefined) as never))).toBe('TRANSACTION_ASYNC');
    await close(follower, leader);
  });

  test('imports, and names its own user', async () => {
    const [ada, bob] = ['0055g00000ABcdeAAD', '0055g00000ABcdfAAD'];
    const { leader, follower } = await openTwo({ user: ada }, { user: bob });
    const rows = Array.from({ length: 4_500 }, (_, at) => ({ P__c: `row ${at}` }));
    const told: number[] = [];
    const result = await follower.Box__c.import(rows, { onProgress: ({ done }) => told.push(done) });
    expect([result.created, leader.Box__c.size, follower.Box__c.size]).toEqual([4_500, 4_500, 4_500]);
    expect(told.at(-1)).toBe(4_500);
    expect(
      await codeOf(() => follower.Box__c.import([{ P__c: 'good' }, { P__c: 7 }], { onBadRow: 'refuse-all' })),
    ).toBe('IMPORT_REFUSED');
    const { id } = await follower.Box__c.create({ P__c: 'mine' });
    expect(leader.Box__c.get(id as string)?.CreatedById).toBe(bob);
    await close(follower, leader);
  });

  test('must have the key, and knows whether there is one', async () => {
    const [key, other] = [new Uint8Array(32), new Uint8Array(32).fill(1)];
    const { storage, leader, follower } = await openTwo({ key }, { key });
    expect([leader.health()?.encrypted, follower.health()?.encrypted]).toEqual([true, true]);
    expect(await codeOf(() => open(storage, { key: other }))).toBe('WRONG_KEY');
    expect(await codeOf(() => open(storage))).toBe('WRONG_KEY');
    await follower.Box__c.create({ P__c: 'secret' });
    await close(follower, leader);
    const plain = await openTwo();
    expect(await codeOf(() => open(plain.storage, { key }))).toBe('WRONG_KEY');
    expect(plain.follower.health()?.encrypted).toBe(false);
    await close(plain.follower, plain.leader);
  });
});

describe('tabs that know other objects or fields', () => {
  const Other = box(fields, 'Other__c', 'a0C');

  test('in another order write each to its own', async () => {
    const { leader, follower } = await openTwo({ objects: [Box, Other] }, { objects: [Other, Box] });
    await follower.transact((tx) => tx.Box__c.create({ P__c: 'into a box' }));
    expect(leader.Box__c.find().map(({ P__c }) => P__c)).toEqual(['into a box']);
    await close(follower, leader);
  });

  test('with a field more write the others, and are refused that one', async () => {
    const Larger = box({ New__c: { type: 'string' }, ...fields });
    const { leader, follower } = await openTwo({}, { objects: [Larger] });
    const { id } = await follower.Box__c.create({ P__c: 'p', Q__c: 'q' });
    const change = { Id: id as string, P__c: 'changed' };
    expect(await codeOf(() => follower.transact((tx) => tx.Box__c.update(change)))).toBe('STORAGE_NEWER');
    expect(await codeOf(() => follower.Box__c.create({ New__c: 'n' } as never))).toBe('INVALID_FIELD');
    await follower.Box__c.update(change);
    expect(leader.Box__c.get(id as string)).toMatchObject({ P__c: 'changed', Q__c: 'q' });
    await close(follower, leader);
  });

  test('of another version do not follow', async () => {
    const Later = defineObject({ ...Box.spec, version: 2, migrations: { 2: (record) => record } });
    const storage = memoryStorage();
    const leader = await open(storage);
    expect(await codeOf(() => open(storage, { objects: [Later] }))).toBe('STORAGE_LOCKED');
    await leader.close();
    const later = await open(storage, { objects: [Later] });
    expect(await codeOf(() => open(storage))).toBe('STORAGE_NEWER');
    await later.close();
  });
});

test('storages of one name in two places do not hear each other', async () => {
  const [left, right] = [await open(memoryStorage()), await open(memoryStorage())];
  expect([left.health()?.role, right.health()?.role]).toEqual(['leader', 'leader']);
  await left.Box__c.create({});
  expect(right.Box__c.size).toBe(0);
  await close(left, right);
});

test('whoever leads next is followed, however young it is', async () => {
  const storage = memoryStorage();
  const a = await open(storage);
  const b = await open(storage);
  await a.close();
  await b.Box__c.create({ P__c: '1' });
  const c = await open(storage);
  await b.close();
  // It may be there before the one that has followed all along.
  const e = await open(storage);
  await e.Box__c.create({ P__c: '2' });
  await c.Box__c.create({ P__c: '3' });
  await expect.poll(() => e.Box__c.size).toBe(3);
  expect(c.Box__c.find().map(({ P__c }) => P__c)).toEqual(['1', '2', '3']);
  await close(c, e);
});
