import { randomFillSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { Board } from '../../src/board/board.ts';
import { BoardClock } from '../../src/board/clock.ts';
import { runSeconds } from '../../src/board/run-seconds.ts';
import { memoryStorage, type Storage } from '../../src/index.ts';

const openedAtMs = Date.parse('2026-03-05T14:00:00Z');

async function openBoard(storage: Storage) {
  const clock = new BoardClock(openedAtMs);
  const phases: string[] = [];
  let ms = 0;
  const board = await Board.open({
    seed: 3,
    sessions: 2000,
    clock,
    elapsed: () => (ms += 0.01),
    pause: async () => {},
    heapBytes: () => 100_000_000,
    onProgress: (phase) => phases.push(phase),
    random: (bytes) => randomFillSync(bytes),
    storage,
  });
  return { board, clock, phases };
}

test('a day that is kept is gone on with: nothing of it is made anew, what was under way is over, and others call', async () => {
  const storage = memoryStorage();
  const first = await openBoard(storage);
  await runSeconds(first.board, first.clock, 200);
  const db = first.board.database;
  const ids = db.SOSSession.find({ select: ['Id'] }).map(({ Id }) => Id);
  const talking = db.SOSSession.find({ where: { EndTime: null }, select: ['Id'] }).map(({ Id }) => Id);
  const ended = JSON.stringify(db.SOSSession.find({ where: { EndTime: { $ne: null } }, limit: 50 }));
  const [before, sequence] = [first.board.read(), db.sequence];
  expect(talking.length).toBeGreaterThan(0);
  await first.board.close();

  const second = await openBoard(storage);
  const again = second.board.database;
  expect(second.clock.now()).toBeGreaterThanOrEqual(first.clock.now() - 1_000);
  expect(second.phases).not.toContain('importing it');
  expect(again.sequence).toBeGreaterThan(sequence);
  for (const id of ids) expect(again.SOSSession.get(id), id).toBeDefined();
  for (const id of talking) expect(again.SOSSession.get(id)?.EndTime, id).not.toBeNull();
  expect(JSON.stringify(again.SOSSession.find({ where: { EndTime: { $ne: null } }, limit: 50 }))).toContain(
    ended.slice(1, 200),
  );
  const after = second.board.read();
  expect(after.held).toBeGreaterThan(before.held);
  expect(again.SOSSession.count({ where: { EndTime: null } })).toBeGreaterThan(0);
  await runSeconds(second.board, second.clock, 200);
  expect(second.board.changes).toBeGreaterThan(1_000);
  await second.board.close();
});
