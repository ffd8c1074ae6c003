import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { History, toOneLine } from '../../src/cli/history.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
  path = join(folder, 'kept');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('what is added is there for the next shell, for its owner alone', () => {
  History.open(path).add('SELECT Id FROM User;');
  expect(History.open(path).entries).toEqual(['SELECT Id FROM User;']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('the same statement twice is one entry', () => {
  const history = History.open(path);
  for (const statement of ['a;', 'a;', 'b;', 'a;', '  ']) history.add(statement);
  expect(history.entries).toEqual(['a;', 'b;', 'a;']);
});

test('the last thousand are kept, in the list and in the file', () => {
  writeFileSync(path, Array.from({ length: 1500 }, (_, i) => `old ${i}\n`).join(''));
  const history = History.open(path);
  expect(history.entries).toHaveLength(1000);
  history.add('new');
  expect([history.entries.length, history.entries[0], history.entries.at(-1)]).toEqual([1000, 'old 501', 'new']);
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1001);
});

test('two shells add to one file', () => {
  const [one, other] = [History.open(path), History.open(path)];
  one.add('from one');
  other.add('from the other');
  expect(History.open(path).entries).toEqual(['from one', 'from the other']);
});

test('a file that cannot be written is no error, and neither is having none', () => {
  const nowhere = History.open(join(folder, 'missing', 'kept'));
  nowhere.add('a;');
  expect(nowhere.entries).toEqual(['a;']);
  const none = History.open(undefined);
  none.add('b;');
  expect(none.entries).toEqual(['b;']);
});

test.each([
  ['SELECT Id\n  FROM User;', 'SELECT Id FROM User;'],
  ['SELECT Id // why\nFROM User', 'SELECT Id /* why */ FROM User'],
  ["WHERE a = 'x\n  y  z'", "WHERE a = 'x\\n  y  z'"],
  ['a /* b\n  c */ d', 'a /* b c */ d'],
  ['\\create User {"a": "b  c // d"}', '\\create User {"a": "b  c // d"}'],
])('%j is kept as %j', (statement, line) => {
  expect(toOneLine(statement)).toBe(line);
});
