import { expect, test } from 'vitest';
import { readRetryAfter } from '../../src/replication/retry-after.ts';

const now = Date.UTC(2026, 0, 12, 12, 0, 0);

test.each([
  ['120', 120_000],
  [' 7 ', 7_000],
  ['0', 0],
  ['999999999', 3_600_000],
  ['Mon, 12 Jan 2026 12:00:30 GMT', 30_000],
  ['Mon, 12 Jan 2026 11:00:00 GMT', 0],
  ['Tue, 12 Jan 2027 12:00:00 GMT', 3_600_000],
  [null, undefined],
  ['', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['1e999', undefined],
])('a Retry-After of %j is a wait of %s ms', (header, ms) => {
  expect(readRetryAfter(header, now)).toBe(ms);
});
