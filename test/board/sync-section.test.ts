import { expect, test } from 'vitest';
import type { Figures } from '../../src/board/figures.ts';
import { createFrame } from '../../src/board/frame.ts';
import { plain } from '../../src/board/line.ts';
import type { SideFigures } from '../../src/board/side.ts';
import { sideCells, syncSection } from '../../src/board/sync-section.ts';

const figures: Figures = {
  nowMs: Date.parse('2026-03-05T14:00:07Z'),
  queues: [],
  objects: [{ name: 'SOSSession', held: 14_402, changesPerSecond: 31, recent: [1] }],
  held: 134_010,
  openedMs: 1240,
  changesPerSecond: 500,
  microsPerChange: 6.23,
  heapBytes: 190_000_000,
  liveQueries: 13,
};
const side: SideFigures = {
  name: 'A',
  isOnline: false,
  state: 'offline',
  pending: 1_482,
  rejected: 0,
  conflicts: 2,
  pulledMsAgo: 7_000,
  note: 'A2 14:00:09 Medium Working, and more than there is room for',
};
const rows = [
  { side, figures },
  { side: { ...side, name: 'B', isOnline: true, state: 'live', pending: 0, pulledMsAgo: undefined }, figures },
];
const section = (width: number) => syncSection(rows, 'A', width);

test('each side has a line that says how it stands', () => {
  const text = section(76).map((pieces) => pieces.map((piece) => piece.text).join(''));
  expect(text[1]).toMatch(/^A offline +1,482 +2 +0:07 +0 +0 +134,010 A2 14:00:09 Medium Working/);
  expect(text[2]).toMatch(/^B live +0 +2 +– /);
  expect(text[3]).toContain('o A comes back  p B goes offline  e edit by hand  b board of B  q end');
});

test.each([80, 100, 120])('in a frame of %i columns every line is as wide as the rest', (columns) => {
  for (const line of createFrame(figures, columns, plain, { section, whose: 'A' })) expect(line).toHaveLength(columns);
});

test('on a low terminal the objects make room for it', () => {
  const low = createFrame(figures, 80, plain, { section, rows: 24 }).join('\n');
  expect(low).not.toContain('SOSSession');
  expect(createFrame(figures, 80, plain, { section, rows: 40 }).join('\n')).toContain('SOSSession');
});

test('without a terminal a side is a state and a number', () => {
  expect(sideCells([side])).toEqual(['offline    1,482']);
});
