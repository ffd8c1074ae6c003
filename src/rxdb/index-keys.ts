import type { DocumentEntry } from './document-entry.ts';

/** What a field of an index holds, by the schema. */
export type KeyType = 'string' | 'number' | 'boolean';

/** A field of an index. */
export interface IndexField {
  readonly path: string;
  readonly type: KeyType;
  readonly read: (entry: DocumentEntry) => unknown;
}

/**
 * The order of values of one field, which is that of mingo's comparison for the types that a schema lets an index have: nothing at
 * all, null, numbers, texts by their code units, false, true. Other values have no place in an index (`isKey`).
 */
export function compareKeys(left: unknown, right: unknown): number {
  if (left === right) return 0;
  const type = typeof left;
  if (type === typeof right && (type === 'string' || type === 'number'))
    return (left as string) < (right as string) ? -1 : 1;
  const difference = rankOf(left) - rankOf(right);
  // Of values that have no place all are alike, so that an index that holds one stays in an order.
  return difference === 0 && type === 'boolean' ? Number(left) - Number(right) : difference;
}

function rankOf(value: unknown): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === 'number') return 2;
  if (typeof value === 'string') return 3;
  return typeof value === 'boolean' ? 4 : 5;
}

/** Whether a value is one that a field of an index may hold: what its schema says, or nothing. */
export function isKey(value: unknown, type: KeyType): boolean {
  return value === undefined || value === null || typeof value === type;
}

/** Stands before and behind all values. */
export const LOWEST = Symbol('lowest');
export const HIGHEST = Symbol('highest');
/** Stands behind null and before all else: what is compared with a value is never nothing. */
export const BEHIND_NULL = Symbol('behind null');

/** Above zero when a value comes before a bound. */
export function compareBound(bound: unknown, value: unknown): number {
  if (bound === LOWEST) return -1;
  if (bound === HIGHEST) return 1;
  if (bound === BEHIND_NULL) return value === undefined || value === null ? 1 : -1;
  return compareKeys(bound, value);
}
