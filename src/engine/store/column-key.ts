import { type Column, NULL_INT } from './column.ts';

/** What stands for null among the keys of an index; no code and no value is as low. */
export const NULL_KEY = Number.NEGATIVE_INFINITY;

/** The key of a slot in a numeric column: its value, null lowest. */
export function keyAt(column: Column, slot: number): number {
  const value = column.values[slot] as number;
  // The number that stands for null among ints is a value like any other among doubles.
  if (column.values instanceof Int32Array) return value === NULL_INT ? NULL_KEY : value;
  return value !== value ? NULL_KEY : value;
}
