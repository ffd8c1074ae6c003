import { formatCount } from '../board/words.ts';
import { gather } from '../engine/transfer/gather.ts';
import { type Column, columnsOf, type Row } from './flatten-row.ts';
import { formatCsv } from './format-csv.ts';
import { formatJson } from './format-json.ts';
import { formatTable } from './format-table.ts';
import type { Session } from './session.ts';
import { visibleLines } from './visible-text.ts';

export type Noun = readonly [one: string, several: string];

/** Rows to be shown, with what is known of them beside. */
export interface Answer {
  readonly rows: readonly Row[];
  /** The places that were asked for, where a text says so. */
  readonly selected?: readonly (readonly string[])[];
  /** What one of them is and what several are, where they are not rows of a query. */
  readonly noun?: Noun;
  /** The name of the column that is cut before any other where a table is too wide. */
  readonly leastNeeded?: string;
  /** How long finding them took. */
  readonly milliseconds?: number;
}

const UNITS = [
  { below: 100, digits: 1 },
  { below: 10_000, digits: 0 },
];

function formatTook(milliseconds: number): string {
  const unit = UNITS.find(({ below }) => milliseconds < below);
  return unit === undefined ? `${(milliseconds / 1000).toFixed(1)} s` : `${milliseconds.toFixed(unit.digits)} ms`;
}

export function countOf(count: number, [one, several]: Noun): string {
  return `${formatCount(count)} ${count === 1 ? one : several}`;
}

const ROWS: Noun = ['row', 'rows'];

export function countRows(count: number): string {
  return countOf(count, ROWS);
}

function footer(shown: number, { rows, milliseconds, noun = ROWS }: Answer): string {
  const took = milliseconds === undefined ? '' : `, ${formatTook(milliseconds)}`;
  if (shown === rows.length) return `${countOf(shown, noun)}${took}`;
  return `the first ${formatCount(shown)} of ${countOf(rows.length, noun)}${took}; \\rows N shows more`;
}

/** What CSV shows of a text: all of it, save that a terminal is spared what it would obey. */
export function csvText(session: Pick<Session, 'isTerminal'>): (text: string) => string {
  return session.isTerminal ? visibleLines : (text) => text;
}

async function showTable(session: Session, columns: readonly Column[], answer: Answer): Promise<void> {
  const { settings, out, paint, isInteractive, isTerminal } = session;
  const shown = isInteractive ? answer.rows.slice(0, settings.rowsMax) : answer.rows;
  await out.writeAll(gather(formatTable(columns, shown, session.width(), paint, answer.leastNeeded)));
  // A program that reads the rows would take it for one of them.
  if (isTerminal) await out.write(`${paint(footer(shown.length, answer), 'quiet')}\n`);
}

/** Shows rows in the format that is set. */
export async function showRows(session: Session, answer: Answer): Promise<void> {
  const { settings, out } = session;
  const { rows, selected } = answer;
  if (settings.format === 'json') return out.writeAll(gather(formatJson(rows)));
  const columns = rows.length === 0 && settings.format === 'table' ? [] : columnsOf(rows, selected);
  if (settings.format === 'csv') return out.writeAll(gather(formatCsv(columns, rows, csvText(session))));
  return showTable(session, columns, answer);
}
