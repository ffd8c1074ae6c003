import type { Environment } from '../ground/environment.ts';

/** The farthest that timers of browsers and Node reach; what is later is waited for in pieces. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Who is woken. All who are due are moved before any of them tells: nobody hears of one before the others are true. */
export interface Sleeper {
  /** Called when it is due. Returns when it wants to be woken next, in milliseconds since 1970. */
  move(nowMs: number): number;
  /** Called after all have been moved. */
  tell(): void;
}

interface Waiting {
  dueMs: number;
  readonly sleeper: Sleeper;
}

/** One timer for all that waits for a moment. */
export class Alarm {
  readonly #environment: Environment;
  readonly #waiting = new Set<Waiting>();
  #armedMs = Number.POSITIVE_INFINITY;
  #callOff = () => {};

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Wakes somebody at a moment, and again whenever they say. Returns what ends it, and what sets another moment. */
  add(dueMs: number, sleeper: Sleeper): { readonly end: () => void; readonly set: (dueMs: number) => void } {
    const waiting = { dueMs, sleeper };
    this.#waiting.add(waiting);
    if (dueMs < this.#armedMs) this.#arm(dueMs);
    return {
      end: () => {
        this.#waiting.delete(waiting);
        if (this.#waiting.size === 0) this.#disarm();
      },
      // A later moment is seen when the earlier one comes.
      set: (ms) => {
        waiting.dueMs = ms;
        if (ms < this.#armedMs && this.#waiting.has(waiting)) this.#arm(ms);
      },
    };
  }

  #disarm(): void {
    this.#callOff();
    this.#callOff = () => {};
    this.#armedMs = Number.POSITIVE_INFINITY;
  }

  #arm(dueMs: number): void {
    this.#disarm();
    if (dueMs === Number.POSITIVE_INFINITY) return;
    this.#armedMs = dueMs;
    const ms = Math.min(Math.max(1, dueMs - this.#environment.now()), TIMER_MAX_MS);
    this.#callOff = this.#environment.wake(() => this.#ring(), ms);
  }

  #ring(): void {
    const nowMs = this.#environment.now();
    this.#callOff = () => {};
    this.#armedMs = Number.POSITIVE_INFINITY;
    const due = [...this.#waiting].filter(({ dueMs }) => dueMs <= nowMs);
    for (const waiting of due) waiting.dueMs = waiting.sleeper.move(nowMs);
    // What is told may add others, which arm the timer themselves, and end some.
    for (const waiting of due) if (this.#waiting.has(waiting)) waiting.sleeper.tell();
    let next = Number.POSITIVE_INFINITY;
    for (const { dueMs } of this.#waiting) next = Math.min(next, dueMs);
    if (next !== this.#armedMs) this.#arm(next);
  }

  /** Forgets everybody. */
  close(): void {
    this.#waiting.clear();
    this.#disarm();
  }
}
