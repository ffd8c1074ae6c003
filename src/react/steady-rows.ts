import type { Keyed } from '../engine/live/delta.ts';
import type { LiveQuery } from '../engine/live/live-query.ts';
import { isSameJson } from '../engine/record/record.ts';

const NONE: readonly never[] = Object.freeze([]);

/**
 * The rows of a query as a component knows them, though one live query after another gives them. A live query keeps the
 * identity of rows that do not change; a row that is computed (a selection, a group) is another object in the next one,
 * and would have every memoised child rendered again for nothing.
 */
export class SteadyRows<T extends object> {
  #snapshot: readonly T[] | undefined;
  #rows: readonly Keyed<T>[] = NONE;
  #shown: readonly T[] = NONE;
  /** What is shown for a row of the live query, where that is not the row itself. */
  readonly #standIns = new WeakMap<T, T>();
  #hasStandIns = false;
  /** The rows of the query asked before, until they have been compared. */
  #before: SteadyRows<T> | undefined;

  constructor(before?: SteadyRows<T>) {
    this.#before = before;
  }

  /** What was shown last. */
  get shown(): readonly T[] {
    return this.#shown;
  }

  /** Goes on with another live query: rows that it has in common with those shown before it are kept. */
  adopt(live: LiveQuery<T>): readonly T[] {
    this.#keep(this.#before ?? this, live);
    this.#before = undefined;
    return this.follow(live);
  }

  /** Has what is known stand in for rows of the live query that say the same. */
  #keep(known: SteadyRows<T>, live: LiveQuery<T>): void {
    if (known.#rows.length === 0 || known.#isShowing(live.getSnapshot())) return;
    const shownByKey = new Map(known.#rows.map(({ key }, at) => [key, known.#shown[at]]));
    for (const { key, row } of rowsOf(live)) {
      const shown = shownByKey.get(key);
      if (shown === undefined || shown === row || !isSameJson(shown, row)) continue;
      this.#standIns.set(row, shown);
      this.#hasStandIns = true;
    }
  }

  /** The present rows of the live query adopted last; the same array until they change. */
  follow(live: LiveQuery<T>): readonly T[] {
    const snapshot = live.getSnapshot();
    if (snapshot === this.#snapshot) return this.#shown;
    this.#snapshot = snapshot;
    this.#rows = rowsOf(live);
    const rows = this.#hasStandIns ? Object.freeze(snapshot.map((row) => this.#standIns.get(row) ?? row)) : snapshot;
    if (!this.#isShowing(rows)) this.#shown = rows;
    return this.#shown;
  }

  #isShowing(rows: readonly T[]): boolean {
    const shown = this.#shown;
    return rows.length === shown.length && rows.every((row, at) => row === shown[at]);
  }
}

function rowsOf<T>(live: LiveQuery<T>): readonly Keyed<T>[] {
  return live.shared.rows as unknown as readonly Keyed<T>[];
}
