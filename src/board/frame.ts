import {
  type Figures,
  type ObjectFigures,
  type QueueFigures,
  serviceLevelOf,
  serviceLevelTone,
  totalOf,
  waitTone,
} from './figures.ts';
import { type Look, type Paint, type Piece, spread, toWidth } from './line.ts';
import { meter, sparkline } from './meter.ts';
import { ANSWER_SECONDS, SERVICE_LEVEL_TARGET } from './queues.ts';
import { formatCount, formatDay, formatMegabytes, formatMicros, formatPart, formatTime, formatWait } from './words.ts';

const WIDTH_MIN = 80;
const WIDTH_MAX = 120;
const GAP_MAX = 4;
const LEVEL_NAME = `Service lvl ${SERVICE_LEVEL_TARGET * 100}/${ANSWER_SECONDS}`;
const LEVEL_HEADING = `in ${ANSWER_SECONDS} s`;

/** A column of a table. All of its cells have its width. */
interface Column<T> {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly cell: (row: T) => readonly Piece[];
}

function text(content: string, look?: Look): readonly Piece[] {
  return [{ text: content, look }];
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.text.length, 0);
}

function cellOf<T>(column: Column<T>, pieces: readonly Piece[]): readonly Piece[] {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined)
    return [{ text: toWidth(only.text, column.width, column.align), look: only.look }];
  const blank = { text: ' '.repeat(Math.max(0, column.width - lengthOf(pieces))) };
  return column.align === 'left' ? [...pieces, blank] : [blank, ...pieces];
}

function tableLines<T>(columns: readonly Column<T>[], rows: readonly T[], width: number): Piece[][] {
  const used = columns.reduce((sum, column) => sum + column.width, 0);
  const gaps = spread(width, used, columns.length, GAP_MAX);
  const line = (cellPieces: (column: Column<T>) => readonly Piece[]): Piece[] =>
    columns.flatMap((column, i) => [...cellOf(column, cellPieces(column)), { text: ' '.repeat(gaps[i] ?? 0) }]);
  const head = line((column) => text(column.title, 'quiet'));
  return [head, ...rows.map((row) => line((column) => column.cell(row)))];
}

/** A figure over its name. */
interface Tile {
  readonly figure: string;
  readonly name: string;
  readonly look?: Look;
}

function tileLines(tiles: readonly Tile[], width: number): Piece[][] {
  const widths = tiles.map((tile) => Math.max(tile.figure.length, tile.name.length));
  const used = widths.reduce((sum, part) => sum + part, 0);
  const gaps = spread(width, used, tiles.length, width);
  const line = (piece: (tile: Tile) => Piece): Piece[] =>
    tiles.flatMap((tile, i) => {
      const { text: content, look } = piece(tile);
      return [{ text: toWidth(content, widths[i] as number), look }, { text: ' '.repeat(gaps[i] ?? 0) }];
    });
  return [
    line((tile) => ({ text: tile.figure, look: tile.look ?? 'strong' })),
    line((tile) => ({ text: tile.name, look: 'quiet' })),
  ];
}

function levelPieces(queue: QueueFigures, barWidth: number): readonly Piece[] {
  const level = serviceLevelOf(queue);
  const look = serviceLevelTone(level);
  const bar = meter(level ?? 0, barWidth, SERVICE_LEVEL_TARGET);
  return [
    { text: bar.done, look },
    { text: bar.left, look: 'quiet' },
    { text: ` ${toWidth(formatPart(level), 7, 'right')}`, look },
  ];
}

function queueColumns(nowMs: number, width: number): Column<QueueFigures>[] {
  const barWidth = 9 + Math.floor((width - WIDTH_MIN) / 2.5);
  const waitOf = (queue: QueueFigures) => (queue.oldestMs === undefined ? undefined : nowMs - queue.oldestMs);
  const count = (title: string, cellWidth: number, read: (queue: QueueFigures) => number): Column<QueueFigures> => ({
    title,
    width: cellWidth,
    align: 'right',
    cell: (queue) => text(formatCount(read(queue))),
  });
  const columns: Column<QueueFigures>[] = [
    { title: 'Queue', width: 13, align: 'left', cell: (queue) => text(queue.name, 'strong') },
    { title: '', width: 5, align: 'left', cell: (queue) => text(queue.channel, 'quiet') },
    count('Agents', 6, (queue) => queue.online),
    count('Talk', 5, (queue) => queue.inSession),
    {
      title: 'Wait',
      width: 5,
      align: 'right',
      cell: (queue) => text(queue.waiting === 0 ? '·' : formatCount(queue.waiting)),
    },
    {
      title: 'Longest',
      width: 7,
      align: 'right',
      cell: (queue) => {
        const waitMs = waitOf(queue);
        return text(waitMs === undefined ? '·' : formatWait(waitMs), waitTone(waitMs));
      },
    },
    { title: LEVEL_NAME, width: barWidth + 8, align: 'left', cell: (queue) => levelPieces(queue, barWidth) },
    count('Handled', 7, (queue) => queue.handled),
  ];
  if (width >= 100) columns.push(count('Lost', 6, (queue) => queue.lost));
  return columns;
}

function objectColumns(width: number): Column<ObjectFigures>[] {
  const sparkWidth = Math.min(60, width - 4 - 20 - 9 - 9 - 3 * GAP_MAX);
  return [
    { title: 'Object', width: 20, align: 'left', cell: (object) => text(object.name) },
    { title: 'Records', width: 9, align: 'right', cell: (object) => text(formatCount(object.held)) },
    { title: 'Changes/s', width: 9, align: 'right', cell: (object) => text(formatCount(object.changesPerSecond)) },
    {
      title: toWidth(`last ${sparkWidth} s`, sparkWidth, 'right'),
      width: sparkWidth,
      align: 'right',
      cell: (object) => text(sparkline(object.recent, sparkWidth), 'quiet'),
    },
  ];
}

function callerTiles(figures: Figures): Tile[] {
  const total = totalOf(figures.queues);
  const waitMs = total.oldestMs === undefined ? undefined : figures.nowMs - total.oldestMs;
  const level = serviceLevelOf(total);
  return [
    { figure: formatCount(total.online), name: 'agents online' },
    { figure: formatCount(total.inSession), name: 'in session' },
    { figure: formatCount(total.waiting), name: 'waiting' },
    { figure: waitMs === undefined ? '–' : formatWait(waitMs), name: 'longest wait', look: waitTone(waitMs) },
    { figure: formatPart(level), name: LEVEL_HEADING, look: serviceLevelTone(level) },
    { figure: formatCount(total.handled), name: 'handled today' },
  ];
}

function engineTiles(figures: Figures): Tile[] {
  return [
    { figure: formatCount(figures.held), name: 'records held' },
    { figure: `${formatCount(figures.openedMs)} ms`, name: 'to open' },
    { figure: formatCount(figures.changesPerSecond), name: 'changes a second' },
    { figure: formatMicros(figures.microsPerChange), name: 'a change' },
    { figure: formatCount(figures.liveQueries), name: 'live queries' },
    { figure: formatMegabytes(figures.heapBytes), name: 'heap' },
  ];
}

/** How many columns a board takes on a terminal of so many. */
export function boardWidth(columns: number): number {
  return Math.min(Math.max(columns, WIDTH_MIN), WIDTH_MAX);
}

/**
 * The board as lines of text, none wider than it should be. `columns` is the width of the terminal; on a narrower one
 * than 80 the right part is cut by whoever shows it.
 */
export function createFrame(figures: Figures, columns: number, paint: Paint): string[] {
  const width = boardWidth(columns);
  const inner = width - 4;
  const rule = (left: string, right: string) => paint(left + '─'.repeat(width - 2) + right, 'quiet');
  const framed = (pieces: readonly Piece[]): string => {
    const content = pieces.map((piece) => paint(piece.text, piece.look)).join('');
    const blank = ' '.repeat(Math.max(0, inner - lengthOf(pieces)));
    return `${paint('│', 'quiet')} ${content}${blank} ${paint('│', 'quiet')}`;
  };
  const name = ' Sojourn wallboard ';
  const moment = ` ${formatDay(figures.nowMs)}  ${formatTime(figures.nowMs)} UTC `;
  const between = '─'.repeat(width - 4 - name.length - moment.length);
  const title = paint('╭─', 'quiet') + paint(name, 'strong') + paint(between, 'quiet') + moment + paint('─╮', 'quiet');
  return [
    title,
    ...tileLines(callerTiles(figures), inner).map(framed),
    rule('├', '┤'),
    ...tableLines(queueColumns(figures.nowMs, width), figures.queues, inner).map(framed),
    rule('├', '┤'),
    ...tableLines(objectColumns(width), figures.objects, inner).map(framed),
    rule('├', '┤'),
    ...tileLines(engineTiles(figures), inner).map(framed),
    rule('╰', '╯'),
  ];
}

const HEADINGS = [
  'time',
  'online',
  'talk',
  'wait',
  'longest',
  LEVEL_HEADING,
  'handled',
  'records',
  'changes/s',
  'a change',
  'heap',
];
const WIDTHS = [8, 6, 5, 5, 7, 7, 7, 9, 9, 9, 7];

/** The names over what {@link createSummary} says. */
export function createSummaryHead(): string {
  return HEADINGS.map((heading, i) => toWidth(heading, WIDTHS[i] as number, 'right')).join(' ');
}

/** The whole board in one plain line, for output that is not a terminal. */
export function createSummary(figures: Figures): string {
  const total = totalOf(figures.queues);
  const cells = [
    formatTime(figures.nowMs),
    formatCount(total.online),
    formatCount(total.inSession),
    formatCount(total.waiting),
    total.oldestMs === undefined ? '–' : formatWait(figures.nowMs - total.oldestMs),
    formatPart(serviceLevelOf(total)),
    formatCount(total.handled),
    formatCount(figures.held),
    formatCount(figures.changesPerSecond),
    formatMicros(figures.microsPerChange),
    formatMegabytes(figures.heapBytes),
  ];
  return cells.map((cell, i) => toWidth(cell, WIDTHS[i] as number, 'right')).join(' ');
}
