import type { Board } from './board.ts';
import type { BoardClock } from './clock.ts';

const SECONDS = 10;
const STEPS_A_SECOND = 20;
const SECOND_MS = 1000;

/**
 * Some seconds of traffic by the board's clock alone, as fast as they can be made: what the board then shows depends on
 * nothing but the seed, save for what was measured.
 */
export async function runSeconds(board: Board, clock: BoardClock, rate: number): Promise<void> {
  const openedAtMs = clock.now();
  let changes = 0;
  for (let step = 1; step <= SECONDS * STEPS_A_SECOND; step++) {
    clock.moveTo(openedAtMs + (step * SECOND_MS) / STEPS_A_SECOND);
    const due = Math.floor((step * rate) / STEPS_A_SECOND) - changes;
    const before = board.changes;
    if (due > 0) await board.step({ changes: due, milliseconds: Number.POSITIVE_INFINITY });
    changes += board.changes - before;
    if (step % STEPS_A_SECOND === 0) board.endSecond(SECOND_MS);
  }
}
