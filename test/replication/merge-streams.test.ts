import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { mergeStreams } from '../../src/replication/merge-streams.ts';
import { collect } from './serve.ts';

/** A stream that gives some values and then waits until it is ended; `ended` tells how many have been. */
function openers(...values: readonly (readonly string[])[]) {
  const ended: string[] = [];
  const open = values.map(
    (some) =>
      async function* (signal: AbortSignal) {
        try {
          yield* some;
          await new Promise<void>((resolve) => {
            if (signal.aborted) resolve();
            signal.addEventListener('abort', () => resolve());
          });
        } finally {
          ended.push(some[0] ?? '');
        }
      },
  );
  return { open, ended };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test('one stream that never rests does not drown out the others', async () => {
  const { signal } = new AbortController();
  const busy = async function* () {
    for (;;) yield 'busy';
  };
  const { open, ended } = openers(['a1', 'a2', 'a3']);
  const seen: string[] = [];
  for await (const value of mergeStreams([busy, ...open], signal)) {
    seen.push(value);
    if (value === 'a3') break;
  }
  expect(seen.length).toBeLessThan(20);
  await settle();
  expect(ended).toEqual(['a1']);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('all end with the first that ends', async () => {
  const short = async function* () {
    yield 'short';
  };
  const { open, ended } = openers(['a'], ['b']);
  expect(await collect(mergeStreams([...open, short], new AbortController().signal))).toContain('short');
  await settle();
  expect(ended.sort()).toEqual(['a', 'b']);
});

test('all fail with the first that fails, and later failures go unheard', async () => {
  const broken = (ms: number) =>
    async function* (): AsyncGenerator<string> {
      await new Promise((resolve) => setTimeout(resolve, ms));
      throw new Error(`after ${ms}`);
    };
  const merged = mergeStreams([broken(20), broken(5), ...openers(['a']).open], new AbortController().signal);
  await expect(collect(merged)).rejects.toThrow('after 5');
  await new Promise((resolve) => setTimeout(resolve, 30));
});

test('all end when the signal is raised, even before they begin', async () => {
  const { open, ended } = openers(['a'], ['b']);
  const controller = new AbortController();
  controller.abort();
  await collect(mergeStreams(open, controller.signal));
  await settle();
  expect(ended.sort()).toEqual(['a', 'b']);
});
