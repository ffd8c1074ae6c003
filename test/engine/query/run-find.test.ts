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
