import { describe, expect, test } from 'vitest';
import { plain } from '../../src/board/line.ts';
import { columnsOf, type Row } from '../../src/cli/flatten-row.ts';
import { formatTable, shareWidths } from '../../src/cli/format-table.ts';
import { textWidth } from '../../src/cli/text-width.ts';

const lines = (rows: readonly Row[], width: number) =>
  [...formatTable(columnsOf(rows), rows, width, plain)].join('').split('\n').slice(0, -1);

test('a table has its names, a rule and its rows; numbers stand on the right', () => {
  expect(
    lines(
      [
        { Name: 'Anna', Chats: 7, Note: null },
        { Name: 'Bo', Chats: 1200, Note: 'x' },
      ],
      80,
    ),
  ).toEqual([
    'Name  Chats  Note', //
    '────  ─────  ────',
    'Anna      7',
    'Bo     1200  x',
  ]);
});

test('text among numbers keeps a column on the left', () => {
  expect(lines([{ value: 1 }, { value: 'two' }], 80).slice(2)).toEqual(['1', 'two']);
});

const wide = Array.from({ length: 3 }, (_, i) => ({
  Id: `0HK5g000000000${i}GAA`,
  Subject: 'A long subject that goes on and on, further than any column of a table would let it',
  City: '東京都千代田区丸の内一丁目九番一号',
  Face: '👩‍👩‍👧‍👦🎉🎉🎉🎉🎉🎉🎉🎉',
  Count: i * 1000,
}));

describe.each([40, 42, 80, 81, 120, 200])('at a width of %i', (width) => {
  test('no line is wider', () => {
    for (const line of lines(wide, width)) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });

  test('every column is there', () => {
    const text = lines(wide, width).join('\n');
    for (const name of ['Id', 'Subject', 'City', 'Face', 'Count']) expect(text).toContain(name);
  });
});

test('what does not fit is cut with an ellipsis, between whole characters', () => {
  const [, , line = ''] = lines([{ a: 'abcdefghijkl', b: '東京都千代田区丸の内' }], 20);
  expect(line).toBe('abcdefgh…  東京都千…');
});

test('a column that may be cut first is cut before any other', () => {
  const rows = [{ name: 'n'.repeat(15), label: 'l'.repeat(30), count: 7 }];
  const cut = (width: number) => [...formatTable(columnsOf(rows), rows, width, plain, 'label')].join('').split('\n')[2];
  expect(cut(60)).toBe(`${'n'.repeat(15)}  ${'l'.repeat(30)}      7`);
  expect(cut(40)).toBe(`${'n'.repeat(15)}  ${'l'.repeat(15)}…      7`);
  expect(cut(25)).toBe(`${'n'.repeat(15)}  …      7`);
  expect(cut(24)).toMatch(/^n{13}… {2}… {6}7$/);
});

test('columns that are too many for the width are shown record by record', () => {
  const row = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`FieldNumber${i}`, `value ${i}`]));
  const shown = lines([row, row], 80);
  expect(shown[0]).toMatch(/^── 1 ─+$/);
  expect(shown[1]).toBe('FieldNumber0   value 0');
  expect(shown[13]).toMatch(/^── 2 ─+$/);
  expect(shown).toHaveLength(26);
});

test('record by record, long values are cut too', () => {
  const row = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`FieldNumber${i}`, 'x'.repeat(500)]));
  for (const line of lines([row], 40)) expect(textWidth(line)).toBeLessThanOrEqual(40);
});

test('nothing in a value can move the cursor, colour or break a line', () => {
  const text = lines([{ a: '\x1b[31mred\x07\r\n\tnext\x9b2J\u202e', 'b\x1b': '\ud800' }], 80).join('\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800]/);
  expect(text).toContain('␛[31mred␇␍␊␉next\\u009b2J\\u202e');
});

test.each([
  [[5, 5, 5], 20, [5, 5, 5]],
  [[5, 50, 50], 45, [5, 20, 20]],
  [[10, 30, 50], 60, [10, 25, 25]],
  [[8, 8], 15, undefined],
  [[100], 8, [8]],
  [[3, 3, 100], 14, [3, 3, 8]],
])('widths %j in %i are shared as %j', (wanted, room, expected) => {
  expect(shareWidths(wanted, room)).toEqual(expected);
});
