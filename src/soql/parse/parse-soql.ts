import type { FieldPath, GroupBy, OrderItem, RowCount, SoqlQuery } from './ast.ts';
import { Cursor, END, NUMBER, WORD } from './cursor.ts';
import { parseCondition } from './parse-condition.ts';
import { isReserved, parseExpression, parseName, parseObjectName, parsePath } from './parse-expression.ts';
import { parseBind } from './parse-literal.ts';
import { parseSelect } from './parse-select.ts';

const SUBQUERY_DEPTH_MAX = 5;
const FIELDS_MAX = 32;
const SCOPES: ReadonlySet<string> = new Set(
  'DELEGATED EVERYTHING MINE MINE_AND_MY_GROUPS MY_TERRITORY MY_TEAM_TERRITORY TEAM SCOPINGRULE MRU'.split(' '),
);
/** The words that end the aliases of FROM. */
const CLAUSES: ReadonlySet<string> = new Set('ORDER OFFSET FOR UPDATE'.split(' '));

function parseAlias(cursor: Cursor): string | undefined {
  if (cursor.kind !== WORD || isReserved(cursor.word) || CLAUSES.has(cursor.word)) return undefined;
  return cursor.isPair('ALL', 'ROWS') ? undefined : parseName(cursor);
}

function parseRelationship(cursor: Cursor): string {
  cursor.next();
  return parseObjectName(cursor);
}

function parseFrom(cursor: Cursor, isInner: boolean): Pick<SoqlQuery, 'from' | 'relations'> {
  const at = cursor.start;
  const first = parseObjectName(cursor);
  // `FROM Account.Contacts`, in a child query.
  const second = cursor.is('.') && isInner ? parseRelationship(cursor) : undefined;
  const [name, parent] = second === undefined ? [first, undefined] : [second, first];
  const from = { name, parent, alias: parseAlias(cursor), at };
  const relations: { path: FieldPath; alias: string }[] = [];
  while (cursor.take(',')) {
    const path = parsePath(cursor);
    const alias = parseAlias(cursor);
    if (alias === undefined) throw cursor.unexpected();
    relations.push({ path, alias });
  }
  return { from, relations };
}

function parseScope(cursor: Cursor): string | undefined {
  if (!cursor.take('USING')) return undefined;
  cursor.expect('SCOPE');
  const { word } = cursor;
  if (!SCOPES.has(word)) throw cursor.unexpected();
  cursor.next();
  return word;
}

function parseMode(cursor: Cursor): SoqlQuery['mode'] {
  if (!cursor.take('WITH')) return undefined;
  const { word } = cursor;
  if (word !== 'SECURITY_ENFORCED' && word !== 'USER_MODE' && word !== 'SYSTEM_MODE') throw cursor.unexpected();
  cursor.next();
  return word;
}

function parseGroupBy(cursor: Cursor): GroupBy | undefined {
  if (!cursor.take('GROUP')) return undefined;
  cursor.expect('BY');
  const at = cursor.start;
  const kind = cursor.isPair('ROLLUP', '(') ? 'rollup' : cursor.isPair('CUBE', '(') ? 'cube' : 'plain';
  if (kind !== 'plain') {
    cursor.next();
    cursor.next();
  }
  const items = [parseExpression(cursor)];
  while (cursor.take(',')) {
    if (items.length === FIELDS_MAX) throw cursor.error(`GROUP BY takes at most ${FIELDS_MAX} fields`);
    items.push(parseExpression(cursor));
  }
  if (kind !== 'plain') cursor.expect(')');
  return { kind, items, at };
}

function parseOrderItem(cursor: Cursor): OrderItem {
  const at = cursor.start;
  const expression = parseExpression(cursor);
  const descending = cursor.take('DESC');
  if (!descending) cursor.take('ASC');
  let nulls: OrderItem['nulls'];
  if (cursor.take('NULLS')) {
    nulls = cursor.is('LAST') ? 'last' : 'first';
    if (!cursor.take('FIRST')) cursor.expect('LAST');
  }
  return { expression, descending, nulls, at };
}

export function parseOrderBy(cursor: Cursor): readonly OrderItem[] {
  if (!cursor.take('ORDER')) return [];
  cursor.expect('BY');
  const items = [parseOrderItem(cursor)];
  while (cursor.take(',')) {
    if (items.length === FIELDS_MAX) throw cursor.error(`ORDER BY takes at most ${FIELDS_MAX} fields`);
    items.push(parseOrderItem(cursor));
  }
  return items;
}

export function parseRowCount(cursor: Cursor, clause: string): RowCount | undefined {
  if (!cursor.take(clause)) return undefined;
  if (cursor.is(':')) return parseBind(cursor);
  const at = cursor.start;
  const value = Number(cursor.token);
  if (cursor.kind !== NUMBER || !/^\d+$/.test(cursor.token)) throw cursor.unexpected();
  cursor.next();
  return { kind: 'number', value, at };
}

/** FOR VIEW, FOR REFERENCE and FOR UPDATE, in any order; UPDATE TRACKING and VIEWSTAT, which are of articles only. */
function parseEffects(cursor: Cursor): Pick<SoqlQuery, 'forView' | 'forReference' | 'forUpdate' | 'allRows'> {
  const effects = { forView: false, forReference: false, forUpdate: false };
  for (;;) {
    if (cursor.take('FOR')) {
      if (cursor.take('VIEW')) effects.forView = true;
      else if (cursor.take('REFERENCE')) effects.forReference = true;
      else {
        cursor.expect('UPDATE');
        effects.forUpdate = true;
      }
    } else if (cursor.take('UPDATE')) {
      if (!cursor.take('TRACKING')) cursor.expect('VIEWSTAT');
    } else break;
  }
  const allRows = cursor.take('ALL');
  if (allRows) cursor.expect('ROWS');
  return { ...effects, allRows };
}

function parseQuery(cursor: Cursor, depth: number): SoqlQuery {
  const at = cursor.start;
  if (depth > SUBQUERY_DEPTH_MAX) throw cursor.error(`queries nested deeper than ${SUBQUERY_DEPTH_MAX}`);
  const parseInner = (inner: Cursor) => parseQuery(inner, depth + 1);
  cursor.expect('SELECT');
  const select = parseSelect(cursor, parseInner);
  cursor.expect('FROM');
  // The clauses have one order, which is that of these lines.
  return {
    select,
    ...parseFrom(cursor, depth > 0),
    scope: parseScope(cursor),
    where: cursor.take('WHERE') ? parseCondition(cursor, parseInner) : undefined,
    mode: parseMode(cursor),
    groupBy: parseGroupBy(cursor),
    having: cursor.take('HAVING') ? parseCondition(cursor, parseInner) : undefined,
    orderBy: parseOrderBy(cursor),
    limit: parseRowCount(cursor, 'LIMIT'),
    offset: parseRowCount(cursor, 'OFFSET'),
    ...parseEffects(cursor),
    at,
  };
}

/**
 * Reads a SOQL text. What it names is not looked up: the same text parses for every database. Throws `MALFORMED_QUERY`
 * with the place and what stands there (SOQL and SOSL Reference; the words of errors as the REST API gives them).
 */
export function parseSoql(text: string): SoqlQuery {
  const cursor = new Cursor(text);
  const query = parseQuery(cursor, 0);
  if (cursor.kind !== END) throw cursor.unexpected();
  return query;
}
