import type { Environment } from '../engine/ground/environment.ts';

export interface BackoffOptions {
  /** The longest first wait, in milliseconds. */
  readonly baseMs: number;
  /** The longest wait of all. */
  readonly maxMs: number;
}

/** Of the wait that a server asks for, the share over which those who were told the same come back. */
const SPREAD = 0.25;
const TWO_32 = 2 ** 32;

/**
 * How long to wait before trying again, in milliseconds: anything from nothing to a bound that doubles with each attempt (the first
 * is 0), so that clients which failed together do not come back together. Never less than what the server asked for; on top of
 * that all the same, because it asked everyone for the same.
 */
export function backoffMs(
  env: Environment,
  { baseMs, maxMs }: BackoffOptions,
  attempt: number,
  retryAfterMs?: number,
): number {
  const [bits = 0] = new Uint32Array(env.random(new Uint8Array(4)).buffer);
  const share = bits / TWO_32;
  const bound = Math.min(maxMs, baseMs * 2 ** attempt);
  if (retryAfterMs === undefined) return share * bound;
  return retryAfterMs + share * Math.max(bound, retryAfterMs * SPREAD);
}
