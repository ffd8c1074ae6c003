import type { StoredRecord } from '../record/record.ts';
import { type Delta, diff, isEmptyDelta, type Keyed } from './delta.ts';
import type { LiveResult, RecordChange } from './live-result.ts';

/** One step of a result: what a commit did to it, and what it is since. */
export interface Step<T> {
  /** The rows that it began from. */
  readonly before: readonly Keyed<T>[];
  readonly delta: Delta<T>;
  readonly snapshot: readonly T[];
}

/** Who is told of the steps of a result. */
export interface StepListener<T> {
  take(step: Step<T>): void;
  announce(): void;
}

/** A result with all the live queries that show it: equal queries have one, and it is kept up to date once. */
export class SharedResult<T = StoredRecord> {
  /** The router's. */
  stamp = 0;
  /** Whether the commit under way has touched it. */
  touched = false;
  /** Called when a change may have brought nearer the moment at which the clock moves it. */
  hasten: (() => void) | undefined;
  readonly listeners = new Set<StepListener<T>>();
  readonly #result: LiveResult<T>;
  #rows: readonly Keyed<T>[];
  #snapshot: readonly T[];

  constructor(result: LiveResult<T>) {
    this.#result = result;
    this.#rows = result.rows();
    this.#snapshot = snapshotOf(this.#rows);
  }

  get snapshot(): readonly T[] {
    return this.#snapshot;
  }

  /** The rows of the snapshot with what tells them from others. */
  get rows(): readonly Keyed<T>[] {
    return this.#rows;
  }

  /** Takes in a change of the commit under way. Returns whether `settle` has something to do. */
  apply(change: RecordChange): boolean {
    return this.#result.apply(change);
  }

  expire(): void {
    this.#result.expire?.();
  }

  /** Brings the snapshot up to the commit. Returns whether there is something to tell. */
  settle(): boolean {
    this.touched = false;
    const rows = this.#result.rows();
    const before = this.#rows;
    if (rows === before) return false;
    const delta = diff(before, rows);
    this.#rows = rows;
    if (isEmptyDelta(delta)) return false;
    this.#snapshot = snapshotOf(rows);
    const step = { before, delta, snapshot: this.#snapshot };
    for (const listener of this.listeners) listener.take(step);
    return true;
  }
}

function snapshotOf<T>(rows: readonly Keyed<T>[]): readonly T[] {
  const snapshot: T[] = [];
  for (let i = 0; i < rows.length; i++) snapshot.push((rows[i] as Keyed<T>).row);
  return Object.freeze(snapshot);
}
