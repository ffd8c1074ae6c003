/**
 * Keys of blocks, so that they are read in the order in which they are needed: what the rest is encrypted by, the head, what
 * it speaks of, the log.
 */
export const KEYS_KEY = '0-0-keys';
export const HEAD_KEY = '0-head';

const ROWS = '1-rows-';
const LOG = '2-log-';
const DIGITS = 16;

const digits = (number: number) => String(number).padStart(DIGITS, '0');

/** A block of rows of a snapshot. */
export function rowsKey(snapshot: number, number: number): string {
  return `${ROWS}${digits(snapshot)}-${digits(number)}`;
}

/** Before which all rows of earlier snapshots lie. */
export function rowsBound(snapshot: number): string {
  return `${ROWS}${digits(snapshot)}`;
}

export function logKey(number: number): string {
  return LOG + digits(number);
}

/** All blocks of a database. */
export const ALL_BLOCKS = { from: '0', to: '~' } as const;

/** What a key names. */
export type BlockName =
  | { readonly kind: 'keys' }
  | { readonly kind: 'head' }
  | { readonly kind: 'rows'; readonly snapshot: number; readonly number: number }
  | { readonly kind: 'log'; readonly number: number };

/** Undefined for a key that is not ours. */
export function readKey(key: string): BlockName | undefined {
  if (key === KEYS_KEY) return { kind: 'keys' };
  if (key === HEAD_KEY) return { kind: 'head' };
  const rows = /^1-rows-(\d{16})-(\d{16})$/.exec(key);
  if (rows !== null) return { kind: 'rows', snapshot: Number(rows[1]), number: Number(rows[2]) };
  const log = /^2-log-(\d{16})$/.exec(key);
  return log === null ? undefined : { kind: 'log', number: Number(log[1]) };
}
