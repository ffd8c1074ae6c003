import type { Environment } from '../engine/ground/environment.ts';

interface Bucket {
  tokens: number;
  at: number;
}

const MINUTE_MS = 60_000;
/** Users that are remembered; those whose bucket is full again are forgotten first. */
const USERS_MAX = 10_000;

/** Lets each user ask so many times in a minute: at once, or evenly. */
export class TokenBuckets {
  readonly #perMinute: number;
  readonly #environment: Environment;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number, environment: Environment) {
    this.#perMinute = perMinute;
    this.#environment = environment;
  }

  /** Takes a token of a user. Gives how many milliseconds it is until there is one; 0 where one was taken. */
  take(user: string): number {
    const now = this.#environment.elapsed();
    const bucket = this.#buckets.get(user) ?? { tokens: this.#perMinute, at: now };
    bucket.tokens = this.#filled(bucket, now);
    bucket.at = now;
    this.#buckets.set(user, bucket);
    if (this.#buckets.size > USERS_MAX) this.#forget(now);
    if (bucket.tokens < 1) return ((1 - bucket.tokens) * MINUTE_MS) / this.#perMinute;
    bucket.tokens--;
    return 0;
  }

  #filled({ tokens, at }: Bucket, now: number): number {
    return Math.min(this.#perMinute, tokens + ((now - at) * this.#perMinute) / MINUTE_MS);
  }

  #forget(now: number): void {
    for (const [user, bucket] of this.#buckets)
      if (this.#filled(bucket, now) >= this.#perMinute) this.#buckets.delete(user);
    // All of them ask at once: the oldest begin anew.
    for (const user of this.#buckets.keys()) {
      if (this.#buckets.size <= USERS_MAX) return;
      this.#buckets.delete(user);
    }
  }
}
