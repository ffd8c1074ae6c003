import { expect, test } from 'vitest';
import { HELP, parseCommand } from '../../src/cli/options.ts';

const standard = {
  path: undefined,
  object: undefined,
  day: undefined,
  commands: undefined,
  format: 'table',
  seconds: 0,
};

test('a shell without flags is empty and shows tables', () => {
  expect(parseCommand(['shell'])).toEqual({ kind: 'shell', options: standard });
});

test('flags are taken in every form', () => {
  const args = 'shell exports --day --sessions 500 --seed=9 --rate 20 --format json --seconds 3 -c a --command b';
  expect(parseCommand(args.split(' '))).toEqual({
    kind: 'shell',
    options: {
      ...standard,
      path: 'exports',
      day: { sessions: 500, seed: 9, rate: 20 },
      commands: ['a', 'b'],
      format: 'json',
      seconds: 3,
    },
  });
});

test("a day is the board's unless told otherwise, without traffic", () => {
  const command = parseCommand(['shell', '--day']);
  expect(command.kind === 'shell' && command.options.day).toEqual({ sessions: 120_000, seed: 1, rate: 0 });
});

test('help and version win over the rest, and help names every flag', () => {
  expect(parseCommand(['shell', '--help'])).toEqual({ kind: 'help' });
  expect(parseCommand(['-h'])).toEqual({ kind: 'help' });
  expect(parseCommand(['--version'])).toEqual({ kind: 'version' });
  for (const flag of 'object day sessions seed rate command format seconds version help'.split(' '))
    expect(HELP).toContain(`--${flag}`);
});

test('serve has flags and a help of its own', () => {
  expect(parseCommand(['serve', '--help'])).toEqual({ kind: 'serve-help' });
  expect(parseCommand(['serve', '--port', '0'])).toMatchObject({ kind: 'serve', options: { port: 0 } });
  expect(parseCommand(['serve', '--day'])).toMatchObject({ kind: 'mistake', message: "Unknown option '--day'" });
  expect(HELP).toContain('sojourn serve');
});

test.each([
  ['', "sojourn takes a command, which is 'shell'"],
  ['shel', "There is no command 'shel'"],
  ['shell --fast', "Unknown option '--fast'"],
  ['shell a b', "Unexpected argument 'b'"],
  ['shell --day --rate 50001', '--rate takes a whole number from 0 to 50,000'],
  ['shell --day --sessions 99', '--sessions takes a whole number from 100 to 1,000,000'],
  ['shell --rate 5', '--rate is for a day made with --day'],
  ['shell --object User', '--object is for a file, and none is named'],
  ['shell --format xml', '--format takes one of table, csv, json'],
  ['shell --seconds 0', '--seconds takes a whole number from 1 to 86,400'],
])('%j is a mistake that is named', (words, message) => {
  const command = parseCommand(words.split(' ').filter((word) => word !== ''));
  expect(command.kind === 'mistake' && command.message).toContain(message);
});
