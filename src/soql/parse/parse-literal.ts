import { parseDate, parseDateTime } from '../../engine/ground/date-time.ts';
import type { Bind, Literal } from './ast.ts';
import { type Cursor, DATE, DATE_TIME, NUMBER, STRING, WORD } from './cursor.ts';
import { isDateLiteral, takesNumber } from './date-literal-names.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/**
 * The text between two quotes with its escapes resolved (SOQL and SOSL Reference, "Quoted String Escape Sequences").
 * For LIKE what comes out is a pattern, in which a backslash makes the next character an ordinary one.
 */
function readString(cursor: Cursor, isPattern: boolean): string {
  const raw = cursor.text.slice(cursor.start + 1, cursor.end - 1);
  if (!raw.includes('\\')) return raw;
  let value = '';
  for (let i = 0; i < raw.length; i++) {
    const character = raw[i] as string;
    if (character !== '\\') {
      value += character;
      continue;
    }
    const escaped = raw[++i] as string;
    const plain = Object.hasOwn(ESCAPES, escaped) ? ESCAPES[escaped] : undefined;
    if (plain === '\\') value += isPattern ? '\\\\' : '\\';
    else if (plain !== undefined) value += plain;
    else if (isPattern && (escaped === '%' || escaped === '_')) value += `\\${escaped}`;
    else if (escaped === 'u' && /^[0-9a-fA-F]{4}$/.test(raw.slice(i + 1, i + 5))) {
      value += String.fromCharCode(Number.parseInt(raw.slice(i + 1, i + 5), 16));
      i += 4;
    } else throw cursor.error(`Illegal string: invalid escape sequence '\\${escaped}'`, cursor.start + i);
  }
  return value;
}

function readWord(cursor: Cursor): Literal {
  const { word, start: at } = cursor;
  if (word === 'NULL') return { kind: 'null', at };
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE', at };
  if (!isDateLiteral(word)) throw cursor.unexpected();
  if (!takesNumber(word)) return { kind: 'dateLiteral', name: word, n: undefined, at };
  cursor.next();
  if (!cursor.is(':')) throw cursor.unexpected();
  cursor.next();
  const n = Number(cursor.token);
  // So many days reach beyond every date that people mean, and so many years are still dates.
  if (cursor.kind !== NUMBER || !Number.isInteger(n) || n < 0 || n > 100_000) throw cursor.unexpected();
  return { kind: 'dateLiteral', name: word, n, at };
}

function readLiteral(cursor: Cursor, isPattern: boolean): Literal {
  const { kind, start: at } = cursor;
  switch (kind) {
    case STRING:
      return { kind: 'string', value: readString(cursor, isPattern), at };
    case NUMBER:
      return { kind: 'number', value: Number(cursor.token), at };
    case DATE:
      if (Number.isNaN(parseDate(cursor.token))) throw cursor.unexpected();
      return { kind: 'date', value: cursor.token, at };
    case DATE_TIME:
      if (Number.isNaN(parseDateTime(cursor.token.toUpperCase()))) throw cursor.unexpected();
      return { kind: 'dateTime', value: cursor.token.toUpperCase(), at };
    case WORD:
      return readWord(cursor);
    default:
      throw cursor.unexpected();
  }
}

/** Reads a bind's name; the cursor is on its colon. */
export function parseBind(cursor: Cursor): Bind {
  const at = cursor.start;
  cursor.next();
  if (cursor.kind !== WORD && cursor.kind !== NUMBER) throw cursor.unexpected();
  const name = cursor.token;
  cursor.next();
  return { kind: 'bind', name, at };
}

/** Reads a literal or a bind and goes past it. `isPattern`: as the operand of a LIKE. */
export function parseLiteral(cursor: Cursor, isPattern = false): Literal | Bind {
  if (cursor.is(':')) return parseBind(cursor);
  const literal = readLiteral(cursor, isPattern);
  cursor.next();
  return literal;
}
