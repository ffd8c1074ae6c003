import { isSameJson, type StoredRecord } from '../record/record.ts';
import type { Keyed } from './delta.ts';
import type { LiveResult, RecordChange } from './live-result.ts';

/**
 * A result kept up to date by running its query anew: for what cannot be moved by what comes and goes, such as sums of
 * fractions, which would drift, or what other objects' records decide.
 */
export class RerunResult implements LiveResult<StoredRecord> {
  readonly #run: () => readonly Keyed<StoredRecord>[];
  readonly #concerns: (change: RecordChange) => boolean;
  #rows: readonly Keyed<StoredRecord>[] = [];
  #stale = true;

  /** `concerns`: whether a change can have moved it. */
  constructor(run: () => readonly Keyed<StoredRecord>[], concerns: (change: RecordChange) => boolean = () => true) {
    this.#run = run;
    this.#concerns = concerns;
  }

  adopt(rows: readonly Keyed<StoredRecord>[]): void {
    this.#rows = rows;
  }

  apply(change: RecordChange): boolean {
    if (!this.#stale) this.#stale = this.#concerns(change);
    return this.#stale;
  }

  expire(): void {
    this.#stale = true;
  }

  rows(): readonly Keyed<StoredRecord>[] {
    if (!this.#stale) return this.#rows;
    const fresh = this.#run();
    this.#stale = false;
    const before = new Map(this.#rows.map((entry) => [entry.key, entry]));
    this.#rows = fresh.map((entry) => {
      const same = before.get(entry.key);
      return same !== undefined && isSameJson(same.row, entry.row) ? same : entry;
    });
    return this.#rows;
  }
}
