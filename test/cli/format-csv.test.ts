import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { columnsOf, type Row } from '../../src/cli/flatten-row.ts';
import { formatCsv } from '../../src/cli/format-csv.ts';

const csv = (rows: readonly Row[], selected?: readonly string[][]) =>
  [...formatCsv(columnsOf(rows, selected), rows, (text) => text)].join('');

test('a header and a line for each row, parents flattened', () => {
  expect(
    csv([
      { Id: '1', Agent: { Name: 'A' } },
      { Id: '2', Agent: null },
    ]),
  ).toBe('Id,Agent.Name\n1,A\n2,\n');
});

test('values that look like CSV come back as they were', () => {
  const rows = [{ a: 'x,"y"\nz', b: ' padded ', c: '\r' }];
  expect(Papa.parse(csv(rows), { header: true, newline: '\n', skipEmptyLines: true }).data).toEqual(rows);
});

test('child rows are a cell of JSON, and so are lists', () => {
  const childrenOf = (...records: unknown[]) => ({ totalSize: records.length, done: true, records });
  const within = { Id: '2', Owner: { Name: 'B, C' }, Parts: childrenOf({ Id: '3' }) };
  const [row] = Papa.parse<Record<string, string>>(
    csv([{ Id: '1', Histories: childrenOf(within), None: childrenOf(), Null: null, List: [{ a: 1 }, [2]] }]),
    { header: true },
  ).data;
  const cell = (name: string) => row?.[name] ?? 'none';
  const read = (name: string) => JSON.parse(cell(name)) as unknown;
  expect(read('Histories')).toEqual([{ ...within, Parts: [{ Id: '3' }] }]);
  expect([read('None'), cell('Null'), read('List')]).toEqual([[], '', [{ a: 1 }, [2]]]);
});

test('an empty text and a null can be told apart, and no line is empty', () => {
  expect(csv([{ a: '', b: null }])).toBe('a,b\n"",\n');
  expect(csv([{ a: null }])).toBe('a\n""\n');
});

test('without rows there is a header where one is known', () => {
  expect(csv([], [['Id'], ['Agent', 'Name']])).toBe('Id,Agent.Name\n');
  expect(csv([])).toBe('');
});
