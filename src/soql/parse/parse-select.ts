import type { FieldPath, SelectItem, TypeOf } from './ast.ts';
import { type Cursor, WORD } from './cursor.ts';
import type { ParseQuery } from './parse-condition.ts';
import { isReserved, parseExpression, parseName, parseObjectName, parsePath } from './parse-expression.ts';

function parseFields(cursor: Cursor): SelectItem {
  const at = cursor.start;
  cursor.next();
  cursor.expect('(');
  const which = cursor.word;
  if (which !== 'ALL' && which !== 'STANDARD' && which !== 'CUSTOM') throw cursor.unexpected();
  cursor.next();
  cursor.expect(')');
  return { kind: 'fields', which, at };
}

function parsePaths(cursor: Cursor): readonly FieldPath[] {
  const paths = [parsePath(cursor)];
  while (cursor.take(',')) paths.push(parsePath(cursor));
  return paths;
}

function parseTypeOf(cursor: Cursor): TypeOf {
  const at = cursor.start;
  cursor.next();
  const relationship = parsePath(cursor);
  const when: TypeOf['when'][number][] = [];
  for (let place = cursor.start; cursor.take('WHEN'); place = cursor.start) {
    const object = parseObjectName(cursor);
    cursor.expect('THEN');
    when.push({ object, fields: parsePaths(cursor), at: place });
  }
  if (when.length === 0) throw cursor.unexpected();
  const otherwise = cursor.take('ELSE') ? parsePaths(cursor) : [];
  cursor.expect('END');
  return { kind: 'typeof', relationship, when, otherwise, at };
}

/** In RETURNING of SOSL clauses follow the fields, and their words are no aliases. */
function beginsClause({ language, word }: Cursor): boolean {
  return language === 'SOSL' && (word === 'ORDER' || word === 'OFFSET');
}

function parseItem(cursor: Cursor, parseQuery: ParseQuery): SelectItem {
  const at = cursor.start;
  if (cursor.take('(')) {
    const query = parseQuery(cursor);
    cursor.expect(')');
    return { kind: 'subquery', query, at };
  }
  if (cursor.isPair('FIELDS', '(')) return parseFields(cursor);
  // A field may be called so, and then a comma, an alias or FROM comes next, and no relationship with a WHEN.
  if (cursor.is('TYPEOF') && !cursor.isPair('TYPEOF', ',') && !cursor.isPair('TYPEOF', 'FROM'))
    return parseTypeOf(cursor);
  const expression = parseExpression(cursor);
  const hasAlias = cursor.kind === WORD && !isReserved(cursor.word) && !beginsClause(cursor);
  return { kind: 'expression', expression, alias: hasAlias ? parseName(cursor) : undefined, at };
}

/** The list between SELECT and FROM. */
export function parseSelect(cursor: Cursor, parseQuery: ParseQuery): readonly SelectItem[] {
  const items = [parseItem(cursor, parseQuery)];
  while (cursor.take(',')) items.push(parseItem(cursor, parseQuery));
  return items;
}
