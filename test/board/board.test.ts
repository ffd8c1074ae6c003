import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Board } from '../../src/board/board.ts';
import { BoardClock } from '../../src/board/clock.ts';
import type { Figures } from '../../src/board/figures.ts';
import { createFrame } from '../../src/board/frame.ts';
import { plain } from '../../src/board/line.ts';
import { QUEUES } from '../../src/board/queues.ts';
import { runSeconds } from '../../src/board/run-seconds.ts';

const openedAtMs = Date.parse('2026-03-05T14:00:00Z');

function createElapsed(): () => number {
  let ms = 0;
  return () => (ms += 0.01);
}

async function openBoard(
  seed: number,
  clock: BoardClock,
  onProgress: (phase: string, done: number) => void = () => {},
) {
  return Board.open({
    seed,
    sessions: 3000,
    clock,
    elapsed: createElapsed(),
    pause: async () => {},
    heapBytes: () => 100_000_000,
    onProgress,
  });
}

describe('a board opened on a day of 3,000 sessions', () => {
  const clock = new BoardClock(openedAtMs);
  const seen: number[] = [];
  let board: Board;
  let opened: Figures;

  beforeAll(async () => {
    board = await openBoard(3, clock, (_, done) => seen.push(done));
    opened = board.read();
  });

  afterAll(() => board.close());

  test('holds those sessions and what the samples hold', () => {
    const held = opened.objects.reduce((sum, object) => sum + object.held, 0);
    // Two logins, of which one is deleted, and one session of each other kind but three of Twilio's.
    expect(held).toBe(3000 + 1 + 1 + 1 + 3);
    expect(opened.held).toBeGreaterThan(held);
  });

  test('told of its progress up to the end', () => {
    expect(seen.at(-1)).toBe(3000);
    expect(seen).toEqual([...seen].sort((left, right) => left - right));
  });

  test('shows every queue with agents, sessions handled and a service level', () => {
    expect(opened.queues.map((queue) => queue.name)).toEqual(QUEUES.map((queue) => queue.name));
    for (const queue of opened.queues) {
      expect(queue.online).toBeGreaterThan(0);
      expect(queue.handled).toBeGreaterThan(0);
      expect(queue.inTime).toBeLessThanOrEqual(queue.answered);
      expect(queue.handled + queue.inSession).toBe(queue.answered);
      expect(queue.oldestMs === undefined).toBe(queue.waiting === 0);
    }
  });

  test('makes as many changes as asked for, and tells of them second by second', async () => {
    await runSeconds(board, clock, 200);
    const figures = board.read();
    expect(figures.nowMs).toBe(openedAtMs + 10_000);
    expect(board.changes).toBeGreaterThanOrEqual(1990);
    expect(board.changes).toBeLessThan(2030);
    for (const { recent } of figures.objects) expect(recent).toHaveLength(10);
    expect(figures.microsPerChange).toBeGreaterThan(0);
  });
});

test('one seed makes one frame', async () => {
  const frames = [];
  for (let i = 0; i < 2; i++) {
    const clock = new BoardClock(openedAtMs);
    const board = await openBoard(8, clock);
    await runSeconds(board, clock, 100);
    frames.push(createFrame({ ...board.read(), openedMs: 1, microsPerChange: 1 }, 80, plain));
    await board.close();
  }
  expect(frames[0]).toEqual(frames[1]);
});
