import { quoteCell } from '../engine/transfer/csv-line.ts';
import { type Column, cellText, nestedText, type Row, valueAt } from './flatten-row.ts';

/** A null is an empty cell; an empty text, which is something else, is one in quotes. */
function csvCell(value: unknown, show: (text: string) => string): string {
  if (value === null || value === undefined) return '';
  // Child rows too: whoever reads the cell has no other way to them.
  return quoteCell(show(typeof value === 'object' ? nestedText(value) : cellText(value)));
}

/** Rows as CSV with a header, `show` applied to each text. */
export function* formatCsv(
  columns: readonly Column[],
  rows: Iterable<Row>,
  show: (text: string) => string,
): Generator<string> {
  if (columns.length === 0) return;
  yield `${columns.map(({ name }) => quoteCell(show(name))).join(',')}\n`;
  for (const row of rows) yield `${csvLine(columns, row, show)}\n`;
}

export function csvLine(columns: readonly Column[], row: Row, show: (text: string) => string): string {
  const line = columns.map((column) => csvCell(valueAt(row, column), show)).join(',');
  // A line with nothing on it would be no row.
  return line === '' ? '""' : line;
}
