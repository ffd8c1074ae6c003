import fc from 'fast-check';
import { expect, test } from 'vitest';
import { momentText } from '../../../src/engine/storage/moment-text.ts';

test('a moment is written as the platform writes it', () => {
  const [min, max] = [Date.UTC(1000, 0, 1), Date.UTC(9999, 11, 31, 23, 59, 59, 999)];
  fc.assert(
    fc.property(fc.integer({ min, max }), (ms) => {
      expect(momentText(ms)).toBe(new Date(ms).toISOString());
    }),
    { numRuns: 2000 },
  );
});

test('so are all days around the ends of months, leap years and centuries', () => {
  const years = [1600, 1700, 1899, 1900, 1970, 1999, 2000, 2024, 2026, 2100, 2400];
  for (const year of years)
    for (let month = 0; month < 12; month++)
      for (const day of [-1, 0, 1, 2, 28, 29]) {
        const ms = Date.UTC(year, month, day, 23, 59, 59, 999);
        expect(momentText(ms)).toBe(new Date(ms).toISOString());
      }
});
