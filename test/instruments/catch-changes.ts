import type { Subscription } from 'rxjs';
import { expect } from 'vitest';
import type { Batch } from '../../src/index.ts';
import { type AnyDatabase, collectionOf, type Row } from './any-database.ts';

/** Hears a database's change feed and keeps the records of the objects named that its changes add up to. */
export class ChangeCatcher {
  readonly batches: Batch[] = [];
  completions = 0;
  /** What was found wrong while listening, where throwing would reach nobody. */
  readonly faults: unknown[] = [];
  readonly #recordsByKey = new Map<string, { readonly object: string; readonly record: Row }>();
  readonly #subscription: Subscription;

  constructor(database: AnyDatabase, names: readonly string[], hear: (batch: Batch) => void = () => undefined) {
    for (const object of names) {
      for (const record of collectionOf(database, object).find({ deleted: 'include' }))
        this.#recordsByKey.set(`${object} ${record.Id}`, { object, record });
    }
    this.#subscription = database.changes$.subscribe({
      next: (batch) => {
        try {
          this.#take(batch);
          hear(batch);
        } catch (error) {
          this.faults.push(error);
        }
      },
      complete: () => this.completions++,
    });
  }

  #take(batch: Batch): void {
    const last = this.batches.at(-1);
    if (last !== undefined) {
      expect(batch.sequence).toBe(last.sequence + 1);
      expect(batch.at, 'the moment of a commit').toBeGreaterThanOrEqual(last.at);
    }
    const seen = new Set<string>();
    for (const { object, id, before, after } of batch.changes) {
      const key = `${object} ${id}`;
      if (seen.has(key)) throw new Error(`a batch tells of ${key} twice`);
      seen.add(key);
      if (this.#recordsByKey.get(key)?.record !== before) expect(this.#recordsByKey.get(key)?.record).toBe(before);
      if (after === undefined) this.#recordsByKey.delete(key);
      else this.#recordsByKey.set(key, { object, record: after });
    }
    this.batches.push(batch);
  }

  /** The records of an object, in the bin or not, by id. */
  records(object: string): ReadonlyMap<string, Row> {
    const own = [...this.#recordsByKey.values()].filter((held) => held.object === object);
    return new Map(own.map(({ record }) => [record.Id as string, record]));
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}
