import type { SoqlQuery } from '../parse/ast.ts';
import { Cursor, END, STRING, WORD } from '../parse/cursor.ts';
import { parseCondition } from '../parse/parse-condition.ts';
import { parseObjectName } from '../parse/parse-expression.ts';
import { parseBind } from '../parse/parse-literal.ts';
import { parseSelect } from '../parse/parse-select.ts';
import { parseOrderBy, parseRowCount } from '../parse/parse-soql.ts';
import { bareQuery, type FieldGroup, type Returning, type SoslQuery } from './sosl.ts';

const GROUPS: ReadonlySet<string> = new Set(['ALL', 'NAME', 'EMAIL', 'PHONE', 'SIDEBAR']);
const NO_TERM = 'No search term found. The search term must be enclosed in braces.';
const OBJECTS_MAX = 200;

/** The text between the braces, where anything but a closing brace may stand; or in quotes or a bind, as in Apex. */
function parseFind(cursor: Cursor): SoslQuery['find'] {
  if (cursor.is(':')) return parseBind(cursor);
  const { text, start } = cursor;
  const at = start + 1;
  if (cursor.kind === STRING) {
    const inner = text.slice(at, cursor.end - 1);
    cursor.next();
    return { kind: 'text', text: inner, at };
  }
  if (!cursor.is('{')) throw cursor.error(NO_TERM);
  for (let end = at; end < text.length; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === '}') {
      cursor.goTo(end + 1);
      return { kind: 'text', text: text.slice(at, end), at };
    }
  }
  throw cursor.error(NO_TERM);
}

function parseGroup(cursor: Cursor): FieldGroup {
  if (!cursor.take('IN')) return 'ALL';
  const { word } = cursor;
  const isGroup = GROUPS.has(word);
  if (isGroup) cursor.next();
  if (!isGroup || !cursor.is('FIELDS')) throw cursor.error(`Malformed search token: ${cursor.token.slice(0, 80)}`);
  cursor.next();
  return word as FieldGroup;
}

function refuseQuery(cursor: Cursor): never {
  throw cursor.unexpected();
}

function parseReturning(cursor: Cursor): Returning {
  const at = cursor.start;
  const bare = bareQuery(parseObjectName(cursor), at);
  if (!cursor.take('(')) return { query: bare, hasClauses: false, at };
  const refuseInner = () => refuseQuery(cursor);
  const select = parseSelect(cursor, refuseInner);
  if (cursor.is('USING')) throw cursor.error('there are no list views');
  const query: SoqlQuery = {
    ...bare,
    select,
    where: cursor.take('WHERE') ? parseCondition(cursor, refuseInner) : undefined,
    orderBy: parseOrderBy(cursor),
    limit: parseRowCount(cursor, 'LIMIT'),
    offset: parseRowCount(cursor, 'OFFSET'),
  };
  cursor.expect(')');
  const { where, orderBy, limit, offset } = query;
  const hasClauses = where !== undefined || orderBy.length > 0 || limit !== undefined || offset !== undefined;
  return { query, hasClauses, at };
}

function parseReturningList(cursor: Cursor): readonly Returning[] {
  if (!cursor.take('RETURNING')) return [];
  const returning: Returning[] = [];
  const names = new Set<string>();
  do {
    if (returning.length === OBJECTS_MAX) throw cursor.error(`RETURNING names at most ${OBJECTS_MAX} objects`);
    const each = parseReturning(cursor);
    const name = each.query.from.name.toLowerCase();
    if (names.has(name)) throw cursor.error('RETURNING names an object once', each.at);
    names.add(name);
    returning.push(each);
  } while (cursor.take(','));
  return returning;
}

function parseSetting(cursor: Cursor, isValue: (token: string) => boolean): string {
  cursor.next();
  cursor.expect('=');
  const { token } = cursor;
  if (!isValue(token)) throw cursor.unexpected();
  cursor.next();
  return token;
}

/** The WITH clauses. Those of features that no object here has are refused rather than passed over. */
function parseWith(cursor: Cursor): boolean {
  let labels = false;
  while (cursor.take('WITH')) {
    if (cursor.is('METADATA')) {
      parseSetting(cursor, (token) => token.toUpperCase() === "'LABELS'");
      labels = true;
    } else if (cursor.is('SPELL_CORRECTION')) parseSetting(cursor, (token) => /^(true|false)$/i.test(token));
    else if (cursor.kind === WORD) throw cursor.error(`WITH ${cursor.word.slice(0, 40)} is not known of these objects`);
    else throw cursor.unexpected();
  }
  return labels;
}

/** UPDATE TRACKING and VIEWSTAT, which are of articles only. */
function parseUpdate(cursor: Cursor): void {
  if (!cursor.take('UPDATE')) return;
  do {
    if (!cursor.take('TRACKING')) cursor.expect('VIEWSTAT');
  } while (cursor.take(','));
}

/**
 * Reads a SOSL text; what it names is not looked up. Throws `MALFORMED_SEARCH` with the place (SOQL and SOSL Reference,
 * "SOSL Syntax"; the words of errors as the REST API gives them).
 */
export function parseSosl(text: string): SoslQuery {
  const cursor = new Cursor(text, 'SOSL');
  const at = cursor.start;
  cursor.expect('FIND');
  // The clauses have one order, which is that of these lines.
  const find = parseFind(cursor);
  const group = parseGroup(cursor);
  const returning = parseReturningList(cursor);
  const labels = parseWith(cursor);
  const limit = parseRowCount(cursor, 'LIMIT');
  parseUpdate(cursor);
  if (cursor.kind !== END) throw cursor.unexpected();
  return { find, group, returning, labels, limit, at };
}
