const HOUR_MS = 3_600_000;
const SECONDS = /^\d{1,12}$/;

/**
 * The wait that a `Retry-After` header asks for, in milliseconds: given in seconds or as an HTTP date, an hour at most.
 * Undefined where there is none, or none that can be read.
 */
export function readRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (SECONDS.test(text)) return Math.min(Number(text) * 1000, HOUR_MS);
  // A date has its day's name in front; bare numbers and signs are dates to the parser as well, and to nobody else.
  if (!/^[A-Za-z]{3}/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at - nowMs, 0), HOUR_MS);
}
