import { createError, type EngineError, type ErrorCode } from '../engine/ground/errors.ts';

/** How much of the text is shown on either side of the place; Salesforce shows a window too, of a width it does not state. */
const BEFORE = 40;
const AFTER = 40;
/** What would move the caret from under its place: signs that control, and those that end a line for some. */
const UNSEEN = /[\p{Cc}\u2028\u2029]/gu;

/**
 * An error in the form in which Salesforce says where a query is wrong: a piece of the text, a caret under the place, the
 * row and column counted from 1, then the words (REST API, `MALFORMED_QUERY` and `INVALID_FIELD` of a query).
 */
export function soqlError(
  code: ErrorCode,
  text: string,
  at: number,
  message: string,
  fields: readonly string[] = [],
  firstColumn: 0 | 1 = 1,
): EngineError {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = text.indexOf('\n', at);
  let row = 1;
  for (let place = text.indexOf('\n'); place >= 0 && place < at; place = text.indexOf('\n', place + 1)) row++;
  const from = Math.max(lineStart, at - BEFORE);
  const snippet = text.slice(from, Math.min(lineEnd < 0 ? text.length : lineEnd, at + AFTER)).replace(UNSEEN, ' ');
  const column = at - lineStart + firstColumn;
  // The caret stands in the column that is told, counted from 1 always.
  const caret = `${' '.repeat(Math.max(0, Math.min(at - from, column - 1 - (from - lineStart))))}^`;
  return createError(code, `\n${snippet}\n${caret}\nERROR at Row:${row}:Column:${column}\n${message}`, fields);
}

/** The same for a search, whose columns Salesforce counts from 0 (`FIND {Marie-Pier}` goes wrong at Column:11). */
export function soslError(code: ErrorCode, text: string, at: number, message: string): EngineError {
  return soqlError(code, text, at, message, [], 0);
}
