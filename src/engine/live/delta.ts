/** A row and its place in the result. */
export interface Placed<T> {
  readonly index: number;
  readonly record: T;
}

/**
 * One step of a live result, made by one commit. To go from the old result to the new: take out what `removed` and
 * `moved` name by their old places, put in `added` and `moved` at their new places from the lowest up, then put each
 * `changed` record in its new place.
 */
export interface Delta<T> {
  readonly added: readonly Placed<T>[];
  /** By old places. */
  readonly removed: readonly Placed<T>[];
  /** Records that stay in order with a new version, by new places. */
  readonly changed: readonly Placed<T>[];
  readonly moved: readonly (Placed<T> & { readonly from: number })[];
  /** How many rows the new result has. */
  readonly total: number;
}

/** A row that can be told from others across versions. */
export interface Keyed<T> {
  readonly key: number | string;
  readonly row: T;
}

export function isEmptyDelta(delta: Delta<unknown>): boolean {
  return delta.added.length + delta.removed.length + delta.changed.length + delta.moved.length === 0;
}

/** The delta that makes a result out of nothing. */
export function firstDelta<T>(rows: readonly T[]): Delta<T> {
  return {
    added: rows.map((record, index) => ({ index, record })),
    removed: [],
    changed: [],
    moved: [],
    total: rows.length,
  };
}

/** The result after a delta. */
export function applyDelta<T>(rows: readonly T[], delta: Delta<T>): readonly T[] {
  const out = new Set([...delta.removed.map(({ index }) => index), ...delta.moved.map(({ from }) => from)]);
  const next = rows.filter((_, index) => !out.has(index));
  const into = [...delta.added, ...delta.moved].sort((left, right) => left.index - right.index);
  for (const { index, record } of into) next.splice(index, 0, record);
  for (const { index, record } of delta.changed) next[index] = record;
  return next;
}

/** Where two results differ: from `start` up to the one's end and the other's. */
export interface Difference {
  readonly start: number;
  readonly beforeEnd: number;
  readonly afterEnd: number;
}

/** What changed between two results. */
export function diff<T>(before: readonly Keyed<T>[], after: readonly Keyed<T>[]): Delta<T> {
  return diffWithin(before, after, findDifference(before, after));
}

/**
 * Passes over the rows alike at both ends, so a change in one place costs a walk along the result and nothing more; only
 * what lies between is looked up by key.
 */
export function findDifference<T>(before: readonly Keyed<T>[], after: readonly Keyed<T>[]): Difference {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before[start] === after[start]) start++;
  let beforeEnd = before.length;
  let afterEnd = after.length;
  while (beforeEnd > start && afterEnd > start && before[beforeEnd - 1] === after[afterEnd - 1]) {
    beforeEnd--;
    afterEnd--;
  }
  return { start, beforeEnd, afterEnd };
}

const NONE: readonly never[] = Object.freeze([]);

/** What changed between two results that are alike but for a part. */
export function diffWithin<T>(
  before: readonly Keyed<T>[],
  after: readonly Keyed<T>[],
  { start, beforeEnd, afterEnd }: Difference,
): Delta<T> {
  const [old, fresh] = [before[start], after[start]];
  // One row in the place of its older self: what most commits come to.
  if (beforeEnd === start + 1 && afterEnd === beforeEnd && old?.key === fresh?.key) {
    const isSame = old?.row === fresh?.row;
    const changed = isSame ? NONE : Object.freeze([{ index: start, record: (fresh as Keyed<T>).row }]);
    return Object.freeze({ added: NONE, removed: NONE, changed, moved: NONE, total: after.length });
  }
  const total = after.length;
  // Rows that only came, or only went, have nothing to be told from.
  if (beforeEnd === start)
    return Object.freeze({ added: placesOf(after, start, afterEnd), removed: NONE, changed: NONE, moved: NONE, total });
  if (afterEnd === start)
    return Object.freeze({
      added: NONE,
      removed: placesOf(before, start, beforeEnd),
      changed: NONE,
      moved: NONE,
      total,
    });
  return diffByKey(before, after, { start, beforeEnd, afterEnd });
}

function placesOf<T>(rows: readonly Keyed<T>[], from: number, to: number): readonly Placed<T>[] {
  const places: Placed<T>[] = [];
  for (let index = from; index < to; index++) places.push({ index, record: (rows[index] as Keyed<T>).row });
  return Object.freeze(places);
}

function diffByKey<T>(
  before: readonly Keyed<T>[],
  after: readonly Keyed<T>[],
  { start, beforeEnd, afterEnd }: Difference,
): Delta<T> {
  const places = new Map<number | string, number>();
  for (let index = start; index < beforeEnd; index++) places.set((before[index] as Keyed<T>).key, index);
  const added: Placed<T>[] = [];
  const changed: Placed<T>[] = [];
  const moved: (Placed<T> & { from: number })[] = [];
  const stays = longestRise(after, places, start, afterEnd);
  for (let index = start; index < afterEnd; index++) {
    const { key, row } = after[index] as Keyed<T>;
    const from = places.get(key);
    if (from === undefined) {
      added.push({ index, record: row });
      continue;
    }
    places.delete(key);
    if (!stays.has(index)) moved.push({ index, from, record: row });
    else if ((before[from] as Keyed<T>).row !== row) changed.push({ index, record: row });
  }
  const removed = [...places.values()].map((index) => ({ index, record: (before[index] as Keyed<T>).row }));
  // Shared by all who listen.
  for (const list of [added, removed, changed, moved]) Object.freeze(list);
  return Object.freeze({ added, removed, changed, moved, total: after.length });
}

/** The new places of the most rows that keep their order among themselves; the others have moved. */
function longestRise<T>(
  after: readonly Keyed<T>[],
  places: ReadonlyMap<number | string, number>,
  start: number,
  end: number,
): ReadonlySet<number> {
  // tails[n] is the place in `after` where a rise of n + 1 rows ends lowest.
  const tails: number[] = [];
  const previous = new Map<number, number>();
  const oldPlace = (index: number) => places.get((after[index] as Keyed<T>).key) as number;
  for (let index = start; index < end; index++) {
    const place = places.get((after[index] as Keyed<T>).key);
    if (place === undefined) continue;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (oldPlace(tails[middle] as number) < place) low = middle + 1;
      else high = middle;
    }
    if (low > 0) previous.set(index, tails[low - 1] as number);
    tails[low] = index;
  }
  const rise = new Set<number>();
  for (let index = tails[tails.length - 1]; index !== undefined; index = previous.get(index)) rise.add(index);
  return rise;
}
