import { expect, test } from 'vitest';
import { HELP, parseCommand } from '../../src/board/options.ts';

test('without flags the board runs as it usually does', () => {
  expect(parseCommand([])).toEqual({
    kind: 'run',
    options: { once: false, alone: false, port: 0, sessions: 120_000, rate: 500, seed: 1, seconds: undefined },
  });
});

test('flags are taken in both forms', () => {
  expect(
    parseCommand(['--once', '--sessions', '5000', '--rate=50', '--seed=9', '--seconds', '3', '--port', '4100']),
  ).toEqual({
    kind: 'run',
    options: { once: true, alone: false, port: 4100, sessions: 5000, rate: 50, seed: 9, seconds: 3 },
  });
});

test('help wins over the rest, and names every flag', () => {
  expect(parseCommand(['--once', '--help'])).toEqual({ kind: 'help' });
  for (const flag of ['--once', '--alone', '--port', '--sessions', '--rate', '--seed', '--seconds', '--help'])
    expect(HELP).toContain(flag);
});

test.each([
  [['--alone', '--port', '1'], '--port is of the server, and alone there is none'],
  [['--fast'], "Unknown option '--fast'"],
  [['now'], "Unexpected argument 'now'"],
  [['--rate', 'quick'], '--rate takes a whole number from 1 to 50,000'],
  [['--rate', '0'], '--rate takes a whole number from 1 to 50,000'],
  [['--seconds', '0'], '--seconds takes a whole number from 1 to 86,400'],
  [['--sessions', '1e6'], '--sessions takes a whole number from 100 to 1,000,000'],
  [['--seed', '1.5'], '--seed takes a whole number from 0 to 4,294,967,295'],
])('%j is a mistake that is named', (args, message) => {
  const command = parseCommand(args);
  expect(command.kind === 'mistake' && command.message).toContain(message);
});
