import { expect, test } from 'vitest';
import { defineObject } from '../../../src/engine/definition/define-object.ts';
import { openDatabase } from '../../../src/index.ts';

const Call = defineObject({ name: 'Call', fields: { Kind: { type: 'string' }, Length: { type: 'int' } } });

async function openWith(count: number) {
  const db = await openDatabase({ name: 'run-find', objects: [Call] });
  await db.Call.create(Array.from({ length: count }, (_, i) => ({ Kind: i % 2 === 0 ? 'in' : 'out', Length: i })));
  return db;
}

test('a scan that needs no order ends with the last record wanted', async () => {
  const db = await openWith(3000);
  expect(db.Call.explain({ where: { Kind: 'out' }, limit: 3 }).visited).toBe(6);
  expect(db.Call.explain({ limit: 2, offset: 1 }).visited).toBe(3);
  expect(db.Call.explain({ limit: 0 }).visited).toBe(0);
  expect(db.Call.find({ where: { Kind: 'out' }, limit: 2, offset: 1 }).map(({ Length }) => Length)).toEqual([3, 5]);
  await db.close();
});

test('no index is built for scans that ended early', async () => {
  const db = await openWith(3000);
  for (let i = 0; i < 20; i++) db.Call.findOne({ where: { Length: 5 } });
  expect(db.Call.explain({ where: { Length: 5 } }).index).toBeUndefined();
  await db.close();
});

test('asked for the recycle bin too, an index still finds the live records, and only the bin is read besides', async () => {
  const db = await openWith(3000);
  const binned = db.Call.find({ where: { Length: { $in: [5, 7, 2000] } } }).map(({ Id }) => Id);
  await db.Call.delete(binned);
  const where = { Id: { $in: [binned[0] as string, db.Call.find({ limit: 1 })[0]?.Id as string] } };
  expect(db.Call.explain({ where, deleted: 'include' })).toMatchObject({ index: ['id'], visited: 4, matched: 2 });
  expect(db.Call.find({ where, deleted: 'include' }).map(({ Length }) => Length)).toEqual([0, 5]);
  expect(db.Call.find({ where, deleted: 'only' }).map(({ Length }) => Length)).toEqual([5]);
  expect(db.Call.count({ where, deleted: 'include' })).toBe(2);
  const last = db.Call.find({ orderBy: [{ Length: 'desc' }], offset: 999, limit: 2, deleted: 'include' });
  expect(last.map(({ Length }) => Length)).toEqual([2000, 1999]);
  await db.close();
});
