import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTokens } from '../../../src/cli/serve/read-tokens.ts';
import { TokenBook } from '../../../src/cli/serve/token-book.ts';

const LINES = '# who may ask\n\nanna  aaaaaaaaaaaaaaaa\nbert\tbbbbbbbbbbbbbbbb\r\nanna cccccccccccccccc\n';

test('a token is known by its hash alone, and leads to its user', () => {
  const book = TokenBook.read(LINES, 'tokens');
  expect(book.size).toBe(3);
  expect(['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb', 'cccccccccccccccc'].map((token) => book.userOf(token))).toEqual([
    'anna',
    'bert',
    'anna',
  ]);
  for (const wrong of ['', 'aaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaab', 'anna']) expect(book.userOf(wrong)).toBeUndefined();
  expect(JSON.stringify(book)).not.toContain('aaaa');
});

test.each([
  ['anna', 'tokens, line 1: a line is a user, a space and a token'],
  ['\nanna short', 'tokens, line 2: a token has at least 16 characters'],
  ['anna aaaaaaaaaaaaaaaa more', 'tokens, line 1: a line is a user, a space and a token'],
  ['anna aaaaaaaaaaaaaaaa\nbert aaaaaaaaaaaaaaaa', 'tokens, line 2: this token has been given before'],
  ['# nobody', 'tokens: there is no token in it'],
])('%j is refused by its line, and not a word of it is repeated', (text, message) => {
  expect(() => TokenBook.read(text, 'tokens')).toThrow(message);
  expect(() => TokenBook.read(text, 'tokens')).not.toThrow('aaaaaaaa');
});

test('a file that others may read is refused, one of its owner alone is taken, and the environment does as well', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  const file = join(folder, 'tokens');
  await writeFile(file, LINES);
  await chmod(file, 0o640);
  await expect(readTokens(file, {})).rejects.toThrow('others than its owner may read or write it');
  await chmod(file, 0o600);
  expect((await readTokens(file, {}))?.size).toBe(3);
  expect((await readTokens(undefined, { SOJOURN_TOKENS: LINES }))?.size).toBe(3);
  expect(await readTokens(undefined, { SOJOURN_TOKENS: '' })).toBeUndefined();
  await rm(folder, { recursive: true });
  await expect(readTokens(file, {})).rejects.toThrow('there is no such file');
});
