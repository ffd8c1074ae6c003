import { expect, test } from 'vitest';
import { sleep } from '../../src/replication/sleep.ts';
import { countTimers } from './count-timers.ts';
import { failureOf } from './serve.ts';

test('a sleep ends when its time has come', async () => {
  const { env, live } = countTimers();
  let isOver = false;
  const slept = sleep(env, 1_000, new AbortController().signal).then(() => {
    isOver = true;
  });
  env.advance(999);
  await Promise.resolve();
  expect(isOver).toBe(false);
  env.advance(1);
  await slept;
  expect(live.size).toBe(0);
});

test('a sleep that is aborted rejects at once and leaves no timer', async () => {
  const { env, live } = countTimers();
  const controller = new AbortController();
  const slept = sleep(env, 1_000, controller.signal);
  expect(live.size).toBe(1);
  controller.abort();
  expect((await failureOf(slept)).code).toBe('ABORTED');
  expect(live.size).toBe(0);
  expect((await failureOf(sleep(env, 1_000, controller.signal))).code).toBe('ABORTED');
  expect(live.size).toBe(0);
});
