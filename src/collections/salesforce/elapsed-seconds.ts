import { parseDateTime } from '../../engine/ground/date-time.ts';

/** What an int of 9 digits can hold; a span that is longer is no session's. */
const SECONDS_MAX = 999_999_999;

/**
 * Whole seconds from one dateTime to another. Null when an end is missing, when the second lies before the first, and
 * when the span does not fit an int of 9 digits: a read-only duration says nothing rather than something impossible.
 */
export function elapsedSeconds(from: unknown, to: unknown): number | null {
  if (typeof from !== 'string' || typeof to !== 'string') return null;
  const seconds = Math.floor((parseDateTime(to) - parseDateTime(from)) / 1000);
  return seconds >= 0 && seconds <= SECONDS_MAX ? seconds : null;
}
