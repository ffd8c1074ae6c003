import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { Row } from './any-database.ts';

/** Like `toEqual`, for what is looked at many times: the matcher, which is slow and explains, is asked only where there is a difference. */
export function expectEqual(got: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(got, wanted)) expect(got).toEqual(wanted);
}

/** The same rows in the same order. */
export function expectEqualRows(rows: readonly Row[], wanted: readonly Row[]): void {
  expectEqual(rows, wanted);
}

/** The same records in the same order, by their ids. */
export function expectSameIds(rows: readonly Row[], wanted: readonly Row[]): void {
  if (rows.length === wanted.length && rows.every((row, at) => row.Id === wanted[at]?.Id)) return;
  expect(rows.map(({ Id }) => Id)).toEqual(wanted.map(({ Id }) => Id));
}
