import type { Environment } from '../ground/environment.ts';

/** The farthest that timers of browsers and Node reach; what is later is waited for in pieces. */
const TIMER_MAX_MS = 2 ** 31 - 1;

interface Waiting {
  /** Milliseconds since 1970 at which it is woken. */
  dueMs: number;
  /** Called when it is due. Returns when it wants to be woken next. */
  readonly wake: (nowMs: number) => number;
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

  /** Wakes somebody at a moment, and again whenever they say. Returns what ends it. */
  add(dueMs: number, wake: (nowMs: number) => number): () => void {
    const waiting = { dueMs, wake };
    this.#waiting.add(waiting);
    if (dueMs < this.#armedMs) this.#arm(dueMs);
    return () => {
      this.#waiting.delete(waiting);
      if (this.#waiting.size === 0) this.#disarm();
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
    // Those that are added meanwhile arm it themselves.
    for (const waiting of [...this.#waiting]) {
      if (waiting.dueMs > nowMs || !this.#waiting.has(waiting)) continue;
      waiting.dueMs = waiting.wake(nowMs);
    }
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
