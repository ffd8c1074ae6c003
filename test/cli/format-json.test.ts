import { expect, test } from 'vitest';
import { formatJson } from '../../src/cli/format-json.ts';

const json = (rows: readonly unknown[]) => [...formatJson(rows)].join('');

test.each([
  [[]], //
  [[{ a: 1 }]],
  [[{ a: { b: null, c: [1, 'x'] } }, { a: 'line\nline' }]],
])('%j comes back as it was', (rows) => {
  expect(JSON.parse(json(rows))).toEqual(rows);
});

test('rows are indented, to be read', () => {
  expect(json([{ a: 1, b: { c: 2 } }])).toBe('[\n  {\n    "a": 1,\n    "b": {\n      "c": 2\n    }\n  }\n]\n');
});

test('what a terminal would obey is escaped, and still the same text', () => {
  const rows = [{ a: '\x1b[2J\x9b2J\u202e\u2028' }];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(json(rows)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/);
  expect(JSON.parse(json(rows))).toEqual(rows);
});
