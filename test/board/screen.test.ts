import { expect, test } from 'vitest';
import { Screen } from '../../src/board/screen.ts';

function createTerminal(rows = 24) {
  const written: string[] = [];
  return { columns: 80, rows, written, write: (text: string) => written.push(text) };
}

test('only lines that changed are written', () => {
  const terminal = createTerminal();
  const screen = new Screen(terminal);
  screen.open();
  screen.show(['one', 'two', 'three']);
  screen.show(['one', 'TWO', 'three']);
  screen.show(['one', 'TWO', 'three']);
  expect(terminal.written).toHaveLength(3);
  expect(terminal.written[2]).toContain('\x1b[2;1H\x1b[KTWO');
  expect(terminal.written[2]).not.toContain('one');
});

test('lines that are gone are wiped, and those below the last row are not written', () => {
  const terminal = createTerminal(2);
  const screen = new Screen(terminal);
  screen.open();
  screen.show(['one', 'two', 'three']);
  expect(terminal.written[1]).not.toContain('three');
  screen.show(['one']);
  expect(terminal.written[2]).toContain('\x1b[2;1H\x1b[J');
});

test('after a change of size everything is written again', () => {
  const terminal = createTerminal();
  const screen = new Screen(terminal);
  screen.open();
  screen.show(['one']);
  screen.forget();
  screen.show(['one']);
  expect(terminal.written.at(-1)).toContain('one');
});

test('the terminal is given back once, with its cursor and wrapping, and then left alone', () => {
  const terminal = createTerminal();
  const screen = new Screen(terminal);
  screen.open();
  screen.close();
  screen.close();
  screen.show(['late']);
  expect(terminal.written).toHaveLength(2);
  expect(terminal.written[1]).toBe('\x1b[?7h\x1b[?25h\x1b[?1049l');
});

test('a screen never opened writes nothing', () => {
  const terminal = createTerminal();
  const screen = new Screen(terminal);
  screen.show(['one']);
  screen.forget();
  screen.close();
  expect(terminal.written).toEqual([]);
});
