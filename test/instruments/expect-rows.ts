import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { Row } from './any-database.ts';

/** Like `toEqual`, for many rows many times: the matcher, which is slow and explains, is asked only where they differ. */
export function expectEqualRows(rows: readonly Row[], wanted: readonly Row[]): void {
  if (!isDeepStrictEqual(rows, wanted)) expect(rows).toEqual(wanted);
}

/** The same records in the same order, by their ids. */
export function expectSameIds(rows: readonly Row[], wanted: readonly Row[]): void {
  if (rows.length === wanted.length && rows.every((row, at) => row.Id === wanted[at]?.Id)) return;
  expect(rows.map(({ Id }) => Id)).toEqual(wanted.map(({ Id }) => Id));
}
