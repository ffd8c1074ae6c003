import { expect, test } from 'vitest';
import { arrivalRateAt, busyHours, busynessAt, type Curve, spreadArrivals } from '../../src/board/curve.ts';
import { Random } from '../../src/board/random.ts';

const HOUR_MS = 3_600_000;
const curve: Curve = { perHour: 1000, swing: 0.1, swingMs: 2 * HOUR_MS, swingFromMs: 0 };

test('the day is quiet at night, busy before noon, and comes round', () => {
  expect(busynessAt(3 * HOUR_MS)).toBeLessThan(0.1);
  expect(busynessAt(10 * HOUR_MS)).toBeGreaterThan(1.1);
  expect(busynessAt(34.5 * HOUR_MS)).toBeCloseTo(busynessAt(10.5 * HOUR_MS));
});

test('swings leave the whole of a day about as it was planned', () => {
  let arrivals = 0;
  for (let at = 0; at < 24 * HOUR_MS; at += 60_000) arrivals += arrivalRateAt(curve, at) * 60_000;
  expect(arrivals / (1000 * busyHours(24 * HOUR_MS))).toBeCloseTo(1, 1);
});

test('arrivals are as many as asked for, in order, in time, and more where the day is busier', () => {
  const random = new Random(2);
  const untilMs = 14 * HOUR_MS;
  const arrivals = spreadArrivals(curve, untilMs, 5000, () => random.exponential(1));
  expect(arrivals.length).toBe(5000);
  const inHour = new Array<number>(14).fill(0);
  let before = 0;
  for (const at of arrivals) {
    expect(at >= before && at < untilMs).toBe(true);
    before = at;
    inHour[Math.floor(at / HOUR_MS)] = (inHour[Math.floor(at / HOUR_MS)] as number) + 1;
  }
  expect(inHour[10]).toBeGreaterThan(8 * (inHour[3] as number));
});

test('no arrivals are no arrivals', () => {
  expect(spreadArrivals(curve, HOUR_MS, 0, () => 1).length).toBe(0);
});
