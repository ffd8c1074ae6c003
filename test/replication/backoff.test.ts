import { describe, expect, test } from 'vitest';
import { backoffMs } from '../../src/replication/backoff.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';

const times = { baseMs: 1_000, maxMs: 60_000 };
const draw = (attempt: number, retryAfterMs?: number) => {
  const env = createFakeEnvironment();
  return Array.from({ length: 1_000 }, () => backoffMs(env, times, attempt, retryAfterMs));
};

describe('the wait before another attempt', () => {
  test.each([
    [0, 1_000],
    [1, 2_000],
    [5, 32_000],
    [6, 60_000],
    [2_000, 60_000],
  ])('after attempt %i is spread evenly below %i ms', (attempt, bound) => {
    const waits = draw(attempt);
    expect(Math.max(...waits)).toBeLessThan(bound);
    for (let tenth = 0; tenth < 10; tenth++) {
      const inside = waits.filter((ms) => ms >= (tenth * bound) / 10 && ms < ((tenth + 1) * bound) / 10);
      expect(inside.length).toBeGreaterThan(50);
    }
  });

  test('is never below what the server asked for, and not the same for all who were asked', () => {
    const waits = draw(0, 40_000);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(40_000);
    expect(Math.max(...waits)).toBeLessThan(50_000);
    expect(new Set(waits.map((ms) => Math.floor(ms / 1_000))).size).toBe(10);
  });
});
