import { type Look, type Piece, spread, toWidth } from './line.ts';

export const GAP_MAX = 4;

/** A column of a table. All of its cells have its width. */
export interface Column<T> {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly cell: (row: T) => readonly Piece[];
}

export function text(content: string, look?: Look): readonly Piece[] {
  return [{ text: content, look }];
}

export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.text.length, 0);
}

function cellOf<T>(column: Column<T>, pieces: readonly Piece[]): readonly Piece[] {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined)
    return [{ text: toWidth(only.text, column.width, column.align), look: only.look }];
  const blank = { text: ' '.repeat(Math.max(0, column.width - lengthOf(pieces))) };
  return column.align === 'left' ? [...pieces, blank] : [blank, ...pieces];
}

export function tableLines<T>(columns: readonly Column<T>[], rows: readonly T[], width: number): Piece[][] {
  const used = columns.reduce((sum, column) => sum + column.width, 0);
  const gaps = spread(width, used, columns.length, GAP_MAX);
  const line = (cellPieces: (column: Column<T>) => readonly Piece[]): Piece[] =>
    columns.flatMap((column, i) => [...cellOf(column, cellPieces(column)), { text: ' '.repeat(gaps[i] ?? 0) }]);
  const head = line((column) => text(column.title, 'quiet'));
  return [head, ...rows.map((row) => line((column) => column.cell(row)))];
}
