import { describe, expect, test } from 'vitest';
import { cpuTimeOf } from '../../instruments/cpu-time.ts';
import { bytesOf, cut, JOURNEY, readAll, readRecords } from './sample-objects.ts';

const ONE = { Id: '1', Caption: 'one' };
const TWO = { Id: '2', Caption: 'two' };

describe('telling the format of a text', () => {
  test.each([
    ['a list', '[{"Id":"1","Caption":"one"}]'],
    ['a list after blanks', '\r\n  [{"Id":"1","Caption":"one"}]'],
    ['one record on a line', '{"Id":"1","Caption":"one"}'],
    ['one record on a line with an end', '{"Id":"1","Caption":"one"}\r\n\r\n'],
    ['one record over several lines', JSON.stringify(ONE, null, 2)],
    ['an envelope on a line', JSON.stringify({ done: true, records: [ONE] })],
    ['an envelope over several lines', JSON.stringify({ records: [ONE] }, null, 1)],
    ['an envelope whose second line starts with a brace', '{"records":[\n{"Id":"1","Caption":"one"}\n]}'],
    ['records in CSV', 'Id,Caption\n1,one\n'],
    ['records in CSV, the header in quotes', '"Id","Caption"\n"1","one"\n'],
  ])('%s', async (_, text) => {
    expect(await readRecords(text)).toEqual([ONE]);
    expect(await readRecords([...cut(text, 1)])).toEqual([ONE]);
    expect(await readRecords(cut(bytesOf(text), 1000))).toEqual([ONE]);
  });

  test('records on lines of their own', async () => {
    expect(await readRecords(`${JSON.stringify(ONE)}\n${JSON.stringify(TWO)}`)).toEqual([ONE, TWO]);
    expect(await readRecords(`\n${JSON.stringify(ONE)}\r\n\r\n${JSON.stringify(TWO)}\r\n`)).toEqual([ONE, TWO]);
  });

  test('records on lines of their own, the first of them broken', async () => {
    expect(await readAll(`{"Id":"1","Cap\n${JSON.stringify(TWO)}\n`)).toEqual([
      { line: 1, problem: 'not valid JSON' },
      { line: 2, value: TWO },
    ]);
  });

  test('records on lines of their own, the second of them no JSON at all', async () => {
    expect(await readAll(`${JSON.stringify(ONE)}\nnothing\n${JSON.stringify(TWO)}\n`)).toEqual([
      { line: 1, value: ONE },
      { line: 2, problem: 'not valid JSON' },
      { line: 3, value: TWO },
    ]);
  });

  test.each([
    ['prose', 'Dear colleague,\nplease find attached'],
    ['an error page', '<!DOCTYPE html>\n<html><body>502</body></html>'],
    ['a scalar', '"text"'],
    ['a number', '12'],
    ['half a list', '[{"Id":"Secret-1"},'],
    ['half an envelope', '{"records":[{"Id":"Secret-1"}'],
    ['a list of numbers with a comma too many', '[1,2,]'],
  ])('%s is unreadable, and the error says nothing of it', async (_, text) => {
    const error = await readAll(text).then(
      () => undefined,
      (reason: unknown) => reason as Error & { code: string },
    );
    expect(error?.code).toBe('UNREADABLE_PAYLOAD');
    expect(error?.cause).toBeUndefined();
    for (const word of text.match(/[A-Za-z0-9-]{5,}/g) ?? []) expect(error?.message).not.toContain(word);
  });

  test('a format that is named is not guessed', async () => {
    await expect(readAll('Id\n1', { format: 'json' })).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
    await expect(readAll('', { format: 'json' })).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
    expect(await readAll('[]', { format: 'ndjson' })).toEqual([{ line: 1, problem: 'not a record' }]);
    expect(await readRecords('Unknown\n1', { format: 'csv' })).toEqual([{ Unknown: '1' }]);
  });
});

describe('where records stand in JSON', () => {
  test.each(['visits', 'records', 'entities', 'sessions', 'data'])('under %s', async (key) => {
    expect(await readRecords({ page: 1, [key]: [ONE, TWO] })).toEqual([ONE, TWO]);
  });

  test('under the key of the definition before all others', async () => {
    expect(await readRecords({ records: [TWO], visits: [ONE] })).toEqual([ONE]);
  });

  test('a record with a list under such a key stays a record', async () => {
    const record = { Id: '1', records: [ONE] };
    expect(await readRecords(record)).toEqual([record]);
    const fresh = { Caption: 'no id yet', items: ['a'] };
    expect(await readRecords(fresh)).toEqual([fresh]);
  });

  test('an envelope without a list is a record', async () => {
    expect(await readRecords({ records: null })).toEqual([{ records: null }]);
  });

  test('what is no record is a problem at its place, and the others are read', async () => {
    expect(await readAll([ONE, null, 'x', [TWO], new Date(0), TWO])).toEqual([
      { line: 1, value: ONE },
      { line: 2, problem: 'not a record' },
      { line: 3, problem: 'not a record' },
      { line: 4, problem: 'not a record' },
      { line: 5, problem: 'not a record' },
      { line: 6, value: TWO },
    ]);
  });

  test('records without a prototype are records', async () => {
    const bare = Object.assign(Object.create(null), ONE);
    expect(await readRecords([bare])).toEqual([ONE]);
  });
});

describe('the envelope of a record', () => {
  test('goes, and its type is told', async () => {
    const row = { attributes: { type: 'Visit', url: '/x' }, ...ONE };
    expect(await readAll([row])).toEqual([{ line: 1, value: ONE, type: 'Visit' }]);
    expect(await readAll(`${JSON.stringify(row)}\n${JSON.stringify(TWO)}`)).toEqual([
      { line: 1, value: ONE, type: 'Visit' },
      { line: 2, value: TWO },
    ]);
    expect(row).toHaveProperty('attributes');
  });

  test('stays where it is none', async () => {
    for (const attributes of [null, 'x', {}, { type: 5 }, [{ type: 'Visit' }]]) {
      const row = { Id: '1', attributes };
      expect(await readAll([row])).toEqual([{ line: 1, value: row }]);
    }
  });

  test('stays where the object has a field of that name', async () => {
    const row = { id: 'x', attributes: { type: 'Visit' } };
    expect(await readAll([row], { definition: JOURNEY })).toEqual([{ line: 1, value: row }]);
  });
});

describe('hostile JSON', () => {
  const DEPTH = 100_000;
  const deepObject = `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`;
  const deepList = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`;

  test('a record nested deeper than the stack is high is a problem, and the others are read', async () => {
    for (const deep of [deepObject, `{"a":${deepList}}`]) {
      expect(await readAll(`[${deep},{"Id":"2"}]`)).toEqual([
        { line: 1, problem: 'nested deeper than 32' },
        { line: 2, value: { Id: '2' } },
      ]);
      expect(await readAll(`{"Id":"0"}\n${deep}\n{"Id":"2"}`)).toEqual([
        { line: 1, value: { Id: '0' } },
        { line: 2, problem: 'nested deeper than 32' },
        { line: 3, value: { Id: '2' } },
      ]);
      expect(await readAll(deep)).toEqual([{ line: 1, problem: 'nested deeper than 32' }]);
      expect(await readAll([JSON.parse(deep)])).toEqual([{ line: 1, problem: 'nested deeper than 32' }]);
    }
    expect(await readAll(deepList)).toEqual([{ line: 1, problem: 'not a record' }]);
    expect(await readAll(`Id,Anything\n1,${deepList}`)).toEqual([
      { line: 2, problem: expect.stringContaining('Anything') },
    ]);
    await expect(readAll('['.repeat(DEPTH))).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
  });

  test('a record that contains itself is nested too deeply', async () => {
    const record: Record<string, unknown> = { Id: '1' };
    record.left = record;
    record.right = [record, record];
    expect(await readAll([record])).toEqual([{ line: 1, problem: 'nested deeper than 32' }]);
  });

  test('as deep as allowed is not too deep', async () => {
    const nested = (depth: number): unknown => (depth === 0 ? {} : { a: nested(depth - 1) });
    expect(await readAll([{ Anything: nested(32) }])).toEqual([{ line: 1, value: { Anything: nested(32) } }]);
    expect(await readAll([{ Anything: nested(33) }])).toEqual([{ line: 1, problem: 'nested deeper than 32' }]);
    expect(await readAll([{ Anything: nested(1) }], { nestingMax: 0 })).toEqual([
      { line: 1, problem: 'nested deeper than 0' },
    ]);
    expect(await readRecords([{ Anything: nested(0) }], { nestingMax: 0 })).toEqual([{ Anything: {} }]);
  });

  test('keys that would pollute stay keys of the record, with an envelope too', async () => {
    const text =
      '{"Id":"1","attributes":{"type":"Visit"},"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    for (const source of [text, `${text}\n${text}`, [JSON.parse(text)]]) {
      for (const value of await readRecords(source)) {
        expect(Object.keys(value as object).sort()).toEqual(['Id', '__proto__', 'constructor']);
        expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
        expect((value as Record<string, unknown>).polluted).toBeUndefined();
      }
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('a key named __proto__ in the envelope tells no type', async () => {
    const text = '{"Id":"1","attributes":{"__proto__":{"type":"Visit"}}}';
    expect(await readAll(text)).toEqual([{ line: 1, value: JSON.parse(text) }]);
  });

  test('a document longer than allowed is unreadable, however it comes', async () => {
    const text = JSON.stringify([ONE, TWO]);
    for (const source of [text, bytesOf(text), cut(text, 10)]) {
      await expect(readAll(source, { documentLengthMax: text.length - 1 })).rejects.toMatchObject({
        code: 'UNREADABLE_PAYLOAD',
        message: expect.stringContaining(String(text.length - 1)),
      });
    }
    expect(await readRecords(text, { documentLengthMax: text.length })).toEqual([ONE, TWO]);
  });

  test('a document without end is left off at the limit', async () => {
    let chunks = 0;
    function* endless() {
      yield '{"records":[';
      for (;;) {
        chunks++;
        yield '{"Id":"1"},'.repeat(100);
      }
    }
    const reading = readAll(endless(), { documentLengthMax: 100_000, lineLengthMax: 10_000 });
    await expect(reading).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
    expect(chunks).toBeLessThan(100);
  });
});

describe('lines of NDJSON', () => {
  test('each bad one is a problem of its own', async () => {
    const text = ['{"Id":"1"}', '{"Id":', '', '5', 'null', '[]', '{"Id":"7"}'].join('\r\n');
    expect(await readAll(text, { format: 'ndjson' })).toEqual([
      { line: 1, value: { Id: '1' } },
      { line: 2, problem: 'not valid JSON' },
      { line: 4, problem: 'not a record' },
      { line: 5, problem: 'not a record' },
      { line: 6, problem: 'not a record' },
      { line: 7, value: { Id: '7' } },
    ]);
  });

  test('one that is too long is passed over, in whatever chunks it comes', async () => {
    const text = `{"Id":"1"}\n{"Id":"${'x'.repeat(500)}"}\n{"Id":"3"}\n{"Id":"${'y'.repeat(500)}"}`;
    for (const size of [1, 7, 100, 10_000]) {
      expect(await readAll(cut(text, size), { format: 'ndjson', lineLengthMax: 50 })).toEqual([
        { line: 1, value: { Id: '1' } },
        { line: 2, problem: 'longer than 50 characters' },
        { line: 3, value: { Id: '3' } },
        { line: 4, problem: 'longer than 50 characters' },
      ]);
    }
  });

  test('a line that comes in very many chunks is not copied over and over', async () => {
    function* chunks() {
      yield '{"Id":"';
      for (let i = 0; i < 100_000; i++) yield 'xxxxxxxxxxxxxxxxxxxx';
      yield '"}\n';
    }
    const read = async () => {
      const [record] = await readRecords(chunks(), { format: 'ndjson' });
      expect((record as { Id: string }).Id).toHaveLength(2_000_000);
    };
    expect(await cpuTimeOf(read)).toBeLessThan(3000);
  });
});
