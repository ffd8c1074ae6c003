import { type Environment, systemEnvironment } from '../../src/engine/ground/environment.ts';

/** A world whose clock is set by hand and whose random bytes follow from a seed. */
export interface FakeEnvironment extends Environment {
  /** Sets the clock; it may go back. */
  setNow(ms: number): void;
  /** Moves the clock on. */
  advance(ms: number): void;
}

export const NOON_MS = Date.UTC(2026, 0, 12, 12, 0, 0);

/** Whole numbers below 2^32 from a seed, evenly spread: a multiply-and-shift mix of a counter. */
export function createNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

export function createFakeEnvironment({
  seed = 1,
  now = NOON_MS,
}: {
  seed?: number;
  now?: number;
} = {}): FakeEnvironment {
  let clock = now;
  const numbers = createNumbers(seed);
  const timers = new Set<{ readonly due: number; readonly action: () => void }>();
  /** Calls what is due, the earliest first, each at its own moment. */
  const moveTo = (ms: number) => {
    for (;;) {
      const [next] = [...timers].filter(({ due }) => due <= ms).sort((left, right) => left.due - right.due);
      if (next === undefined) break;
      timers.delete(next);
      clock = Math.max(clock, next.due);
      next.action();
    }
    clock = ms;
  };
  return {
    now: () => clock,
    elapsed: () => clock,
    random(bytes) {
      for (let i = 0; i < bytes.length; i++) bytes[i] = numbers() & 0xff;
      return bytes;
    },
    get subtle() {
      return systemEnvironment().subtle;
    },
    digest: async (bytes) => (systemEnvironment().digest as (bytes: Uint8Array) => Promise<Uint8Array>)(bytes),
    pause: () => Promise.resolve(),
    wake(action, ms) {
      const timer = { due: clock + ms, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    setNow: moveTo,
    advance(ms) {
      moveTo(clock + ms);
    },
  };
}
