import type { Bind, Expression, Literal, Operand, Operator, SoqlCondition, SoqlQuery } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseLiteral } from './parse-literal.ts';

/** Reads the query of a semi-join; handed in, as a query holds conditions and a condition may hold a query. */
export type ParseQuery = (cursor: Cursor) => SoqlQuery;

const DEPTH_MAX = 32;
const COMPARISONS: Readonly<Record<string, Operator>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

function parseList(cursor: Cursor): Operand {
  const at = cursor.start;
  cursor.expect('(');
  const items: (Literal | Bind)[] = [parseLiteral(cursor)];
  while (cursor.take(',')) items.push(parseLiteral(cursor));
  cursor.expect(')');
  return { kind: 'list', items, at };
}

/** What IN and NOT IN compare with: a list, a query of ids, or a bind that holds a list. */
function parseSet(cursor: Cursor, parseQuery: ParseQuery): Operand {
  if (cursor.is(':')) return parseLiteral(cursor);
  if (!cursor.isPair('(', 'SELECT')) return parseList(cursor);
  const at = cursor.start;
  cursor.next();
  const query = parseQuery(cursor);
  cursor.expect(')');
  return { kind: 'subquery', query, at };
}

function parseComparison(cursor: Cursor, parseQuery: ParseQuery): SoqlCondition {
  const at = cursor.start;
  const left: Expression = parseExpression(cursor);
  const compare = (operator: Operator, right: Operand): SoqlCondition => ({
    kind: 'comparison',
    left,
    operator,
    right,
    at,
  });
  const plain = Object.hasOwn(COMPARISONS, cursor.word) ? COMPARISONS[cursor.word] : undefined;
  if (plain !== undefined) {
    cursor.next();
    return compare(plain, parseLiteral(cursor));
  }
  if (cursor.take('LIKE')) return compare('LIKE', parseLiteral(cursor, true));
  if (cursor.take('IN')) return compare('IN', parseSet(cursor, parseQuery));
  if (cursor.take('INCLUDES')) return compare('INCLUDES', parseList(cursor));
  if (cursor.take('EXCLUDES')) return compare('EXCLUDES', parseList(cursor));
  if (!cursor.take('NOT')) throw cursor.unexpected();
  cursor.expect('IN');
  return compare('NOT IN', parseSet(cursor, parseQuery));
}

function parseSimple(cursor: Cursor, parseQuery: ParseQuery, depth: number): SoqlCondition {
  if (!cursor.is('(')) return parseComparison(cursor, parseQuery);
  if (depth >= DEPTH_MAX) throw cursor.error(`conditions nested deeper than ${DEPTH_MAX}`);
  cursor.next();
  const condition = parseCondition(cursor, parseQuery, depth + 1);
  cursor.expect(')');
  return condition;
}

/**
 * A condition. AND and OR do not mix, and NOT mixes with neither, on one level: parentheses have to tell what belongs
 * together (SOQL and SOSL Reference, "Logical Operators").
 */
export function parseCondition(cursor: Cursor, parseQuery: ParseQuery, depth = 0): SoqlCondition {
  const at = cursor.start;
  if (cursor.take('NOT')) {
    // NOT NOT x is read from the right, and so nests as parentheses do.
    if (depth >= DEPTH_MAX) throw cursor.error(`conditions nested deeper than ${DEPTH_MAX}`);
    const part = cursor.is('NOT')
      ? parseCondition(cursor, parseQuery, depth + 1)
      : parseSimple(cursor, parseQuery, depth);
    return { kind: 'not', part, at };
  }
  const first = parseSimple(cursor, parseQuery, depth);
  const { word } = cursor;
  if (word !== 'AND' && word !== 'OR') return first;
  const parts = [first];
  while (cursor.take(word)) parts.push(parseSimple(cursor, parseQuery, depth));
  return { kind: word === 'AND' ? 'and' : 'or', parts, at };
}
