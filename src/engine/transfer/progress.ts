import type { Environment } from '../ground/environment.ts';

/** How far long work has come. */
export interface Progress {
  readonly phase: string;
  /** Units done in this phase; records, where nothing else is said. */
  readonly done: number;
  /** Units there are, where that is known beforehand. */
  readonly total?: number | undefined;
}

export interface ProgressReporter {
  /** Tells the listener, unless it has been told within the last tenth of a second. */
  report(progress: Progress): void;
  /** Tells the listener for the last time, whenever it was told before; later calls do nothing. */
  finish(progress: Progress): void;
}

const INTERVAL_MS = 100;

const SILENT: ProgressReporter = { report: () => {}, finish: () => {} };

/**
 * Keeps `onProgress` from being called more than ten times a second, save once at the end. An error it throws goes
 * through to the work that reports, which it ends.
 */
export function createProgressReporter(
  onProgress: ((progress: Progress) => void) | undefined,
  environment: Pick<Environment, 'elapsed'>,
): ProgressReporter {
  if (onProgress === undefined) return SILENT;
  let toldMs = Number.NEGATIVE_INFINITY;
  let finished = false;
  return {
    report(progress) {
      if (finished) return;
      const now = environment.elapsed();
      if (now - toldMs < INTERVAL_MS) return;
      toldMs = now;
      onProgress(progress);
    },
    finish(progress) {
      if (finished) return;
      finished = true;
      onProgress(progress);
    },
  };
}
