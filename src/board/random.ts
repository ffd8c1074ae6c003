const GOLDEN = 0x6d2b79f5;

/**
 * Repeatable random numbers (mulberry32): the same seed gives the same day on every machine. Good enough for queues and
 * waits, no use at all for secrets.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 up to, and never, 1. */
  next(): number {
    this.#state = (this.#state + GOLDEN) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 up to, and never, `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  between(lower: number, upper: number): number {
    return lower + this.next() * (upper - lower);
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] as T;
  }

  /** The gap between two arrivals that know nothing of each other. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** Handle times: many short ones, a long tail. `spread` is the deviation of the logarithm. */
  logNormal(mean: number, spread: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    const normal = radius * Math.cos(2 * Math.PI * this.next());
    return mean * Math.exp(normal * spread - (spread * spread) / 2);
  }

  fill(bytes: Uint8Array): Uint8Array {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.below(256);
    return bytes;
  }

  /** A generator of its own for another part of the day, so that one part drawing more does not move the others. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 4_294_967_296));
  }
}
