import { describe, expect, test } from 'vitest';
import { StatementSplitter, splitStatements } from '../../src/cli/split-statements.ts';

const texts = (input: string) => splitStatements(input).map(({ text }) => text);

describe('a statement ends', () => {
  test.each([
    ['with a semicolon', 'SELECT Id FROM User;', ['SELECT Id FROM User']],
    ['with the input', 'SELECT Id FROM User', ['SELECT Id FROM User']],
    ['with an empty line', 'SELECT Id\nFROM User\n\nSELECT 2', ['SELECT Id\nFROM User', 'SELECT 2']],
    ['with a line of blanks', 'a\n \t\nb', ['a', 'b']],
    ['before a command', 'SELECT 1\n\\d User', ['SELECT 1', '\\d User']],
    ['more than once in a line', 'a; b ;c', ['a', 'b', 'c']],
    ['after an escaped backslash in quotes', "a = '\\\\'; b", ["a = '\\\\'", 'b']],
    ['at an empty line even in a quote that nobody closed', "a = 'x\n\nb", ["a = 'x", 'b']],
    ['with lines that end as in Windows', 'a\r\nb;\r\n\r\nc', ['a\nb', 'c']],
  ])('%s', (_, input, expected) => {
    expect(texts(input)).toEqual(expected);
  });
});

describe('a semicolon ends nothing', () => {
  test.each([
    ['in quotes', "a = 'x;y';"],
    ['after an escaped quote', "a = 'it\\'s; fine';"],
    ['in quotes over lines', "a = 'x;\ny;';"],
    ['in a block comment', 'a /* b; c */ d;'],
    ['in a block comment with an empty line', 'a /* b;\n\nc */ d;'],
    ['in a line comment', 'a // b; c\nd;'],
    ['in the braces of FIND', 'FIND {a;b} IN ALL FIELDS;'],
    ['after an escaped brace', 'find {a\\};b};'],
  ])('%s', (_, input) => {
    expect(texts(input)).toEqual([input.slice(0, -1)]);
  });

  test('but braces mean nothing in another statement', () => {
    expect(texts('SELECT {a;b}')).toEqual(['SELECT {a', 'b}']);
  });
});

test.each(['', ';', ' ; ;; ', '\n\n', '// nothing\n', '/* nothing */;'])('%j holds no statement', (input) => {
  expect(splitStatements(input)).toEqual([]);
});

test('a command ends with its line and keeps its semicolons', () => {
  expect(splitStatements('  \\live SELECT 1;\n\\q')).toEqual([
    { kind: 'command', text: '\\live SELECT 1;' },
    { kind: 'command', text: '\\q' },
  ]);
});

test('a command may follow a statement on its line', () => {
  expect(splitStatements('SELECT 1; \\q')).toEqual([
    { kind: 'query', text: 'SELECT 1' },
    { kind: 'command', text: '\\q' },
  ]);
});

test('a splitter waits while a statement or a comment is open, and forgets what is dropped', () => {
  const splitter = new StatementSplitter();
  expect(splitter.isWaiting).toBe(false);
  splitter.push('SELECT Id');
  expect([splitter.isWaiting, splitter.waiting]).toEqual([true, 'SELECT Id\n']);
  splitter.drop();
  expect([splitter.isWaiting, splitter.end()]).toEqual([false, undefined]);
  splitter.push('/* what');
  expect(splitter.isWaiting).toBe(true);
  expect(splitter.push('this is */ SELECT 1;').map(({ text }) => text)).toEqual(['/* what\nthis is */ SELECT 1']);
});
