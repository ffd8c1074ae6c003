import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatDate,
  formatDateTime,
  isDateTimeInRange,
  parseDate,
  parseDateTime,
} from '../../../src/engine/ground/date-time.ts';
import { lawOptions } from '../../instruments/law-options.ts';

const EARLIEST = Date.UTC(1700, 0, 1);
const LATEST = Date.UTC(4000, 11, 31, 23, 59, 59, 999);
const moment = fc.integer({ min: EARLIEST, max: LATEST });

describe('a moment', () => {
  test('comes back from its stored form, which is the platform’s own', () => {
    fc.assert(
      fc.property(moment, (ms) => {
        const text = new Date(ms).toISOString();
        expect(formatDateTime(ms)).toBe(text);
        expect(parseDateTime(text)).toBe(ms);
      }),
      lawOptions(1000),
    );
  });

  test('is the same with any offset and in any accepted spelling', () => {
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: -1439, max: 1439 }),
        fc.constantFrom(':', ''),
        fc.constantFrom('T', ' '),
        (ms, minutes, colon, between) => {
          const local = new Date(ms + minutes * 60_000).toISOString().slice(0, -1).replace('T', between);
          const sign = minutes < 0 ? '-' : '+';
          const two = (value: number) => String(value).padStart(2, '0');
          const offset = `${sign}${two(Math.floor(Math.abs(minutes) / 60))}${colon}${two(Math.abs(minutes) % 60)}`;
          fc.pre(isDateTimeInRange(ms + minutes * 60_000));
          expect(parseDateTime(local + offset)).toBe(ms);
        },
      ),
      lawOptions(1000),
    );
  });

  test('is cut to milliseconds', () => {
    expect(parseDateTime('2026-01-12T08:00:00.123456789Z')).toBe(Date.UTC(2026, 0, 12, 8, 0, 0, 123));
    expect(parseDateTime('2026-01-12T08:00:00.9999Z')).toBe(Date.UTC(2026, 0, 12, 8, 0, 0, 999));
    expect(parseDateTime('2026-01-12T08:00:00,5Z')).toBe(Date.UTC(2026, 0, 12, 8, 0, 0, 500));
    expect(parseDateTime('2026-01-12T08:00Z')).toBe(Date.UTC(2026, 0, 12, 8));
  });

  test('is read from no text but one of a moment that is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1600, max: 4100 }),
        fc.nat(14),
        fc.nat(33),
        fc.nat(25),
        fc.nat(61),
        fc.nat(61),
        (year, month, day, hour, minute, second) => {
          const two = (value: number) => String(value).padStart(2, '0');
          const text = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.000Z`;
          const platform = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
          const real = platform.toISOString() === text && isDateTimeInRange(platform.getTime());
          expect(parseDateTime(text)).toBe(real ? platform.getTime() : Number.NaN);
          expect(parseDateTime(text.replace('.000', ''))).toBe(real ? platform.getTime() : Number.NaN);
        },
      ),
      lawOptions(1000),
    );
  });

  test.each([
    '',
    'now',
    '2026-01-12',
    '2026-01-12T08:00:00',
    '2026-1-12T08:00:00Z',
    '2026-01-12T8:00:00Z',
    '2026-01-12T08Z',
    '20260112T080000Z',
    '2026-01-12T08:00:00.Z',
    '2026-01-12T08:00:00.1234567890Z',
    '2026-01-12T08:00:00+1',
    '2026-01-12T08:00:00+24:00',
    '2026-01-12T08:00:00+01:60',
    '2026-01-12T08:00:00 Z',
    ' 2026-01-12T08:00:00Z',
    '2026-01-12T08:00:00Z ',
    '2026-01-12T08:00:00.000ZZ',
    '2026-01-12T08:00:00.000z0',
    '-026-01-12T08:00:00.000Z',
    '2026-01-12T08:00:00.00aZ',
    '2026-01-12T08:00:0 .000Z',
    '２026-01-12T08:00:00.000Z',
    '+002026-01-12T08:00:00.000Z',
    '275760-09-13T00:00:00.000Z',
  ])('%j is none', (text) => {
    expect(parseDateTime(text)).toBeNaN();
  });

  test('lies in the range of SOQL', () => {
    expect(parseDateTime('1700-01-01T00:00:00.000Z')).toBe(EARLIEST);
    expect(parseDateTime('4000-12-31T23:59:59.999Z')).toBe(LATEST);
    expect(parseDateTime('1699-12-31T23:59:59.999Z')).toBeNaN();
    expect(parseDateTime('1700-01-01T00:00:00.000+0001')).toBeNaN();
    expect(parseDateTime('4001-01-01T00:00:00.000Z')).toBeNaN();
    expect([EARLIEST, LATEST].every(isDateTimeInRange)).toBe(true);
    expect([EARLIEST - 1, LATEST + 1, Number.NaN, Number.POSITIVE_INFINITY].some(isDateTimeInRange)).toBe(false);
  });
});

describe('a date', () => {
  test('is midnight UTC and comes back', () => {
    fc.assert(
      fc.property(moment, (ms) => {
        const text = new Date(ms).toISOString().slice(0, 10);
        expect(formatDate(parseDate(text))).toBe(text);
        expect(parseDate(text)).toBe(Date.parse(text));
      }),
      lawOptions(500),
    );
  });

  test('is a real one', () => {
    expect(parseDate('2024-02-29')).toBe(Date.UTC(2024, 1, 29));
    expect(parseDate('2000-02-29')).toBe(Date.UTC(2000, 1, 29));
    for (const text of [
      '',
      '2026-02-29',
      '1900-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-01-00',
      '2026-04-31',
      '2026-1-1',
      '2026-01-12T00:00:00Z',
      '1699-12-31',
      '4001-01-01',
    ])
      expect(parseDate(text)).toBeNaN();
  });
});
