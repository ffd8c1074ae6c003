import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineError } from '../../../src/engine/ground/errors.ts';
import { parseSoql } from '../../../src/soql/parse/parse-soql.ts';
import { lawOptions } from '../../instruments/law-options.ts';

const QUERIES = [
  "SELECT Id, Name, Owner.Name, TimeIdle FROM LiveAgentSession WHERE AgentId = '0055g00000ABcdeAAD' AND (TimeIdle > 5 OR Name LIKE '0%\\_') ORDER BY LoginTime DESC NULLS LAST LIMIT 50 OFFSET 5",
  'SELECT OwnerId, COUNT(Id) n, AVG(TimeIdle) FROM LiveAgentSession WHERE LoginTime = LAST_N_DAYS:7 GROUP BY ROLLUP(OwnerId, CALENDAR_YEAR(LoginTime)) HAVING COUNT(Id) > 1 ORDER BY COUNT(Id)',
  'SELECT TYPEOF Owner WHEN User THEN Username ELSE Name END, FIELDS(STANDARD), (SELECT Id FROM Histories LIMIT 3) FROM SOSSession s USING SCOPE mine WITH USER_MODE FOR VIEW ALL ROWS',
  "SELECT Id FROM Case WHERE ContactId NOT IN (SELECT Id FROM Contact WHERE Email != null) AND Tags INCLUDES ('a;b', 'c') /* so */ AND CreatedDate >= 2026-03-05T08:00:00.000+01:00",
];

const TOKENS =
  "SELECT FROM WHERE AND OR NOT IN LIKE GROUP BY HAVING ORDER LIMIT OFFSET COUNT SUM ROLLUP TYPEOF WHEN THEN END FIELDS ALL ROWS USING SCOPE WITH NULLS ( ) , . : = != < >= 'x' '\\ \\u00 5 -1 1e9 2026-01-01 2026-01-01T00:00:00Z TODAY LAST_N_DAYS:3 null true a Owner /* // ' \n".split(
    ' ',
  );

/** Whether a text parses; anything but a typed refusal goes on up. */
function parses(text: string): boolean {
  try {
    parseSoql(text);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).code).toBe('MALFORMED_QUERY');
    expect((error as EngineError).message).toMatch(/^\n.*\n *\^\nERROR at Row:\d+:Column:\d+\n./);
    return false;
  }
}

test('the queries that are mutated do parse', () => {
  expect(QUERIES.map(parses)).toEqual([true, true, true, true]);
});

test('any row of tokens parses or is refused with its place', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...TOKENS), { maxLength: 60 }), (tokens) => {
      parses(tokens.join(' '));
      parses(`SELECT Id FROM X WHERE ${tokens.join(' ')}`);
    }),
    lawOptions(1000),
  );
});

test('a query with pieces cut out, doubled or put elsewhere parses or is refused with its place', () => {
  const edit = fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(12), text: fc.string() });
  fc.assert(
    fc.property(fc.constantFrom(...QUERIES), fc.array(edit, { minLength: 1, maxLength: 6 }), (query, edits) => {
      let text = query;
      for (const { from, length, text: put } of edits) {
        const at = Math.floor(from * text.length);
        text = text.slice(0, at) + put + text.slice(at + length);
      }
      parses(text);
    }),
    lawOptions(1500),
  );
});

test('any text at all parses or is refused with its place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      parses(text);
      parses(`SELECT ${text} FROM X WHERE A = '${text}'`);
    }),
    lawOptions(500),
  );
});
