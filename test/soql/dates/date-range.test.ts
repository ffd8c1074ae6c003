import { describe, expect, test } from 'vitest';
import { createCalendar, DAY_MS } from '../../../src/soql/dates/calendar.ts';
import { datePart } from '../../../src/soql/dates/date-part.ts';
import { dateRange } from '../../../src/soql/dates/date-range.ts';
import { isDateLiteral } from '../../../src/soql/parse/date-literal-names.ts';

/** A Thursday. */
const NOW = Date.UTC(2026, 2, 5, 14, 0, 0);
const utc = createCalendar();

function daysOf(literal: string, calendar = utc, now = NOW): string {
  const [name, n] = literal.split(':');
  expect(isDateLiteral(name as string)).toBe(true);
  const { from, to } = dateRange(name as string, n === undefined ? undefined : Number(n), now, calendar);
  const text = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);
  return `${text(from)} to ${text(to - 1)}`;
}

describe('a date literal means the days', () => {
  test.each([
    ['YESTERDAY', '2026-03-04 to 2026-03-04'],
    ['TODAY', '2026-03-05 to 2026-03-05'],
    ['TOMORROW', '2026-03-06 to 2026-03-06'],
    ['LAST_WEEK', '2026-02-22 to 2026-02-28'],
    ['THIS_WEEK', '2026-03-01 to 2026-03-07'],
    ['NEXT_WEEK', '2026-03-08 to 2026-03-14'],
    ['LAST_MONTH', '2026-02-01 to 2026-02-28'],
    ['THIS_MONTH', '2026-03-01 to 2026-03-31'],
    ['NEXT_MONTH', '2026-04-01 to 2026-04-30'],
    ['LAST_90_DAYS', '2025-12-05 to 2026-03-05'],
    ['NEXT_90_DAYS', '2026-03-06 to 2026-06-03'],
    ['LAST_N_DAYS:7', '2026-02-26 to 2026-03-05'],
    ['NEXT_N_DAYS:7', '2026-03-06 to 2026-03-12'],
    ['N_DAYS_AGO:7', '2026-02-26 to 2026-02-26'],
    ['LAST_N_WEEKS:2', '2026-02-15 to 2026-02-28'],
    ['NEXT_N_WEEKS:2', '2026-03-08 to 2026-03-21'],
    ['N_WEEKS_AGO:2', '2026-02-15 to 2026-02-21'],
    ['LAST_N_MONTHS:3', '2025-12-01 to 2026-02-28'],
    ['NEXT_N_MONTHS:3', '2026-04-01 to 2026-06-30'],
    ['N_MONTHS_AGO:3', '2025-12-01 to 2025-12-31'],
    ['THIS_QUARTER', '2026-01-01 to 2026-03-31'],
    ['LAST_QUARTER', '2025-10-01 to 2025-12-31'],
    ['NEXT_QUARTER', '2026-04-01 to 2026-06-30'],
    ['LAST_N_QUARTERS:5', '2024-10-01 to 2025-12-31'],
    ['N_QUARTERS_AGO:1', '2025-10-01 to 2025-12-31'],
    ['THIS_YEAR', '2026-01-01 to 2026-12-31'],
    ['LAST_YEAR', '2025-01-01 to 2025-12-31'],
    ['NEXT_N_YEARS:2', '2027-01-01 to 2028-12-31'],
    ['N_YEARS_AGO:1', '2025-01-01 to 2025-12-31'],
  ])('%s: %s', (literal, days) => {
    expect(daysOf(literal)).toBe(days);
  });

  test.each([
    ['THIS_FISCAL_YEAR', '2025-04-01 to 2026-03-31'],
    ['LAST_FISCAL_YEAR', '2024-04-01 to 2025-03-31'],
    ['NEXT_FISCAL_QUARTER', '2026-04-01 to 2026-06-30'],
    ['LAST_N_FISCAL_QUARTERS:2', '2025-07-01 to 2025-12-31'],
    ['N_FISCAL_YEARS_AGO:1', '2024-04-01 to 2025-03-31'],
  ])('of a fiscal year from April, %s: %s', (literal, days) => {
    expect(daysOf(literal, createCalendar({ fiscalYearStart: 4 }))).toBe(days);
  });

  test('of a fiscal year that begins in February, whose quarters lie across the year', () => {
    const calendar = createCalendar({ fiscalYearStart: 2 });
    expect(daysOf('THIS_FISCAL_QUARTER', calendar, Date.UTC(2026, 0, 15))).toBe('2025-11-01 to 2026-01-31');
  });

  test('of weeks that begin on Monday', () => {
    const calendar = createCalendar({ weekStart: 1 });
    expect(daysOf('THIS_WEEK', calendar)).toBe('2026-03-02 to 2026-03-08');
    expect(daysOf('THIS_WEEK', calendar, Date.UTC(2026, 2, 8, 23))).toBe('2026-03-02 to 2026-03-08');
    expect(daysOf('THIS_WEEK', calendar, Date.UTC(1969, 11, 28))).toBe('1969-12-22 to 1969-12-28');
  });

  test('of the user, wherever that is', () => {
    const late = Date.UTC(2026, 2, 5, 23, 30);
    expect(daysOf('TODAY', createCalendar({ timeZone: 'Asia/Kolkata' }), late)).toBe('2026-03-06 to 2026-03-06');
    expect(daysOf('TODAY', createCalendar({ timeZone: 'America/Los_Angeles' }), late)).toBe('2026-03-05 to 2026-03-05');
  });
});

describe('a day of a zone begins', () => {
  const startOf = (timeZone: string, date: string) =>
    new Date(createCalendar({ timeZone }).startOf(Date.parse(date) / DAY_MS)).toISOString();

  test.each([
    ['Europe/Berlin', '2026-01-01', '2025-12-31T23:00:00.000Z'],
    ['Europe/Berlin', '2026-07-01', '2026-06-30T22:00:00.000Z'],
    // The clock goes from 2 to 3, and back from 3 to 2, on these days.
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z'],
    ['Europe/Berlin', '2026-10-26', '2026-10-25T23:00:00.000Z'],
    ['Asia/Kathmandu', '2026-01-01', '2025-12-31T18:15:00.000Z'],
    ['America/St_Johns', '2026-01-01', '2026-01-01T03:30:00.000Z'],
    // The clock goes from 1 back to midnight on this day in Amman, which has two of them.
    ['Asia/Amman', '2021-10-29', '2021-10-28T21:00:00.000Z'],
    // Midnight is left out on this day in Beirut.
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00.000Z'],
  ])('in %s, %s at %s', (zone, date, moment) => {
    expect(startOf(zone, date)).toBe(moment);
  });
});

describe('date functions', () => {
  const at = Date.UTC(2026, 2, 5, 23, 30);
  const part = (name: string, ms = at, calendar = utc, converted = false) => datePart(name, ms, calendar, converted);

  test.each([
    ['CALENDAR_MONTH', 3],
    ['CALENDAR_QUARTER', 1],
    ['CALENDAR_YEAR', 2026],
    ['DAY_IN_MONTH', 5],
    ['DAY_IN_WEEK', 5],
    ['DAY_IN_YEAR', 64],
    ['FISCAL_MONTH', 3],
    ['FISCAL_QUARTER', 1],
    ['FISCAL_YEAR', 2026],
    ['HOUR_IN_DAY', 23],
    ['WEEK_IN_MONTH', 1],
    ['WEEK_IN_YEAR', 10],
  ])('%s gives %i', (name, value) => {
    expect(part(name)).toBe(value);
  });

  test('of a fiscal year from April', () => {
    const calendar = createCalendar({ fiscalYearStart: 4 });
    const of = (name: string, ms: number) => part(name, ms, calendar);
    expect([of('FISCAL_MONTH', at), of('FISCAL_QUARTER', at), of('FISCAL_YEAR', at)]).toEqual([12, 4, 2026]);
    const april = Date.UTC(2026, 3, 1);
    expect([of('FISCAL_MONTH', april), of('FISCAL_QUARTER', april), of('FISCAL_YEAR', april)]).toEqual([1, 1, 2027]);
  });

  test('by the clock of the user where the field is converted', () => {
    const calendar = createCalendar({ timeZone: 'Asia/Kolkata' });
    expect(part('HOUR_IN_DAY', at, calendar, true)).toBe(5);
    expect(part('DAY_IN_MONTH', at, calendar, true)).toBe(6);
    expect(part('HOUR_IN_DAY', at, calendar, false)).toBe(23);
  });

  test('number the weeks of a year from the first of January', () => {
    expect(part('WEEK_IN_YEAR', Date.UTC(2026, 0, 7))).toBe(1);
    expect(part('WEEK_IN_YEAR', Date.UTC(2026, 0, 8))).toBe(2);
    expect(part('WEEK_IN_YEAR', Date.UTC(2026, 11, 31))).toBe(53);
  });
});
