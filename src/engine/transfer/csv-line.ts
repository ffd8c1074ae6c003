import type { FieldDefinition } from '../definition/define-object.ts';

/** What spreadsheets take for the start of a formula, here at the start of a text (OWASP, CSV Injection; ASVS 1.2.10). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is one of the characters looked for
const FORMULA_START = /^[=+\-@\t\r\n\u0000\uFF1D\uFF0B\uFF0D\uFF20]/;

const MUST_QUOTE = /[",\r\n]|^\s|\s$/;

/** Quotes of its own only where needed, and for empty text, as a cell without anything is null. */
export function quoteCell(text: string): string {
  return text === '' || MUST_QUOTE.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function isNested(field: FieldDefinition): boolean {
  return field.type === 'object' || field.type === 'list' || field.type === 'map' || field.type === 'anyType';
}

/** The text of one record's cell: nothing for null, JSON for what nests. */
function writeCell(field: FieldDefinition, value: unknown, escapeFormulas: boolean): string {
  if (value === null || value === undefined) return '';
  if (isNested(field)) return quoteCell(JSON.stringify(value));
  if (typeof value !== 'string') return String(value);
  return quoteCell(escapeFormulas && FORMULA_START.test(value) ? `'${value}` : value);
}

/** One record as a line of CSV without its end. */
export function writeCsvLine(
  record: Readonly<Record<string, unknown>>,
  fields: readonly FieldDefinition[],
  escapeFormulas: boolean,
): string {
  const line = fields.map((field) => writeCell(field, record[field.name], escapeFormulas)).join(',');
  // A line with nothing on it would be no record. A cell too many is empty, and readers overlook it.
  return line === '' ? ',' : line;
}
