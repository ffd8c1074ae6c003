import { expect, test } from 'vitest';
import { Random } from '../../src/board/random.ts';

function meanOf(count: number, draw: () => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += draw();
  return sum / count;
}

test('one seed gives the same numbers again, another seed others', () => {
  const draw = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 20 }, () => random.next());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('numbers lie from 0 up to 1 and whole numbers below their bound', () => {
  const random = new Random(1);
  for (let i = 0; i < 2000; i++) {
    const number = random.next();
    expect(number >= 0 && number < 1).toBe(true);
    const whole = random.below(6);
    expect(Number.isInteger(whole) && whole >= 0 && whole < 6).toBe(true);
  }
});

test('gaps and handle times have the mean asked for', () => {
  const random = new Random(3);
  expect(meanOf(20_000, () => random.exponential(40))).toBeCloseTo(40, -0.5);
  expect(meanOf(40_000, () => random.logNormal(300, 0.55))).toBeGreaterThan(290);
  expect(meanOf(40_000, () => random.logNormal(300, 0.55))).toBeLessThan(310);
});

test('a fork goes its own way', () => {
  const random = new Random(5);
  const fork = random.fork();
  const before = new Random(5);
  before.fork();
  for (let i = 0; i < 10; i++) fork.next();
  expect(random.next()).toBe(before.next());
});
