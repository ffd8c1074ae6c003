import type { Calendar } from './calendar.ts';
import { dayOf, dayOfDate } from './calendar.ts';

/** Days from `from` up to but not with `to`, counted from 1970-01-01. */
export interface DayRange {
  readonly from: number;
  readonly to: number;
}

/** The first day of the unit that lies `shift` units after the one of `day`. */
type StartOfUnit = (day: number, shift: number, calendar: Calendar) => number;

/** The first day of a stretch of months that begin in the month `first` of a year (0 to 11). */
function startOfMonths(day: number, shift: number, length: number, first: number): number {
  const date = new Date(day * 86_400_000);
  const month = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth() - first;
  return dayOfDate(1970, (Math.floor(month / length) + shift) * length + first, 1);
}

const UNITS: Readonly<Record<string, StartOfUnit>> = {
  DAY: (day, shift) => day + shift,
  // 1970-01-01 was a Thursday.
  WEEK: (day, shift, { weekStart }) => day - ((((day + 4 - weekStart) % 7) + 7) % 7) + shift * 7,
  MONTH: (day, shift) => startOfMonths(day, shift, 1, 0),
  QUARTER: (day, shift) => startOfMonths(day, shift, 3, 0),
  YEAR: (day, shift) => startOfMonths(day, shift, 12, 0),
  FISCAL_QUARTER: (day, shift, { fiscalYearStart }) => startOfMonths(day, shift, 3, fiscalYearStart - 1),
  FISCAL_YEAR: (day, shift, { fiscalYearStart }) => startOfMonths(day, shift, 12, fiscalYearStart - 1),
};

const SHIFTS: Readonly<Record<string, number>> = { LAST: -1, THIS: 0, NEXT: 1 };
const DAYS: Readonly<Record<string, number>> = { YESTERDAY: -1, TODAY: 0, TOMORROW: 1 };

/**
 * The days that a date literal means (SOQL and SOSL Reference, "Date Formats and Date Literals"). Days past reach
 * through today; weeks and longer units past end before the present one.
 */
export function dateRange(name: string, n: number | undefined, nowMs: number, calendar: Calendar): DayRange {
  const today = dayOf(calendar.wallOf(nowMs));
  const units = (unit: string, from: number, to: number): DayRange => {
    const startOf = UNITS[unit] as StartOfUnit;
    return { from: startOf(today, from, calendar), to: startOf(today, to, calendar) };
  };
  const day = DAYS[name];
  if (day !== undefined) return units('DAY', day, day + 1);
  if (name === 'LAST_90_DAYS') return units('DAY', -90, 1);
  if (name === 'NEXT_90_DAYS') return units('DAY', 1, 91);
  const count = n ?? 0;
  const numbered = /^(?:(LAST|NEXT)_N_(\w+)S|N_(\w+)S_AGO)$/.exec(name);
  if (numbered === null) {
    const [, when, unit] = /^(LAST|THIS|NEXT)_(\w+)$/.exec(name) as unknown as [string, string, string];
    const shift = SHIFTS[when] as number;
    return units(unit, shift, shift + 1);
  }
  const [, when, unit, ago] = numbered;
  if (ago !== undefined) return units(ago, -count, 1 - count);
  if (when === 'NEXT') return units(unit as string, 1, count + 1);
  return units(unit as string, -count, unit === 'DAY' ? 1 : 0);
}
