import { composeQuery, isQueryValid, parseQuery } from '@jetstreamapp/soql-parser-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/engine/ground/errors.ts';
import { parseSoql } from '../../../src/soql/parse/parse-soql.ts';
import { lawOptions } from '../../instruments/law-options.ts';

/** @jetstreamapp/soql-parser-js, which reads SOQL and writes it back: what it writes of a query must mean the same to us. */

function bare(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(bare);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([key]) => key !== 'at');
  return Object.fromEntries(entries.map(([key, value]) => [key, bare(value)]));
}

function weParse(text: string): boolean {
  try {
    parseSoql(text);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return false;
  }
}

const field = fc.constantFrom('Id', 'Name', 'Owner.Name', 'Agent.Manager.Alias', 'TimeIdle');
const value = fc.constantFrom(
  "'x'",
  "'it\\'s'",
  '5',
  '-1.5',
  'true',
  'null',
  '2026-03-05',
  '2026-03-05T08:00:00Z',
  'TODAY',
  'LAST_N_DAYS:7',
  'NEXT_FISCAL_QUARTER',
);
const comparison = fc.oneof(
  fc.tuple(field, fc.constantFrom('=', '!=', '<', '<=', '>', '>='), value).map((parts) => parts.join(' ')),
  fc.tuple(field, fc.constantFrom("LIKE 'a%'", "IN ('x', 'y')", 'NOT IN (1, null)')).map((parts) => parts.join(' ')),
  fc.tuple(field, fc.constantFrom("INCLUDES ('a;b', 'c')", "EXCLUDES ('a')")).map((parts) => parts.join(' ')),
  fc.constantFrom('CALENDAR_YEAR(LoginTime) = 2026', 'AgentId IN (SELECT Id FROM User WHERE IsActive = true)'),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'another' },
    comparison,
    fc
      .tuple(fc.constantFrom(' AND ', ' OR '), fc.array(tie('condition'), { minLength: 2, maxLength: 3 }))
      .map(([word, parts]) => `(${parts.join(word)})`),
    // It loses parentheses of a NOT in a NOT.
    tie('condition').map((part) => (part.includes('(NOT') ? part : `(NOT ${part})`)),
  ),
}));
const item = fc.oneof(
  field,
  fc.constantFrom('COUNT(Id)', 'COUNT(Id) n', 'AVG(TimeIdle) mean', 'toLabel(Status)', 'FORMAT(TimeIdle) f'),
  fc.constantFrom(
    '(SELECT Id FROM Histories ORDER BY CreatedDate LIMIT 3)',
    'CALENDAR_MONTH(LoginTime) m',
    'FIELDS(ALL)',
  ),
  fc.constant('TYPEOF Owner WHEN User THEN Username, Email ELSE Name END'),
);
const optional = (texts: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.constant(''),
    texts.map((text) => ` ${text}`),
  );
const query = fc
  .tuple(
    fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => `SELECT ${items.join(', ')} FROM LiveAgentSession`),
    optional(fc.constantFrom('USING SCOPE mine', 'USING SCOPE everything')),
    optional(condition.map((text) => `WHERE ${text}`)),
    optional(
      fc.constantFrom(
        'GROUP BY AgentId',
        'GROUP BY ROLLUP(AgentId, OwnerId)',
        'GROUP BY CUBE(AgentId) HAVING COUNT(Id) > 1',
      ),
    ),
    optional(
      fc.constantFrom(
        'ORDER BY Name',
        'ORDER BY COUNT(Id) DESC, Name ASC NULLS LAST',
        'ORDER BY Owner.Name NULLS FIRST',
      ),
    ),
    optional(
      fc
        .tuple(fc.nat(500), optional(fc.nat(500).map((n) => `OFFSET ${n}`)))
        .map(([n, offset]) => `LIMIT ${n}${offset}`),
    ),
    optional(fc.constantFrom('FOR VIEW', 'FOR REFERENCE', 'FOR UPDATE')),
  )
  .map((parts) => parts.join(''));

test('what it writes of a query means to us what the query does', () => {
  fc.assert(
    fc.property(query, (text) => {
      const written = composeQuery(parseQuery(text));
      expect(bare(parseSoql(written)), written).toEqual(bare(parseSoql(text)));
    }),
    lawOptions(500),
  );
});

describe('it and we differ:', () => {
  test.each([
    ['the recycle bin is asked for by Apex alone', 'SELECT Id FROM X ALL ROWS'],
    ['two clauses that the reference allows together', 'SELECT Id FROM X FOR VIEW FOR REFERENCE'],
    ['powers of ten', 'SELECT Id FROM X WHERE A = 1e3'],
    ['a bind for a number of rows', 'SELECT Id FROM X LIMIT :n'],
    ['aliases of parents', 'SELECT Id FROM Contact c, c.Account a'],
    ['comments', 'SELECT Id /* the id */ FROM X'],
  ])('we take %s', (_, text) => {
    expect([isQueryValid(text), weParse(text)]).toEqual([false, true]);
  });

  test('it writes WITH behind LIMIT, which the reference has before GROUP BY', () => {
    const written = composeQuery(parseQuery('SELECT Id FROM X WITH USER_MODE LIMIT 1'));
    expect([written, weParse(written)]).toEqual(['SELECT Id FROM X LIMIT 1 WITH USER_MODE', false]);
  });

  test.each([
    ['AND beside OR without parentheses', 'SELECT Id FROM X WHERE A = 1 AND B = 2 OR C = 3'],
    ['NOT beside AND', 'SELECT Id FROM X WHERE NOT A = 1 AND B = 2'],
    ['an escape that there is not', "SELECT Id FROM X WHERE A = 'a\\q'"],
  ])('we refuse %s', (_, text) => {
    expect([isQueryValid(text), weParse(text)]).toEqual([true, false]);
  });
});
