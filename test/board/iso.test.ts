import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { iso, isoOrNull, secondsBetween } from '../../src/board/iso.ts';

test('the text is that of toISOString', () => {
  const moment = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
  fc.assert(
    fc.property(fc.array(moment, { minLength: 1 }), (moments) => {
      for (const ms of moments) expect(iso(ms)).toBe(new Date(ms).toISOString());
    }),
  );
});

test('parts of milliseconds are left out', () => {
  expect(iso(1_772_719_200_123.9)).toBe('2026-03-05T14:00:00.123Z');
});

test('no moment is null', () => {
  expect([isoOrNull(undefined), isoOrNull(0)]).toEqual([null, '1970-01-01T00:00:00.000Z']);
});

test('seconds are whole and never below none', () => {
  expect([secondsBetween(0, 20_999), secondsBetween(5000, 0)]).toEqual([20, 0]);
});
