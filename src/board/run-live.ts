import type { Board } from './board.ts';
import type { BoardClock } from './clock.ts';

const TICK_MS = 50;
const SECOND_MS = 1000;
/** What a tick may spend on traffic: the rest of it belongs to the screen and to whoever presses Ctrl-C. */
const SPEND_MS = 35;

export interface LiveRun {
  readonly board: Board;
  readonly clock: BoardClock;
  /** Changes a second. */
  readonly rate: number;
  /** Undefined: until stopped. */
  readonly seconds: number | undefined;
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Resolves after so many milliseconds, or at once when the run is stopped. */
  readonly wait: (ms: number) => Promise<void>;
  readonly onTick: (tick: number) => void;
  /** Hears how long the second took. */
  readonly onSecond: (elapsedMs: number) => void;
}

/** Runs the board in real time until its seconds are over or it is stopped. */
export async function runLive(run: LiveRun): Promise<void> {
  const { board, clock, rate, signal, elapsed } = run;
  const openedAtMs = clock.now();
  const startedMs = elapsed();
  const endMs = run.seconds === undefined ? Number.POSITIVE_INFINITY : startedMs + run.seconds * SECOND_MS;
  let secondMs = startedMs;
  let secondDueMs = startedMs + SECOND_MS;
  let lastMs = startedMs;
  let due = 0;
  for (let tick = 0; !signal.aborted; tick++) {
    const nowMs = elapsed();
    clock.moveTo(openedAtMs + nowMs - startedMs);
    // What could not be made within a second is given up: a slow machine shows its own rate, not a growing debt.
    due = Math.min(due + (rate * (nowMs - lastMs)) / SECOND_MS, rate);
    lastMs = nowMs;
    const before = board.changes;
    if (due >= 1) await board.step({ changes: Math.floor(due), milliseconds: SPEND_MS });
    due -= board.changes - before;
    if (nowMs >= secondDueMs) {
      const tookMs = nowMs - secondMs;
      board.endSecond(tookMs);
      secondMs = nowMs;
      // From the start rather than from now, so that as many seconds end as were asked for.
      while (secondDueMs <= nowMs) secondDueMs += SECOND_MS;
      run.onSecond(tookMs);
    }
    run.onTick(tick);
    if (nowMs >= endMs) return;
    await run.wait(Math.max(1, Math.min(TICK_MS, endMs - elapsed()) - (elapsed() - nowMs)));
  }
}
