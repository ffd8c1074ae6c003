import type { Environment } from '../ground/environment.ts';
import { type Due, DueHeap } from './due-heap.ts';

/** The farthest that timers of browsers and Node reach; what is later is waited for in pieces. */
const TIMER_MAX_MS = 2 ** 31 - 1;

interface Sleeper extends Due {
  /** Called when it is due. Returns when it wants to be woken next, in milliseconds since 1970. Must not throw. */
  readonly renew: (nowMs: number) => number;
}

/** A place among those who wait. */
export interface Wait {
  /** Asks to be woken no later than at a moment. */
  hasten(dueMs: number): void;
  end(): void;
}

/** One timer for all that waits for a moment. */
export class Alarm {
  readonly #environment: Environment;
  /** Called when the moment has come: then `renewDue` is to be. */
  readonly #ring: () => void;
  readonly #sleepers = new DueHeap<Sleeper>();
  #armedMs = Number.POSITIVE_INFINITY;
  #callOff = () => {};

  constructor(environment: Environment, ring: () => void) {
    this.#environment = environment;
    this.#ring = ring;
  }

  /** Wakes somebody at a moment, and again whenever they say. */
  add(dueMs: number, renew: (nowMs: number) => number): Wait {
    const sleeper = { dueMs, renew };
    this.#sleepers.put(sleeper);
    this.#armBefore(dueMs);
    return {
      hasten: (ms) => {
        if (ms >= sleeper.dueMs) return;
        sleeper.dueMs = ms;
        if (!this.#sleepers.has(sleeper)) return;
        this.#sleepers.put(sleeper);
        this.#armBefore(ms);
      },
      end: () => {
        this.#sleepers.remove(sleeper);
        if (this.#sleepers.size === 0) this.#disarm();
      },
    };
  }

  /** Whether somebody may be due, though the timer has not rung yet: a busy thread is late to hear of it. */
  isDue(nowMs: number): boolean {
    return this.#armedMs <= nowMs;
  }

  /** Renews all who are due, and sets the timer for the next of them. */
  renewDue(nowMs: number): void {
    for (const sleeper of this.#sleepers.take(nowMs)) {
      // It may have ended while another was renewed.
      if (!this.#sleepers.has(sleeper)) continue;
      sleeper.dueMs = sleeper.renew(nowMs);
      this.#sleepers.put(sleeper);
    }
    this.#disarm();
    this.#armBefore(this.#sleepers.firstMs);
  }

  #disarm(): void {
    this.#callOff();
    this.#callOff = () => {};
    this.#armedMs = Number.POSITIVE_INFINITY;
  }

  #armBefore(dueMs: number): void {
    if (dueMs >= this.#armedMs) return;
    this.#disarm();
    this.#armedMs = dueMs;
    const ms = Math.min(Math.max(1, dueMs - this.#environment.now()), TIMER_MAX_MS);
    this.#callOff = this.#environment.wake(() => {
      this.#callOff = () => {};
      this.#armedMs = Number.NEGATIVE_INFINITY;
      this.#ring();
    }, ms);
  }

  /** Forgets everybody. */
  close(): void {
    this.#sleepers.clear();
    this.#disarm();
  }
}
