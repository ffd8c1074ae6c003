import type { FieldDefinition, ObjectDefinition } from '../definition/define-object.ts';
import { createError } from '../ground/errors.ts';
import { quoteCell, writeCsvLine } from './csv-line.ts';
import { gather } from './gather.ts';
import type { TextFormat } from './source-row.ts';

type Row = Readonly<Record<string, unknown>>;

export interface WriteOptions {
  readonly format: TextFormat;
  /** The fields written, in this order; a record without one gets null. All of the record, or of the object, if absent. */
  readonly fields?: readonly string[] | undefined;
  /**
   * CSV only: puts `'` before texts that a spreadsheet would run as a formula. For files that people open; such a text
   * no longer reads back as it was, which is why it is not the default.
   */
  readonly escapeFormulas?: boolean | undefined;
}

function findFields(definition: ObjectDefinition, names: readonly string[]): readonly FieldDefinition[] {
  if (!Array.isArray(names) || names.length === 0 || new Set(names).size < names.length)
    throw createError('INVALID_OPTION', 'fields lists at least one field, and none twice');
  return names.map((name) => {
    const field = definition.fieldsByName.get(name);
    if (field === undefined) throw createError('INVALID_FIELD', `${definition.name} has no field ${name}`, [name]);
    return field;
  });
}

function pick(record: Row, names: readonly string[] | undefined): Row {
  if (names === undefined) return record;
  return Object.fromEntries(names.map((name) => [name, record[name] ?? null]));
}

function* writeNdjson(rows: Iterable<Row>, names: readonly string[] | undefined): Generator<string> {
  for (const record of rows) yield `${JSON.stringify(pick(record, names))}\n`;
}

function* writeJson(rows: Iterable<Row>, names: readonly string[] | undefined): Generator<string> {
  let separator = '[\n';
  for (const record of rows) {
    yield separator + JSON.stringify(pick(record, names));
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

/**
 * Lines end with LF. RFC 4180 has CRLF, but what reads one reads the other, and tools that work by lines, like those of
 * Unix and Salesforce's Bulk API unless told otherwise, take a CR for part of the last cell.
 */
function* writeCsv(
  rows: Iterable<Row>,
  fields: readonly FieldDefinition[],
  escapeFormulas: boolean,
): Generator<string> {
  yield `${fields.map((field) => quoteCell(field.name)).join(',')}\n`;
  for (const record of rows) yield `${writeCsvLine(record, fields, escapeFormulas)}\n`;
}

/**
 * Writes records as text, in pieces of about 64 Ki characters that never part a record; `readRows` reads equal records
 * back. Throws `INVALID_OPTION` or `INVALID_FIELD` at once, not when the first piece is taken.
 */
export function writeRows(rows: Iterable<Row>, definition: ObjectDefinition, options: WriteOptions): Generator<string> {
  const { format, fields: names } = options;
  const fields = names === undefined ? definition.fields : findFields(definition, names);
  switch (format) {
    case 'ndjson':
      return gather(writeNdjson(rows, names));
    case 'json':
      return gather(writeJson(rows, names));
    case 'csv':
      return gather(writeCsv(rows, fields, options.escapeFormulas === true));
    default:
      throw createError('INVALID_OPTION', 'format is one of ndjson, json, csv');
  }
}
