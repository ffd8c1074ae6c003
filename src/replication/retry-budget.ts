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
  readonly #eachMs: number;
  readonly #mostMs: number;
  /** What has been saved up, as the time that it took. */
  #savedMs: number;
  #countedAt: number;

  constructor(env: Environment, { burst = 20, perMinute = 10 }: RetryBudgetOptions = {}) {
    this.#env = env;
    this.#eachMs = MINUTE_MS / perMinute;
    this.#mostMs = burst * this.#eachMs;
    this.#savedMs = this.#mostMs;
    this.#countedAt = env.elapsed();
  }

  /** Takes a retry from the budget. Gives how long to wait until there is one, in milliseconds: 0 where it was taken. */
  take(): number {
    const now = this.#env.elapsed();
    this.#savedMs = Math.min(this.#mostMs, this.#savedMs + now - this.#countedAt);
    this.#countedAt = now;
    if (this.#savedMs < this.#eachMs) return Math.ceil(this.#eachMs - this.#savedMs);
    this.#savedMs -= this.#eachMs;
    return 0;
  }
}
