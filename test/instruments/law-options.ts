import process from 'node:process';

export interface LawOptions {
  readonly numRuns: number;
  readonly seed?: number;
}

/**
 * How a law's property runs: `runs` times with a fresh seed, which fast-check prints when the law is broken. The
 * environment variables SOJOURN_SEED and SOJOURN_RUNS set either, to see a failure again or to look longer.
 */
export function lawOptions(runs: number): LawOptions {
  const { SOJOURN_SEED: seed, SOJOURN_RUNS: given } = process.env;
  const numRuns = given === undefined || given === '' ? runs : Number(given);
  return seed === undefined || seed === '' ? { numRuns } : { numRuns, seed: Number(seed) };
}
