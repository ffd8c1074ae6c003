import type { Environment } from '../engine/ground/environment.ts';

export interface RetryBudgetOptions {
  /** Retries that may come at once; 20 by default. */
  readonly burst?: number;
  /** Retries a minute in the long run; 10 by default. */
  readonly perMinute?: number;
}

const MINUTE_MS = 60_000;

/** Holds retries to a few a minute, whatever fails: a server that is down is not kept down by those who wait for it. */
export class RetryBudget {
  readonly #env: Environment;
  readonly #burst: number;
  readonly #msEach: number;
  #tokens: number;
  #countedAt: number;

  constructor(env: Environment, { burst = 20, perMinute = 10 }: RetryBudgetOptions = {}) {
    this.#env = env;
    this.#burst = burst;
    this.#msEach = MINUTE_MS / perMinute;
    this.#tokens = burst;
    this.#countedAt = env.elapsed();
  }

  /** Takes a retry from the budget. Gives how long to wait until there is one, in milliseconds: 0 where it was taken. */
  take(): number {
    const now = this.#env.elapsed();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#countedAt) / this.#msEach);
    this.#countedAt = now;
    if (this.#tokens < 1) return Math.ceil((1 - this.#tokens) * this.#msEach);
    this.#tokens -= 1;
    return 0;
  }
}
