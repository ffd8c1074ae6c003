import { describe, expect, test } from 'vitest';
import { cut, readAll, readRecords, TRIMMED_VISIT } from './sample-objects.ts';

async function readCell(column: string, cell: string): Promise<unknown> {
  const [row] = await readAll(`Id,${column}\nx,${cell}\n`);
  return row !== undefined && 'value' in row ? row.value[column] : row;
}

describe('cells become values by the type of their field', () => {
  test.each([
    ['Count', '12', 12],
    ['Count', '-7', -7],
    ['Count', ' 31.0 ', 31],
    ['Count', '1.5', 1.5],
    ['Score', '1e-7', 1e-7],
    ['Score', '.5', 0.5],
    ['Score', '"3.25"', 3.25],
    ['Open', 'true', true],
    ['Open', 'FALSE', false],
    ['Open', '1', true],
    ['Open', '0', false],
    ['Start', '2026-01-12T08:00:02.000+0000', '2026-01-12T08:00:02.000+0000'],
    ['Day', '2026-01-12', '2026-01-12'],
    ['Agent', '0055g00000ABcdeAAD', '0055g00000ABcdeAAD'],
    ['Caption', '007', '007'],
    ['Caption', ' two blanks ', ' two blanks '],
    ['Caption', '"say ""hi"", then"', 'say "hi", then'],
    ['Caption', 'an "odd" quote', 'an "odd" quote'],
    ['Channels', '"[""a"",""b""]"', ['a', 'b']],
    ['Device', '"{""width"":5}"', { width: 5 }],
    ['Extras', '{}', {}],
    ['Anything', '"""text"""', 'text'],
    ['Anything', '-5', -5],
    ['Anything', 'null', null],
    ['Unknown', '12', '12'],
  ])('%s: %s', async (column, cell, value) => {
    expect(await readCell(column, cell)).toEqual(value);
  });

  test.each([
    ['Count', 'twelve'],
    ['Count', '0x10'],
    ['Count', '"1,000"'],
    ['Count', '--1'],
    ['Score', 'Infinity'],
    ['Score', 'NaN'],
    ['Score', '1e999'],
    ['Open', 'yes'],
    ['Channels', 'secret'],
    ['Anything', '{secret'],
    ['Anything', `"${'['.repeat(40)}${']'.repeat(40)}"`],
  ])('%s does not take %s, and the problem names the column and not the cell', async (column, cell) => {
    const row = await readCell(column, cell);
    expect(row).toMatchObject({ line: 2, problem: expect.stringContaining(column) });
    expect((row as { problem: string }).problem).not.toContain(cell.replaceAll('"', ''));
  });

  test('all bad cells of a record are told together, and the next record is read', async () => {
    expect(await readAll('Id,Count,Open\n1,x,y\n2,2,true')).toEqual([
      { line: 2, problem: 'Count: not a number; Open: not true or false' },
      { line: 3, value: { Id: '2', Count: 2, Open: true } },
    ]);
  });

  test('an empty cell is null, whatever its type', async () => {
    for (const column of ['Caption', 'Count', 'Open', 'Start', 'Channels', 'Anything', 'Agent', 'Unknown'])
      expect(await readCell(column, '')).toBeNull();
    for (const column of ['Count', 'Open', 'Channels']) expect(await readCell(column, '  ')).toBeNull();
  });

  test('an empty cell in quotes is empty text where text is kept as given, and null elsewhere', async () => {
    for (const column of ['Caption', 'Notes', 'Link', 'Phone', 'Status', 'Tags'])
      expect(await readCell(column, '""')).toBe('');
    for (const column of ['Count', 'Open', 'Start', 'Day', 'Agent', 'Mail', 'Mode', 'Channels', 'Unknown'])
      expect(await readCell(column, '""')).toBeNull();
    expect(await readRecords('Id,Caption\n"1",""', { definition: TRIMMED_VISIT })).toEqual([
      { Id: '1', Caption: null },
    ]);
  });

  test('quotes that only look like an empty cell are text', async () => {
    expect(await readRecords('Id,Caption,Notes\n"","a,"","",b",""""\n')).toEqual([
      { Id: null, Caption: 'a,",",b', Notes: '"' },
    ]);
  });
});

describe('records of CSV', () => {
  test('have the line they start on, whatever line ends they hold', async () => {
    const text = 'Id,Caption\r\n1,"two\r\nlines"\r\n\r\n2,"\n\n"\r\n3,x';
    const expected = [
      { line: 2, value: { Id: '1', Caption: 'two\r\nlines' } },
      { line: 5, value: { Id: '2', Caption: '\n\n' } },
      { line: 8, value: { Id: '3', Caption: 'x' } },
    ];
    for (const size of [1, 2, 3, 5, 1000]) expect(await readAll(cut(text, size))).toEqual(expected);
  });

  test('end before the whole of a line end', async () => {
    expect(await readRecords('Id,Caption\r\n1,x\r\n2,"y"\r\n3,z\r')).toEqual([
      { Id: '1', Caption: 'x' },
      { Id: '2', Caption: 'y' },
      { Id: '3', Caption: 'z' },
    ]);
  });

  test('can follow blank lines, and so can the header', async () => {
    expect(await readAll('\n\nId\n \n1\n\n', { format: 'csv' })).toEqual([{ line: 5, value: { Id: '1' } }]);
  });

  test('have as many cells as the header, save empty ones beyond it', async () => {
    expect(await readAll('Id,Count,,\n1,1,,\n2\n3,3,"",\n4,4,x\n5,5')).toEqual([
      { line: 2, value: { Id: '1', Count: 1 } },
      { line: 3, problem: '1 cells under a header of 2' },
      { line: 4, value: { Id: '3', Count: 3 } },
      { line: 5, problem: '3 cells under a header of 2' },
      { line: 6, value: { Id: '5', Count: 5 } },
    ]);
  });

  test('with quotes gone wrong harm no others', async () => {
    expect(await readAll('Id,Caption\n0,"a"\rb\n1,"a"b\n2,ok\n3,"a\nb"c,"\n4,5"\n6,ok\n')).toEqual([
      { line: 2, problem: 'a quoted cell that goes on after its quotes' },
      { line: 3, problem: 'a quoted cell that goes on after its quotes' },
      { line: 4, value: { Id: '2', Caption: 'ok' } },
      { line: 5, problem: 'a quoted cell that goes on after its quotes' },
      { line: 8, value: { Id: '6', Caption: 'ok' } },
    ]);
  });

  test('are not made up from the text of a cell that does not end', async () => {
    expect(await readAll('Id,Caption\n1,ok\n2,"this goes on\n3,and is text\n')).toEqual([
      { line: 2, value: { Id: '1', Caption: 'ok' } },
      { line: 3, problem: 'a quoted cell that does not end' },
    ]);
  });

  test('longer than allowed are passed over', async () => {
    const long = 'x'.repeat(200);
    const text = `Id,Caption\n1,${long}\n2,"${'line\n'.repeat(40)}end"\n3,ok\n4,"${'line\n'.repeat(40)}`;
    const read = () => cut(text, 9);
    expect(await readAll(read(), { lineLengthMax: 100 })).toEqual([
      { line: 2, problem: 'longer than 100 characters' },
      { line: 3, problem: 'longer than 100 characters' },
      { line: 44, value: { Id: '3', Caption: 'ok' } },
      { line: 45, problem: 'a quoted cell that does not end' },
    ]);
  });

  test('keep cells that start with a byte order mark', async () => {
    expect(await readRecords('\uFEFFCaption,Id\n\uFEFFa,1\n\uFEFF"b",2\n')).toEqual([
      { Caption: '\uFEFFa', Id: '1' },
      { Caption: '\uFEFF"b"', Id: '2' },
    ]);
  });

  test('keep the keys that would pollute as keys of their own', async () => {
    const [record] = await readRecords('Id,__proto__,constructor\n1,x,y\n');
    expect(Object.entries(record as object)).toEqual([
      ['Id', '1'],
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  });

  test.each([
    [';', 'Id;Caption;Score'],
    ['\t', 'Id\tCaption\tScore'],
    ['|', '"Id"|"Caption"|"Score"'],
    [',', ' Id , Caption , Score '],
  ])('are told apart by %j when the header has it', async (delimiter, header) => {
    expect(await readRecords(`${header}\n1${delimiter}"a${delimiter}b"${delimiter}2`)).toEqual([
      { Id: '1', Caption: `a${delimiter}b`, Score: 2 },
    ]);
  });

  test('come out right in large numbers and mixed with bad ones', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) =>
      i % 100 === 7 ? `${i},"x"x,` : `${i},"text ""${i}"", more",${i}`,
    );
    const rows = await readAll(`Id,Caption,Count\n${lines.join('\n')}`);
    expect(rows).toHaveLength(5000);
    rows.forEach((row, i) => {
      expect(row.line).toBe(i + 2);
      if (i % 100 === 7) expect(row).toHaveProperty('problem');
      else expect(row).toHaveProperty('value', { Id: String(i), Caption: `text "${i}", more`, Count: i });
    });
  });
});

describe('headers of CSV', () => {
  test.each([
    ['a name twice', 'Id,Name,Id\n1,2,3'],
    ['a column without a name', 'Id,,Count\n1,2,3'],
    ['quotes that go wrong', '"Id"x,Count\n1,2'],
    ['quotes that do not end', 'Id,"Count\n1,2'],
  ])('with %s are unreadable', async (_, text) => {
    await expect(readAll(text)).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
  });

  test('without records give none', async () => {
    expect(await readAll('Id,Caption')).toEqual([]);
    expect(await readAll('Id,Caption\r\n')).toEqual([]);
    expect(await readAll('', { format: 'csv' })).toEqual([]);
  });
});
