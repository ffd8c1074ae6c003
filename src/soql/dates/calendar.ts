/** How moments fall into days: what of an org and its user decides on date literals and date functions. */
export interface CalendarOptions {
  /** The user's time zone by its IANA name. Default `UTC`. */
  readonly timeZone?: string | undefined;
  /** The month in which the fiscal year begins, 1 to 12. Default 1. */
  readonly fiscalYearStart?: number | undefined;
  /** The first day of the week, 0 for Sunday to 6. Default 0. */
  readonly weekStart?: number | undefined;
}

export interface Calendar {
  readonly fiscalYearStart: number;
  readonly weekStart: number;
  /** Milliseconds since 1970 by the clock on the user's wall at a moment. */
  wallOf(ms: number): number;
  /** The moment at which a day of the user begins; days are counted from 1970-01-01. */
  startOf(day: number): number;
}

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The civil day of a moment on the wall. */
export function dayOf(wallMs: number): number {
  return Math.floor(wallMs / DAY_MS);
}

/** The day of a date; months from 0, out of range too. */
export function dayOfDate(year: number, month: number, date: number): number {
  return Date.UTC(year, month, date) / DAY_MS;
}

/** How far the wall is ahead of UTC at a moment, by the zone data of the platform. */
function createOffset(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const read = (ms: number) => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(ms)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
  };
  // Asking costs 5 us. Zones change on the quarter of an hour at most, so one answer serves all of that.
  const known = new Map<number, number>();
  return (ms) => {
    const quarter = Math.floor(ms / (HOUR_MS / 4));
    let offset = known.get(quarter);
    if (offset === undefined) {
      if (known.size > 10_000) known.clear();
      offset = read(quarter * (HOUR_MS / 4));
      known.set(quarter, offset);
    }
    return offset;
  };
}

/** Throws `RangeError` for a time zone that the platform does not know. */
export function createCalendar(options: CalendarOptions = {}): Calendar {
  const { timeZone = 'UTC', fiscalYearStart = 1, weekStart = 0 } = options;
  if (timeZone === 'UTC') return { fiscalYearStart, weekStart, wallOf: (ms) => ms, startOf: (day) => day * DAY_MS };
  const offset = createOffset(timeZone);
  const startOf = (day: number) => {
    const wall = day * DAY_MS;
    const [before, after] = [offset(wall - DAY_MS), offset(wall + DAY_MS)];
    // Where midnight comes twice the day begins with the first, where it is left out with the change of the clock.
    const first = wall - Math.max(before, after);
    return first + offset(first) >= wall ? first : wall - Math.min(before, after);
  };
  return { fiscalYearStart, weekStart, wallOf: (ms) => ms + offset(ms), startOf };
}
