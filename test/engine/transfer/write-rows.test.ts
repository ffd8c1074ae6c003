import { describe, expect, test } from 'vitest';
import { writeRows } from '../../../src/engine/transfer/write-rows.ts';
import { readRecords, VISIT } from './sample-objects.ts';

const FIELDS = ['Id', 'Caption', 'Count', 'Channels'];
const RECORD = { Id: '1', Caption: 'a, "b"\nc', Count: 3, Channels: ['x', 'y"'] };

function write(rows: Iterable<Record<string, unknown>>, options: Parameters<typeof writeRows>[2]): string {
  return [...writeRows(rows, VISIT, options)].join('');
}

describe('writing records', () => {
  test('as NDJSON, one a line', () => {
    expect(write([RECORD, RECORD], { format: 'ndjson' })).toBe(`${JSON.stringify(RECORD)}\n`.repeat(2));
    expect(write([], { format: 'ndjson' })).toBe('');
  });

  test('as one JSON list', () => {
    expect(JSON.parse(write([RECORD, RECORD], { format: 'json' }))).toEqual([RECORD, RECORD]);
    expect(write([], { format: 'json' })).toBe('[]\n');
  });

  test('as CSV with a header, nested values as JSON', () => {
    expect(write([RECORD], { format: 'csv', fields: FIELDS })).toBe(
      'Id,Caption,Count,Channels\n1,"a, ""b""\nc",3,"[""x"",""y\\""""]"\n',
    );
    expect(write([], { format: 'csv', fields: FIELDS })).toBe('Id,Caption,Count,Channels\n');
  });

  test('as CSV has all fields of the object unless some are named', () => {
    const [header] = write([], { format: 'csv' }).split('\n');
    expect(header?.split(',')).toEqual(VISIT.fields.map((field) => field.name));
  });

  test('with the fields named and in that order, null where a record has none', () => {
    const fields = ['Count', 'Notes', 'Id'];
    expect(write([RECORD], { format: 'ndjson', fields })).toBe('{"Count":3,"Notes":null,"Id":"1"}\n');
    expect(write([RECORD], { format: 'json', fields })).toBe('[\n{"Count":3,"Notes":null,"Id":"1"}\n]\n');
    expect(write([RECORD], { format: 'csv', fields })).toBe('Count,Notes,Id\n3,,1\n');
  });

  test('as CSV keeps empty text and null apart, and blanks at the ends', () => {
    const rows = [{ Caption: '' }, { Caption: null }, { Caption: ' x ' }, { Caption: '\u00a0' }];
    const text = write(rows, { format: 'csv', fields: ['Caption'] });
    expect(text).toBe('Caption\n""\n,\n" x "\n"\u00a0"\n');
  });

  test('as CSV reads back even where a record is one null', async () => {
    const rows = [{ Count: null }, { Count: 1 }, { Count: null }];
    expect(await readRecords(write(rows, { format: 'csv', fields: ['Count'] }))).toEqual(rows);
  });

  test('leaves texts that look like formulas as they are unless told otherwise', async () => {
    const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '\u0000=1', '＝1', 'a=1', "'=1"];
    const rows = texts.map((Caption) => ({ Caption, Count: -5, Anything: -5 }));
    const fields = ['Caption', 'Count', 'Anything'];
    expect(await readRecords(write(rows, { format: 'csv', fields }))).toEqual(rows);
    const escaped = texts.map((text, i) => ({ Caption: i < 9 ? `'${text}` : text, Count: -5, Anything: -5 }));
    expect(await readRecords(write(rows, { format: 'csv', fields, escapeFormulas: true }))).toEqual(escaped);
  });

  test.each(['ndjson', 'json', 'csv'] as const)('as %s comes in pieces of bounded size, taken one by one', (format) => {
    let taken = 0;
    function* rows() {
      for (; taken < 5000; taken++) yield { Id: String(taken), Caption: 'x'.repeat(100) };
    }
    const pieces = writeRows(rows(), VISIT, { format, fields: ['Id', 'Caption'] });
    const first = pieces.next().value as string;
    expect(first.length).toBeGreaterThanOrEqual(65_536);
    expect(first.length).toBeLessThan(66_000);
    expect(taken).toBeLessThan(1000);
    const rest = [...pieces];
    for (const piece of rest) expect(piece.length).toBeLessThan(66_000);
    expect(taken).toBe(5000);
  });

  test('refuses wrong options at the call', () => {
    expect(() => writeRows([], VISIT, { format: 'xml' as 'json' })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => writeRows([], VISIT, { format: 'csv', fields: [] })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => writeRows([], VISIT, { format: 'csv', fields: ['Id', 'Id'] })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => writeRows([], VISIT, { format: 'ndjson', fields: ['Nope'] })).toThrow(
      expect.objectContaining({ code: 'INVALID_FIELD' }),
    );
  });
});
