import type { Tone } from './figures.ts';

/** How a piece of text is shown. Only `good`, `fair` and `poor` are colours; they stand for thresholds alone. */
export type Look = Tone | 'strong' | 'quiet';

/** A piece of a line. Its width is counted before it is painted. */
export interface Piece {
  readonly text: string;
  readonly look?: Look;
}

export type Paint = (text: string, look: Look) => string;

export const plain: Paint = (text) => text;

const CODES = { strong: '1', quiet: '2', good: '32', fair: '33', poor: '1;31' } as const;

/** Paint for a terminal that knows colours. */
export const coloured: Paint = (text, look) =>
  look === undefined || text.trim() === '' ? text : `\x1b[${CODES[look]}m${text}\x1b[0m`;

/** A terminal without colours still has bold and faint text, but NO_COLOR asks for text alone. */
export function choosePaint(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): Paint {
  const { NO_COLOR, TERM } = environment;
  return isTerminal && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb' ? coloured : plain;
}

/** Cuts or fills `text` to just `width` characters. What is written here has no wide characters. */
export function toWidth(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  if (text.length > width) return width < 1 ? '' : `${text.slice(0, width - 1)}…`;
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}

/** The spaces between `count` things of `used` characters in all, so that they fill `width`; the last ones are wider. */
export function spread(width: number, used: number, count: number, gapMax: number): number[] {
  const gaps = Math.max(1, count - 1);
  const room = Math.max(gaps, Math.min(width - used, gaps * gapMax));
  return Array.from({ length: count - 1 }, (_, i) => Math.floor(room / gaps) + (i >= gaps - (room % gaps) ? 1 : 0));
}
