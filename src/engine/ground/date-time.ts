/**
 * dateTime text to milliseconds and back. A record holds one form only, ISO 8601 in UTC with milliseconds and `Z`;
 * accepted on the way in are `Z`, `+hh:mm`, `+hhmm` and `+hh` offsets, with or without fractions (Salesforce's REST
 * writes `+0000`). A date without a time is refused for a dateTime, as Salesforce refuses it.
 */

const FORM = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d\d(?::?\d\d)?)$/;
const DATE_FORM = /^(\d{4})-(\d\d)-(\d\d)$/;

/** SOQL's range of dates (SOQL and SOSL Reference, date formats). */
const EARLIEST_MS = Date.UTC(1700, 0, 1);
const LATEST_MS = Date.UTC(4000, 11, 31, 23, 59, 59, 999);

const DAY_MS = 86_400_000;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isRealDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (MONTH_DAYS[month - 1] as number) + (leap ? 1 : 0);
}

/** Days since 1970-01-01 of a proleptic Gregorian date, by whole 400-year eras counted from March. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function digits2(text: string, at: number): number {
  const high = text.charCodeAt(at) - 48;
  const low = text.charCodeAt(at + 1) - 48;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

/**
 * The stored form read without a regular expression: this is on the path of every insert and every index build, and
 * `Date.parse` costs four times as much.
 */
function parseStoredForm(text: string): number {
  if (
    text.charCodeAt(4) !== 45 ||
    text.charCodeAt(7) !== 45 ||
    text.charCodeAt(10) !== 84 ||
    text.charCodeAt(13) !== 58 ||
    text.charCodeAt(16) !== 58 ||
    text.charCodeAt(19) !== 46 ||
    text.charCodeAt(23) !== 90
  )
    return Number.NaN;
  const year = digits2(text, 0) * 100 + digits2(text, 2);
  const month = digits2(text, 5);
  const day = digits2(text, 8);
  const hour = digits2(text, 11);
  const minute = digits2(text, 14);
  const second = digits2(text, 17);
  const last = text.charCodeAt(22) - 48;
  const fraction = digits2(text, 20) * 10 + (last >= 0 && last <= 9 ? last : Number.NaN);
  if (!(hour < 24 && minute < 60 && second < 60 && fraction >= 0) || !isRealDate(year, month, day)) return Number.NaN;
  return daysFromCivil(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
}

function parseOffsetMinutes(text: string): number {
  if (text === 'Z' || text === 'z') return 0;
  const hours = digits2(text, 1);
  const minutes = text.length > 3 ? digits2(text, text.length - 2) : 0;
  if (!(hours < 24 && minutes < 60)) return Number.NaN;
  return (text.charCodeAt(0) === 45 ? -1 : 1) * (hours * 60 + minutes);
}

/** Milliseconds since 1970 of a dateTime text in any accepted form; NaN when it is none or out of range. */
export function parseDateTime(text: string): number {
  if (text.length === 24) {
    const ms = parseStoredForm(text);
    if (ms >= EARLIEST_MS && ms <= LATEST_MS) return ms;
  }
  if (text.length > 40) return Number.NaN;
  const parts = FORM.exec(text);
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour, minute, second = '0', fraction = '', offset] = parts;
  const hours = Number(hour);
  const minutes = Number(minute);
  const seconds = Number(second);
  if (hours > 23 || minutes > 59 || seconds > 59) return Number.NaN;
  if (!isRealDate(Number(year), Number(month), Number(day))) return Number.NaN;
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  const days = daysFromCivil(Number(year), Number(month), Number(day));
  const local = days * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
  const ms = local - parseOffsetMinutes(offset as string) * 60_000;
  return ms >= EARLIEST_MS && ms <= LATEST_MS ? ms : Number.NaN;
}

/** Milliseconds of midnight UTC of a `YYYY-MM-DD` text; NaN when it is none. */
export function parseDate(text: string): number {
  const parts = DATE_FORM.exec(text);
  if (parts === null || !isRealDate(Number(parts[1]), Number(parts[2]), Number(parts[3]))) return Number.NaN;
  const ms = daysFromCivil(Number(parts[1]), Number(parts[2]), Number(parts[3])) * DAY_MS;
  return ms >= EARLIEST_MS && ms <= LATEST_MS ? ms : Number.NaN;
}

export function isDateTimeInRange(ms: number): boolean {
  return ms >= EARLIEST_MS && ms <= LATEST_MS;
}

let lastMs = Number.NaN;
let lastText = '';

/** The one stored form. Many records are stamped in one millisecond, so the last answer is kept and its text shared. */
export function formatDateTime(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}

/** `YYYY-MM-DD` of midnight UTC. */
export function formatDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
