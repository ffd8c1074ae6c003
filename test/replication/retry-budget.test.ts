import { expect, test } from 'vitest';
import { RetryBudget } from '../../src/replication/retry-budget.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';

test('a burst of retries is free, and ten a minute from then on', () => {
  const env = createFakeEnvironment();
  const budget = new RetryBudget(env);
  for (let i = 0; i < 20; i++) expect(budget.take()).toBe(0);
  expect(budget.take()).toBe(6_000);
  env.advance(2_000);
  expect(budget.take()).toBe(4_000);
  env.advance(4_000);
  expect(budget.take()).toBe(0);
  expect(budget.take()).toBe(6_000);
});

test('a long rest fills the budget to its burst and no further', () => {
  const env = createFakeEnvironment();
  const budget = new RetryBudget(env, { burst: 3, perMinute: 60 });
  env.advance(3_600_000);
  const waits = Array.from({ length: 5 }, () => budget.take());
  expect(waits).toEqual([0, 0, 0, 1_000, 1_000]);
});
