import { expect, test } from 'vitest';
import { cellText, columnsOf, type Row, valueAt } from '../../src/cli/flatten-row.ts';

const names = (rows: readonly Row[], selected?: readonly string[][]) =>
  columnsOf(rows, selected).map(({ name }) => name);

test('parents and nested objects become columns with dots', () => {
  const row = { Id: '1', Agent: { LastName: 'A', Manager: { Name: 'M' } }, device: { type: 'phone' } };
  expect(names([row])).toEqual(['Id', 'Agent.LastName', 'Agent.Manager.Name', 'device.type']);
});

test('a parent that is null in some rows has the columns of the others, in its place', () => {
  expect(
    names([
      { Agent: null, Id: '1' },
      { Agent: { Name: 'A' }, Id: '2' },
    ]),
  ).toEqual(['Agent.Name', 'Id']);
});

test('a parent that is null in all rows has the columns selected', () => {
  const selected = [['agent', 'LastName'], ['Agent', 'Alias'], ['Id']];
  expect(names([{ Agent: null, Id: '1' }], selected)).toEqual(['Agent.LastName', 'Agent.Alias', 'Id']);
});

test('rows that differ have the columns of all', () => {
  expect(names([{ a: 1 }, { b: 2 }, { a: 1, c: { d: 3 } }])).toEqual(['a', 'b', 'c.d']);
});

test('a place with a plain value in one row and more in another is shown as both', () => {
  const rows = [{ a: 'text' }, { a: { b: 1 } }];
  const columns = columnsOf(rows);
  expect(columns.map(({ name }) => name)).toEqual(['a', 'a.b']);
  expect(rows.map((row) => columns.map((column) => valueAt(row, column)))).toEqual([
    ['text', undefined],
    [undefined, 1],
  ]);
});

test('without rows the columns are those selected', () => {
  expect(names([], [['Id'], ['Agent', 'Name']])).toEqual(['Id', 'Agent.Name']);
});

test('keys with dots are not taken for paths', () => {
  const [column] = columnsOf([{ 'a.b': 1 }]);
  expect(column && valueAt({ 'a.b': 1, a: { b: 2 } }, column)).toBe(1);
});

test('names of Object.prototype are no values', () => {
  expect(valueAt({}, { name: 'constructor', path: ['constructor'] })).toBeUndefined();
  expect(names([JSON.parse('{"__proto__": {"x": 1}, "y": 2}')])).toEqual(['__proto__.x', 'y']);
});

test.each([
  [null, ''],
  [undefined, ''],
  ['', ''],
  [false, 'false'],
  [0, '0'],
  [[1, { a: 2 }], '[1,{"a":2}]'],
  [{}, '{}'],
  [{ totalSize: 3, done: true, records: [{}, {}, {}] }, '3 rows'],
  [{ totalSize: 1, done: true, records: [{}] }, '1 row'],
])('%j is shown as %j', (value, text) => {
  expect(cellText(value)).toBe(text);
});
