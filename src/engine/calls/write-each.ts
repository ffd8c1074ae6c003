import type { Store } from '../store/store.ts';
import type { Unit } from '../store/unit.ts';
import { attempt, failed, rolledBack, type SaveResult, succeeded, type WriteOptions } from './results.ts';

/**
 * Writes records one after another in one unit: a bad one is taken back alone and reported in its place, or takes all
 * with it when the call is all or none. `write` gives the id; `idOf` the id to report where it fails.
 */
export function writeEach<T>(
  store: Store,
  inputs: readonly T[],
  options: WriteOptions,
  idOf: (input: T) => string | null,
  write: (unit: Unit, input: T, at: number) => string,
): SaveResult[] {
  return store.write((unit) => {
    const start = unit.mark;
    let anyFailed = false;
    const results: SaveResult[] = [];
    // Not by map, which would pass over a hole.
    for (const input of inputs) {
      const mark = unit.mark;
      const outcome = attempt(() => write(unit, input, results.length));
      if ('value' in outcome) {
        results.push(succeeded(outcome.value));
        continue;
      }
      unit.undo(mark);
      anyFailed = true;
      results.push(failed(idOf(input), outcome.error));
    }
    if (!anyFailed || options.allOrNone !== true) return results;
    unit.undo(start);
    return results.map((result, at) => (result.success ? rolledBack(idOf(inputs[at] as T)) : result));
  });
}
