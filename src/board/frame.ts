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
import { type Column, GAP_MAX, lengthOf, tableLines, text } from './table.ts';
import { formatCount, formatDay, formatMegabytes, formatMicros, formatPart, formatTime, formatWait } from './words.ts';

const WIDTH_MIN = 80;
const WIDTH_MAX = 120;
const LEVEL_NAME = `Service lvl ${SERVICE_LEVEL_TARGET * 100}/${ANSWER_SECONDS}`;
const LEVEL_HEADING = `in ${ANSWER_SECONDS} s`;

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

/** What stands on a board beside the figures of its database. */
export interface FrameMore {
  /** Whose board it is. */
  readonly whose?: string;
  /** Further lines, by the width that they may take. */
  readonly section?: (width: number) => Piece[][];
  /** The rows of the terminal: on a low one the objects make room for the section. */
  readonly rows?: number;
}

/** The rows of a board with everything on it. */
const ROWS_FULL = 30;

/**
 * The board as lines of text, none wider than it should be. `columns` is the width of the terminal; on a narrower one
 * than 80 the right part is cut by whoever shows it.
 */
export function createFrame(figures: Figures, columns: number, paint: Paint, more: FrameMore = {}): string[] {
  const width = boardWidth(columns);
  const inner = width - 4;
  const rule = (left: string, right: string) => paint(left + '─'.repeat(width - 2) + right, 'quiet');
  const framed = (pieces: readonly Piece[]): string => {
    const content = pieces.map((piece) => paint(piece.text, piece.look)).join('');
    const blank = ' '.repeat(Math.max(0, inner - lengthOf(pieces)));
    return `${paint('│', 'quiet')} ${content}${blank} ${paint('│', 'quiet')}`;
  };
  const name = ` Sojourn wallboard${more.whose === undefined ? '' : `, ${more.whose}`} `;
  const moment = ` ${formatDay(figures.nowMs)}  ${formatTime(figures.nowMs)} UTC `;
  const hasObjects = more.section === undefined || (more.rows ?? ROWS_FULL) >= ROWS_FULL;
  const between = '─'.repeat(width - 4 - name.length - moment.length);
  const title = paint('╭─', 'quiet') + paint(name, 'strong') + paint(between, 'quiet') + moment + paint('─╮', 'quiet');
  return [
    title,
    ...tileLines(callerTiles(figures), inner).map(framed),
    rule('├', '┤'),
    ...tableLines(queueColumns(figures.nowMs, width), figures.queues, inner).map(framed),
    ...(hasObjects ? [rule('├', '┤'), ...tableLines(objectColumns(width), figures.objects, inner).map(framed)] : []),
    ...(more.section === undefined ? [] : [rule('├', '┤'), ...more.section(inner).map(framed)]),
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
export function createSummaryHead(more: readonly string[] = []): string {
  const headings = HEADINGS.map((heading, i) => toWidth(heading, WIDTHS[i] as number, 'right'));
  return [...headings, ...more].join(' ');
}

/** The whole board in one plain line, for output that is not a terminal. */
export function createSummary(figures: Figures, more: readonly string[] = []): string {
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
  return [...cells.map((cell, i) => toWidth(cell, WIDTHS[i] as number, 'right')), ...more].join(' ');
}
