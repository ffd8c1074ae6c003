import type { Expression, FieldPath } from './ast.ts';
import { type Cursor, WORD } from './cursor.ts';

/** Words that can be no name of a field, an object or an alias (SOQL and SOSL Reference, "Alias Notation"). */
const RESERVED: ReadonlySet<string> = new Set(
  'AND ASC DESC EXCLUDES FIRST FROM GROUP HAVING IN INCLUDES LAST LIKE LIMIT NOT NULL NULLS OR SELECT USING WHERE WITH'.split(
    ' ',
  ),
);

/** The functions there are, in capitals. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'COUNT COUNT_DISTINCT SUM AVG MIN MAX GROUPING CALENDAR_MONTH CALENDAR_QUARTER CALENDAR_YEAR FISCAL_MONTH ' +
    'FISCAL_QUARTER FISCAL_YEAR DAY_IN_MONTH DAY_IN_WEEK DAY_IN_YEAR DAY_ONLY HOUR_IN_DAY WEEK_IN_MONTH WEEK_IN_YEAR ' +
    'CONVERTTIMEZONE TOLABEL FORMAT CONVERTCURRENCY'
  ).split(' '),
);

/** A function takes a function at most so deep: `FORMAT(MIN(convertTimezone(x)))` is as far as any goes. */
const NESTING_MAX = 4;
/** Five relationships and a field, and what nests in the field. */
const NAMES_MAX = 16;

export function isReserved(word: string): boolean {
  return RESERVED.has(word);
}

/** The name of a field, or an alias. Throws `MALFORMED_QUERY` for a reserved word. */
export function parseName(cursor: Cursor): string {
  if (cursor.kind !== WORD || RESERVED.has(cursor.word)) throw cursor.unexpected();
  const name = cursor.token;
  cursor.next();
  return name;
}

/** The name of an object, which may be any word: Group is one. */
export function parseObjectName(cursor: Cursor): string {
  if (cursor.kind !== WORD) throw cursor.unexpected();
  const name = cursor.token;
  cursor.next();
  return name;
}

/** The rest of a path whose first name has been read. */
function parseRest(cursor: Cursor, first: string, at: number): FieldPath {
  const names = [first];
  while (cursor.take('.')) {
    // Behind a dot any word is a name.
    if (cursor.kind !== WORD || names.length === NAMES_MAX) throw cursor.unexpected();
    names.push(cursor.token);
    cursor.next();
  }
  return { kind: 'path', names, at };
}

export function parsePath(cursor: Cursor): FieldPath {
  const at = cursor.start;
  return parseRest(cursor, parseName(cursor), at);
}

/** A field, or a function of one. */
export function parseExpression(cursor: Cursor, depth = 0): Expression {
  const { start: at, word } = cursor;
  const first = parseName(cursor);
  if (!cursor.is('(')) return parseRest(cursor, first, at);
  if (!FUNCTIONS.has(word) || depth === NESTING_MAX) throw cursor.unexpected();
  cursor.next();
  const isBare = word === 'COUNT' && cursor.is(')');
  const argument = isBare ? undefined : parseExpression(cursor, depth + 1);
  cursor.expect(')');
  return { kind: 'call', name: word, argument, at };
}
