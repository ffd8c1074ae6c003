import { type Figures, totalOf } from './figures.ts';
import type { Piece } from './line.ts';
import type { SideFigures } from './side.ts';
import { type Column, tableLines, text } from './table.ts';
import { formatCount, formatWait } from './words.ts';

/** A side with what its board counts. */
export interface SideRow {
  readonly side: SideFigures;
  readonly figures: Figures;
}

const NOTE_MIN = 27;
/** What all other columns take, with the least of gaps. */
const OTHERS = 49;

function columns(width: number): Column<SideRow>[] {
  const count = (title: string, cellWidth: number, read: (row: SideRow) => number): Column<SideRow> => ({
    title,
    width: cellWidth,
    align: 'right',
    cell: (row) => text(formatCount(read(row))),
  });
  return [
    { title: '', width: 1, align: 'left', cell: ({ side }) => text(side.name, 'strong') },
    {
      title: 'Sync',
      width: 7,
      align: 'left',
      cell: ({ side }) => text(side.state, side.state === 'live' ? 'good' : side.isOnline ? 'fair' : 'poor'),
    },
    count('Unsent', 6, ({ side }) => side.pending),
    count('Conf', 4, ({ side }) => side.conflicts),
    {
      title: 'Pull',
      width: 4,
      align: 'right',
      cell: ({ side }) => text(side.pulledMsAgo === undefined ? '–' : formatWait(side.pulledMsAgo)),
    },
    count('Talk', 5, ({ figures }) => totalOf(figures.queues).inSession),
    count('Handled', 7, ({ figures }) => totalOf(figures.queues).handled),
    count('Records', 7, ({ figures }) => figures.held),
    {
      title: 'Case by hand',
      width: Math.max(NOTE_MIN, width - OTHERS),
      align: 'left',
      cell: ({ side }) => text(side.note),
    },
  ];
}

/** How both sides stand with the server, beside each other, and which keys do what. */
export function syncSection(rows: readonly SideRow[], shown: string, width: number): Piece[][] {
  const [a, b] = rows.map(({ side }) => (side.isOnline ? 'goes offline' : 'comes back'));
  const keys = `o A ${a}  p B ${b}  e edit by hand  b board of ${shown === 'A' ? 'B' : 'A'}  q end`;
  return [...tableLines(columns(width), rows, width), [{ text: keys, look: 'quiet' }]];
}

export const SIDE_HEADINGS: readonly string[] = ['A         unsent', 'B         unsent'];

/** The same as cells of a plain line. */
export function sideCells(sides: readonly SideFigures[]): string[] {
  return sides.map(({ state, pending }) => `${state.padEnd(8)} ${formatCount(pending).padStart(7)}`);
}
