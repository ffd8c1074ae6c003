import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/engine/ground/errors.ts';
import type { SoqlCondition, SoqlQuery } from '../../../src/soql/parse/ast.ts';
import { parseSoql } from '../../../src/soql/parse/parse-soql.ts';

/** The tree without its places, which have tests of their own. */
function bare(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(bare);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== 'at')
      .map(([key, value]) => [key, bare(value)]),
  );
}

function errorOf(text: string): EngineError {
  try {
    parseSoql(text);
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return error as EngineError;
  }
  throw new Error(`parsed: ${text}`);
}

const path = (text: string) => ({ kind: 'path', names: text.split('.') });
const whereOf = (text: string) => bare(parseSoql(`SELECT Id FROM X WHERE ${text}`).where) as SoqlCondition;
const selectOf = (text: string) => bare(parseSoql(`SELECT ${text} FROM X`).select);

describe('SELECT takes', () => {
  test('fields, parents and what nests', () => {
    expect(selectOf('Id, Owner.Name, device.category')).toEqual(
      ['Id', 'Owner.Name', 'device.category'].map((name) => ({
        kind: 'expression',
        expression: path(name),
        alias: undefined,
      })),
    );
  });

  test('functions with aliases, one in another', () => {
    expect(selectOf('COUNT(Id) total, calendar_year(convertTimezone(StartTime)) y, COUNT_DISTINCT(OwnerId)')).toEqual([
      { kind: 'expression', expression: { kind: 'call', name: 'COUNT', argument: path('Id') }, alias: 'total' },
      {
        kind: 'expression',
        expression: {
          kind: 'call',
          name: 'CALENDAR_YEAR',
          argument: { kind: 'call', name: 'CONVERTTIMEZONE', argument: path('StartTime') },
        },
        alias: 'y',
      },
      {
        kind: 'expression',
        expression: { kind: 'call', name: 'COUNT_DISTINCT', argument: path('OwnerId') },
        alias: undefined,
      },
    ]);
    expect(selectOf('count()')).toMatchObject([{ expression: { name: 'COUNT', argument: undefined } }]);
  });

  test('child queries, whole', () => {
    const [item] = parseSoql('SELECT (SELECT Id FROM Histories ORDER BY CreatedDate LIMIT 3) FROM X').select;
    expect(item).toMatchObject({ kind: 'subquery', query: { from: { name: 'Histories' }, limit: { value: 3 } } });
  });

  test('TYPEOF and FIELDS', () => {
    expect(
      selectOf('TYPEOF Owner WHEN User THEN Username, Email WHEN Group THEN Name ELSE Id END, FIELDS(ALL)'),
    ).toEqual([
      {
        kind: 'typeof',
        relationship: path('Owner'),
        when: [
          { object: 'User', fields: [path('Username'), path('Email')] },
          { object: 'Group', fields: [path('Name')] },
        ],
        otherwise: [path('Id')],
      },
      { kind: 'fields', which: 'ALL' },
    ]);
  });
});

describe('WHERE takes', () => {
  test.each(['=', '!=', '<', '<=', '>', '>='])('the operator %s', (operator) => {
    expect(whereOf(`TimeIdle ${operator} 5`)).toEqual({
      kind: 'comparison',
      left: path('TimeIdle'),
      operator,
      right: { kind: 'number', value: 5 },
    });
  });

  test('<> for !=, and words in any case', () => {
    expect(whereOf("Name <> 'x'")).toMatchObject({ operator: '!=' });
    expect(whereOf("name like 'x%' and id in ('a')")).toMatchObject({ kind: 'and' });
    expect(parseSoql('select id from x order by id desc nulls last limit 3 offset 2')).toMatchObject({
      orderBy: [{ descending: true, nulls: 'last' }],
      limit: { value: 3 },
      offset: { value: 2 },
    });
  });

  test.each([
    ['null', { kind: 'null' }],
    ['TRUE', { kind: 'boolean', value: true }],
    ['-1.5', { kind: 'number', value: -1.5 }],
    ['+2', { kind: 'number', value: 2 }],
    ['1e3', { kind: 'number', value: 1000 }],
    ["'it\\'s'", { kind: 'string', value: "it's" }],
    ["'\\u0041\\n\\\\'", { kind: 'string', value: 'A\n\\' }],
    ['2026-03-05', { kind: 'date', value: '2026-03-05' }],
    ['2026-03-05T08:00:00Z', { kind: 'dateTime', value: '2026-03-05T08:00:00Z' }],
    ['2026-03-05T08:00:00.000+01:00', { kind: 'dateTime', value: '2026-03-05T08:00:00.000+01:00' }],
    ['today', { kind: 'dateLiteral', name: 'TODAY', n: undefined }],
    ['LAST_N_DAYS:7', { kind: 'dateLiteral', name: 'LAST_N_DAYS', n: 7 }],
    ['N_FISCAL_QUARTERS_AGO:2', { kind: 'dateLiteral', name: 'N_FISCAL_QUARTERS_AGO', n: 2 }],
    [':agent', { kind: 'bind', name: 'agent' }],
  ])('the value %s', (text, right) => {
    expect(whereOf(`A = ${text}`)).toMatchObject({ right });
  });

  test('patterns in which escaped signs stay escaped', () => {
    expect(whereOf("A LIKE '5\\%\\_%\\\\'")).toMatchObject({ right: { value: '5\\%\\_%\\\\' } });
  });

  test('lists, queries of ids and picked values', () => {
    expect(whereOf("A IN ('x', null, :y)")).toMatchObject({
      operator: 'IN',
      right: { kind: 'list', items: [{ value: 'x' }, { kind: 'null' }, { kind: 'bind' }] },
    });
    expect(whereOf('OwnerId NOT IN (SELECT Id FROM User WHERE IsActive = true)')).toMatchObject({
      operator: 'NOT IN',
      right: { kind: 'subquery', query: { from: { name: 'User' } } },
    });
    expect(whereOf("Tags INCLUDES ('a;b', 'c')")).toMatchObject({ operator: 'INCLUDES' });
    expect(whereOf("Tags EXCLUDES ('a')")).toMatchObject({ operator: 'EXCLUDES' });
  });

  test('conditions in parentheses, and a NOT by itself', () => {
    expect(whereOf('A = 1 AND (B = 2 OR (NOT C = 3)) AND D = 4')).toMatchObject({
      kind: 'and',
      parts: [{}, { kind: 'or', parts: [{}, { kind: 'not' }] }, {}],
    });
    expect(whereOf('NOT A = 1')).toMatchObject({ kind: 'not', part: { kind: 'comparison' } });
    expect(whereOf('NOT NOT (A = 1)')).toMatchObject({ kind: 'not', part: { kind: 'not' } });
  });
});

describe('the other clauses:', () => {
  test('groups, rollups and cubes', () => {
    const groupOf = (text: string) => parseSoql(`SELECT COUNT(Id) FROM X GROUP BY ${text}`).groupBy;
    expect(groupOf('A, CALENDAR_YEAR(B)')).toMatchObject({ kind: 'plain', items: [{}, { name: 'CALENDAR_YEAR' }] });
    expect(groupOf('ROLLUP(A, B)')).toMatchObject({ kind: 'rollup', items: [{}, {}] });
    expect(groupOf('CUBE (A)')).toMatchObject({ kind: 'cube', items: [{}] });
    expect(groupOf('Rollup')).toMatchObject({ kind: 'plain', items: [path('Rollup')] });
  });

  test('all of them, in their one order', () => {
    const text = `SELECT OwnerId, COUNT(Id) FROM LiveAgentSession s USING SCOPE mine WHERE TimeIdle > 5
      WITH USER_MODE GROUP BY OwnerId HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC, OwnerId NULLS LAST
      LIMIT 10 OFFSET 5 FOR VIEW FOR REFERENCE ALL ROWS`;
    expect(parseSoql(text)).toMatchObject({
      from: { name: 'LiveAgentSession', alias: 's' },
      scope: 'MINE',
      mode: 'USER_MODE',
      having: { kind: 'comparison' },
      orderBy: [
        { descending: true, nulls: undefined },
        { descending: false, nulls: 'last' },
      ],
      forView: true,
      forReference: true,
      forUpdate: false,
      allRows: true,
    });
  });

  test('aliases of the object and of its parents', () => {
    expect(parseSoql('SELECT c.Id, a.Name FROM Contact c, c.Account a WHERE a.Name = null')).toMatchObject({
      from: { name: 'Contact', alias: 'c' },
      relations: [{ path: path('c.Account'), alias: 'a' }],
    });
    expect(parseSoql('SELECT Id FROM X ALL ROWS')).toMatchObject({ from: { alias: undefined }, allRows: true });
  });

  test('objects called like a word of the language', () => {
    expect(parseSoql('SELECT Id FROM Group')).toMatchObject({ from: { name: 'Group', alias: undefined } });
    expect(parseSoql('SELECT Id FROM Order GROUP BY Id')).toMatchObject({ from: { name: 'Order' } });
  });

  test('binds for the numbers of rows', () => {
    expect(parseSoql('SELECT Id FROM X LIMIT :n OFFSET :m')).toMatchObject({
      limit: { kind: 'bind', name: 'n' },
      offset: { kind: 'bind', name: 'm' },
    });
  });

  test('comments, wherever a blank may be', () => {
    const plain = bare(parseSoql('SELECT Id FROM X WHERE A = 1'));
    expect(bare(parseSoql('SELECT /* the id */ Id// and no more\nFROM X WHERE A/**/=/**/1 // end'))).toEqual(plain);
  });
});

test('every node knows its place', () => {
  const text = "SELECT Id FROM X\nWHERE  Name = 'x'";
  const { from, where } = parseSoql(text) as SoqlQuery & { where: { right: { at: number } } };
  expect(text.slice(from.at)).toMatch(/^X/);
  expect(text.slice(where.at)).toMatch(/^Name/);
  expect(text.slice(where.right.at)).toMatch(/^'x'/);
});

describe('what is wrong is told with its place:', () => {
  const message = (snippet: string, column: number, words: string, row = 1, caret = column) =>
    `\n${snippet}\n${' '.repeat(caret - 1)}^\nERROR at Row:${row}:Column:${column}\n${words}`;

  test.each([
    ['SELECT Id FRM X', 'SELECT Id FRM X', 15, "unexpected token: 'X'"],
    ['SELECT FROM X', 'SELECT FROM X', 8, "unexpected token: 'FROM'"],
    ['SELECT Id FROM X WHERE', 'SELECT Id FROM X WHERE', 23, "unexpected token: '<EOF>'"],
    ['SELECT Id FROM X LIMIT x', 'SELECT Id FROM X LIMIT x', 24, "unexpected token: 'x'"],
    ['SELECT Id FROM X LIMIT -1', 'SELECT Id FROM X LIMIT -1', 24, "unexpected token: '-1'"],
    ['SELECT Id, FROM X', 'SELECT Id, FROM X', 12, "unexpected token: 'FROM'"],
    ['SELECT NOPE(Id) FROM X', 'SELECT NOPE(Id) FROM X', 12, "unexpected token: '('"],
  ])('%s', (text, snippet, column, words) => {
    const error = errorOf(text);
    expect(error.code).toBe('MALFORMED_QUERY');
    expect(error.message).toBe(message(snippet, column, words));
  });

  test('AND with OR, and NOT with either, on one level', () => {
    const token = (text: string) => errorOf(`SELECT Id FROM X WHERE ${text}`).message.split('\n').at(-1);
    expect(token('A = 1 AND B = 2 OR C = 3')).toBe("unexpected token: 'OR'");
    expect(token('A = 1 OR B = 2 AND C = 3')).toBe("unexpected token: 'AND'");
    expect(token('NOT A = 1 AND B = 2')).toBe("unexpected token: 'AND'");
    expect(token('A = 1 AND NOT B = 2')).toBe("unexpected token: 'NOT'");
  });

  test('escapes that there are not', () => {
    const last = (text: string) => errorOf(`SELECT Id FROM X WHERE A ${text}`).message.split('\n').at(-1);
    expect(last("= 'a\\q'")).toBe("Illegal string: invalid escape sequence '\\q'");
    expect(last("= 'a\\%'")).toBe("Illegal string: invalid escape sequence '\\%'");
    expect(last("= '\\u12'")).toBe("Illegal string: invalid escape sequence '\\u'");
    expect(last("= 'open")).toBe('a string is not closed');
    expect(last('/* = 1')).toBe('a comment is not closed');
  });

  test('dates that are none, and numbers without end', () => {
    for (const value of ['2026-02-30', '2026-01-01T25:00:00Z', '2026-13', '1e', 'LAST_N_DAYS', 'LAST_N_DAYS:x', 'SOON'])
      expect(errorOf(`SELECT Id FROM X WHERE A = ${value}`).code, value).toBe('MALFORMED_QUERY');
  });

  test('by row and column in a text of several lines, of a long one a piece', () => {
    const text = `SELECT Id,\n  Name\nFROM X\nWHERE Name ==`;
    expect(errorOf(text).message).toBe(message('WHERE Name ==', 13, "unexpected token: '='", 4));
    const long = errorOf(`SELECT ${'Name, '.repeat(50)}FROM X`).message.split('\n');
    expect((long[1] as string).length).toBeLessThanOrEqual(80);
    expect((long[1] as string).slice((long[2] as string).length - 1)).toMatch(/^FROM X/);
  });

  test('texts too long, or nested too deep', () => {
    expect(errorOf(`SELECT Id FROM X ${' '.repeat(100_001)}`).message).toMatch(
      /SOQL statements can not be longer than 100000 characters$/,
    );
    expect(errorOf(`SELECT Id FROM X WHERE ${'('.repeat(50_000)}`).message).toMatch(/nested deeper than 32$/);
    expect(errorOf(`SELECT Id FROM X WHERE ${'NOT '.repeat(20_000)}A = 1`).message).toMatch(/nested deeper than 32$/);
    expect(errorOf(`SELECT ${'(SELECT '.repeat(5000)}`).message).toMatch(/nested deeper than 5$/);
    expect(errorOf(`SELECT ${'COUNT('.repeat(5000)}`).code).toBe('MALFORMED_QUERY');
    expect(errorOf(`SELECT ${'a.'.repeat(5000)}b FROM X`).code).toBe('MALFORMED_QUERY');
  });
});
