import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readKeys } from '../../src/board/read-keys.ts';

function createInput(isTTY: boolean) {
  const raw: boolean[] = [];
  return Object.assign(new PassThrough(), { isTTY, raw, setRawMode: (isRaw: boolean) => raw.push(isRaw) });
}

test('keys are told one by one, ends as q, arrows not at all, until the terminal is given back', async () => {
  const input = createInput(true);
  const keys: string[] = [];
  const stop = readKeys(input, (key) => keys.push(key));
  for (const text of ['oP', '\x1b[A', '\x03']) input.write(text);
  await expect.poll(() => keys).toEqual(['o', 'p', 'q']);
  stop();
  input.write('e');
  expect(input.raw).toEqual([true, false]);
  expect(keys).toHaveLength(3);
});

test('what is no terminal is left alone', () => {
  const input = createInput(false);
  readKeys(input, () => {})();
  expect([input.raw, input.listenerCount('data')]).toEqual([[], 0]);
});
