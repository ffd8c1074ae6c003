import { describe, expect, test } from 'vitest';
import type { Figures, QueueFigures } from '../../src/board/figures.ts';
import { createFrame, createSummary, createSummaryHead } from '../../src/board/frame.ts';
import { coloured, plain } from '../../src/board/line.ts';

const nowMs = Date.parse('2026-03-05T14:00:07Z');

function queue(name: string, parts: Partial<QueueFigures> = {}): QueueFigures {
  return {
    name,
    channel: 'voice',
    online: 12,
    inSession: 9,
    waiting: 0,
    oldestMs: undefined,
    answered: 900,
    inTime: 800,
    lost: 40,
    handled: 891,
    ...parts,
  };
}

const figures: Figures = {
  nowMs,
  queues: [
    queue('Orders'),
    queue('Claims', { waiting: 3, oldestMs: nowMs - 130_000, inTime: 500 }),
    queue('A queue with a very long name', { answered: 0, inTime: 0, lost: 0, handled: 0 }),
  ],
  objects: [{ name: 'SOSSession', held: 14_402, changesPerSecond: 31, recent: [0, 10, 31] }],
  held: 134_010,
  openedMs: 1240.4,
  changesPerSecond: 500,
  microsPerChange: 6.23,
  heapBytes: 190_000_000,
  liveQueries: 21,
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes begin with one
const ESCAPE = /\x1b\[[\d;]*m/g;

describe('a frame', () => {
  test.each([40, 80, 97, 100, 120, 300])('on a terminal of %i columns has lines of one width', (columns) => {
    const width = Math.min(Math.max(columns, 80), 120);
    for (const line of createFrame(figures, columns, plain)) expect(line).toHaveLength(width);
  });

  test('fits a terminal of 24 rows with eight queues and four objects', () => {
    const full = {
      ...figures,
      queues: Array.from({ length: 8 }, (_, i) => queue(`Queue ${i}`)),
      objects: Array.from({ length: 4 }, () => figures.objects[0] as Figures['objects'][number]),
    };
    expect(createFrame(full, 80, plain).length).toBeLessThanOrEqual(24);
  });

  test('says the same in colour as without', () => {
    const bare = createFrame(figures, 90, coloured).map((line) => line.replace(ESCAPE, ''));
    expect(bare).toEqual(createFrame(figures, 90, plain));
  });

  test('shows all queues together on top', () => {
    const [, totals] = createFrame(figures, 80, plain);
    expect(totals).toMatch(/36 +27 +3 +2:10 +69\.1 % +1,782/);
  });

  test('gives a queue its line, with what is too long cut', () => {
    const text = createFrame(figures, 80, plain).join('\n');
    expect(text).toMatch(/Claims +voice +12 +9 +3 +2:10 +━+[╸─┼]+ +53\.2 % +891/);
    expect(text).toContain('A queue with… voice');
  });

  test('takes no part of nothing', () => {
    expect(createFrame(figures, 80, plain).join('\n')).toMatch(/A queue.*· +· +─+┼─+ +– +0/);
  });

  test('colours long waits and poor service levels, and nothing that is as it should be', () => {
    const lines = createFrame(figures, 80, coloured);
    const claims = lines.find((line) => line.includes('Claims'));
    expect(claims).toContain('\x1b[1;31m   2:10\x1b[0m');
    expect(claims).toContain('\x1b[1;31m  53.2 %\x1b[0m');
    expect(lines.find((line) => line.includes('Orders'))).not.toMatch(/\[(33|1;31)m/);
  });
});

test('a summary stands under its heads', () => {
  const [head, line] = [createSummaryHead(), createSummary(figures)];
  expect(line).toHaveLength(head.length);
  expect(line).toMatch(/^14:00:07 +36 +27 +3 +2:10 +69\.1 % +1,782 +134,010 +500 +6\.2 µs +181 MB$/);
});
