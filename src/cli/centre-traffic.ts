import type { Board } from '../board/board.ts';
import type { BoardClock } from '../board/clock.ts';
import { runLive } from '../board/run-live.ts';
import { EngineError } from '../index.ts';
import type { Traffic } from './session.ts';

export interface CentreTrafficRequest {
  readonly board: Board;
  readonly clock: BoardClock;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Resolves after so many milliseconds, or at once when the signal is raised. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Called when the traffic has ended by a fault. */
  readonly onFault: (error: unknown) => void;
}

/** Lets the day of a centre go on in real time from the moment it was made at. */
export class CentreTraffic implements Traffic {
  readonly #request: CentreTrafficRequest;
  #rate = 0;
  #stopped = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(request: CentreTrafficRequest) {
    this.#request = request;
  }

  get rate(): number {
    return this.#rate;
  }

  /** At 0 the clock goes on all the same. */
  setRate(rate: number): void {
    this.#stopped.abort();
    const stopped = new AbortController();
    this.#stopped = stopped;
    this.#rate = rate;
    // Two runs would both move the clock.
    this.#ended = this.#ended.then(() => this.#follow(rate, stopped.signal)).catch(this.#request.onFault);
  }

  stop(): Promise<void> {
    this.#stopped.abort();
    return this.#ended;
  }

  async #follow(rate: number, signal: AbortSignal): Promise<void> {
    const { board, clock, elapsed, wait } = this.#request;
    while (!signal.aborted) {
      try {
        await runLive({
          board,
          clock,
          rate,
          seconds: undefined,
          signal,
          elapsed,
          wait: (ms) => wait(ms, signal),
          onTick: () => {},
          onSecond: () => {},
        });
      } catch (error) {
        // Whoever uses the shell may have deleted the session that something was to happen to; the others go on.
        if (!(error instanceof EngineError)) throw error;
      }
    }
  }
}
