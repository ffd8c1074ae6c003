import type { Paint } from '../board/line.ts';
import { type Column, cellText, type Row, valueAt } from './flatten-row.ts';
import { cutText, fitText, textWidth } from './text-width.ts';
import { visibleText } from './visible-text.ts';

/** Narrower than this a column tells nothing, unless it has no more to tell. */
const WIDTH_MIN = 8;
const GAP = '  ';
/** What names may take of the width when rows are shown record by record. */
const NAME_SHARE = 0.5;
const RULE_MAX = 60;

interface TableColumn {
  readonly column: Column;
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** Where the columns of a table stand; undefined stands for too many of them to stand side by side. */
export type TableLayout = readonly TableColumn[] | undefined;

export function tableCell(row: Row, column: Column): string {
  return visibleText(cellText(valueAt(row, column)));
}

/**
 * Widths that fit into `room`: columns narrower than an equal share keep theirs, the others share what is left.
 * Undefined where even the narrowest would not fit.
 */
export function shareWidths(wanted: readonly number[], room: number): readonly number[] | undefined {
  if (wanted.reduce((sum, width) => sum + Math.min(width, WIDTH_MIN), 0) > room) return undefined;
  const widths = [...wanted];
  const order = wanted.map((_, i) => i).sort((left, right) => (wanted[left] as number) - (wanted[right] as number));
  let left = room;
  for (const [done, i] of order.entries()) {
    const share = Math.floor(left / (order.length - done));
    widths[i] = Math.min(wanted[i] as number, share);
    left -= widths[i];
  }
  return widths;
}

/** Narrows one column as far as it takes for all to fit into `room`, or to all but nothing. */
function cutFirst(wanted: readonly number[], at: number, room: number): readonly number[] {
  const over = wanted.reduce((sum, width) => sum + width, 0) - room;
  return over <= 0 ? wanted : wanted.map((width, i) => (i === at ? Math.max(1, width - over) : width));
}

/** Lays columns out for the rows that will be shown; the one named `leastNeeded` is cut before any other is. */
export function layTable(
  columns: readonly Column[],
  rows: Iterable<Row>,
  width: number,
  leastNeeded?: string,
): TableLayout {
  const titles = columns.map(({ name }) => visibleText(name));
  const wanted = titles.map(textWidth);
  const isNumeric = columns.map(() => true);
  const hasValue = columns.map(() => false);
  for (const row of rows) {
    for (const [i, column] of columns.entries()) {
      const value = valueAt(row, column);
      if (value === null || value === undefined) continue;
      hasValue[i] = true;
      if (typeof value !== 'number') isNumeric[i] = false;
      // What is as wide as the whole table needs no measuring.
      if ((wanted[i] as number) >= width) continue;
      wanted[i] = Math.max(
        wanted[i] as number,
        Math.min(width, textWidth(visibleText(cellText(value).slice(0, width)))),
      );
    }
  }
  const room = width - GAP.length * (columns.length - 1);
  const first = columns.findIndex(({ name }) => name === leastNeeded);
  const widths = shareWidths(cutFirst(wanted, first, room), room);
  return widths?.map((columnWidth, i) => ({
    column: columns[i] as Column,
    title: titles[i] as string,
    width: columnWidth,
    align: isNumeric[i] && hasValue[i] ? 'right' : 'left',
  }));
}

function joinCells(layout: readonly TableColumn[], textOf: (column: TableColumn) => string): string {
  return layout
    .map((column) => fitText(textOf(column), column.width, column.align))
    .join(GAP)
    .trimEnd();
}

export function tableHead(layout: readonly TableColumn[], paint: Paint): string {
  const rule = layout.map(({ width }) => '─'.repeat(width)).join(GAP);
  return `${paint(
    joinCells(layout, ({ title }) => title),
    'strong',
  )}\n${paint(rule, 'quiet')}\n`;
}

/** One row as a line of the table, without its end. */
export function tableLine(layout: readonly TableColumn[], row: Row): string {
  return joinCells(layout, ({ column }) => tableCell(row, column));
}

/** Rows as lines of names and values, for tables of too many columns. */
function* formatRecords(columns: readonly Column[], rows: readonly Row[], width: number, paint: Paint) {
  const titles = columns.map(({ name }) => visibleText(name));
  const nameWidth = Math.min(Math.max(...titles.map(textWidth)), Math.floor(width * NAME_SHARE));
  const fitted = titles.map((title) => fitText(title, nameWidth));
  for (const [number, row] of rows.entries()) {
    yield paint(recordRule(number + 1, width), 'quiet');
    for (const [i, column] of columns.entries()) {
      const value = cutText(tableCell(row, column), width - nameWidth - GAP.length);
      yield `${`${fitted[i]}${GAP}${value}`.trimEnd()}\n`;
    }
  }
}

function recordRule(number: number, width: number): string {
  const start = `── ${number} `;
  return `${start}${'─'.repeat(Math.max(0, Math.min(width, RULE_MAX) - start.length))}\n`;
}

/** Rows as a table no wider than `width`, or record by record where there are too many columns for one. */
export function* formatTable(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
  paint: Paint,
  leastNeeded?: string,
): Generator<string> {
  if (columns.length === 0) return;
  const layout = layTable(columns, rows, width, leastNeeded);
  if (layout !== undefined) {
    yield tableHead(layout, paint);
    for (const row of rows) yield `${tableLine(layout, row)}\n`;
    return;
  }
  yield* formatRecords(columns, rows, width, paint);
}
