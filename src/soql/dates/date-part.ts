import type { Calendar } from './calendar.ts';
import { DAY_MS, dayOf, dayOfDate } from './calendar.ts';

/** A number read off a moment on the wall. */
type Part = (date: Date, calendar: Calendar) => number;

function dayInYear(date: Date): number {
  return dayOf(date.getTime()) - dayOfDate(date.getUTCFullYear(), 0, 1) + 1;
}

/** Months since the fiscal year began, from 0. */
function fiscalMonth(date: Date, { fiscalYearStart }: Calendar): number {
  return (date.getUTCMonth() + 13 - fiscalYearStart) % 12;
}

/** The date functions that give a number (SOQL and SOSL Reference, "Date Functions"). */
const PARTS: Readonly<Record<string, Part>> = {
  CALENDAR_MONTH: (date) => date.getUTCMonth() + 1,
  CALENDAR_QUARTER: (date) => Math.floor(date.getUTCMonth() / 3) + 1,
  CALENDAR_YEAR: (date) => date.getUTCFullYear(),
  DAY_IN_MONTH: (date) => date.getUTCDate(),
  DAY_IN_WEEK: (date) => date.getUTCDay() + 1,
  DAY_IN_YEAR: dayInYear,
  FISCAL_MONTH: (date, calendar) => fiscalMonth(date, calendar) + 1,
  FISCAL_QUARTER: (date, calendar) => Math.floor(fiscalMonth(date, calendar) / 3) + 1,
  // A fiscal year has the name of the calendar year in which it ends.
  FISCAL_YEAR: (date, { fiscalYearStart }) =>
    date.getUTCFullYear() + (fiscalYearStart > 1 && date.getUTCMonth() + 1 >= fiscalYearStart ? 1 : 0),
  HOUR_IN_DAY: (date) => date.getUTCHours(),
  WEEK_IN_MONTH: (date) => Math.ceil(date.getUTCDate() / 7),
  WEEK_IN_YEAR: (date) => Math.ceil(dayInYear(date) / 7),
};

export function isDatePart(name: string): boolean {
  return Object.hasOwn(PARTS, name);
}

/**
 * What a date function gives for a moment: by UTC, or by the user's clock where the field is in `convertTimezone()`.
 * A date has no hour and no zone.
 */
export function datePart(name: string, ms: number, calendar: Calendar, converted: boolean): number {
  const part = PARTS[name] as Part;
  return part(new Date(converted ? calendar.wallOf(ms) : ms), calendar);
}

/** The day of a moment as its midnight in UTC: what `DAY_ONLY` gives. */
export function dayOnly(ms: number, calendar: Calendar, converted: boolean): number {
  return dayOf(converted ? calendar.wallOf(ms) : ms) * DAY_MS;
}
