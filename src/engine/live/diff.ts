import { createDelta, type Delta, type Difference, type Keyed, type Placed } from './delta.ts';
import { diffFew } from './diff-few.ts';

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

/** What changed between two results that are alike but for a part. */
export function diffWithin<T>(
  before: readonly Keyed<T>[],
  after: readonly Keyed<T>[],
  { start, beforeEnd, afterEnd }: Difference,
): Delta<T> {
  const old = before[start];
  const fresh = after[start];
  const total = after.length;
  // One row in the place of its older self: what most commits come to.
  if (beforeEnd === start + 1 && afterEnd === beforeEnd && old?.key === fresh?.key) {
    if (old?.row === fresh?.row) return createDelta<T>({ total });
    return createDelta<T>({ changed: [{ index: start, record: (fresh as Keyed<T>).row }], total });
  }
  // Rows that only came, or only went, have nothing to be told from.
  if (beforeEnd === start) return createDelta({ added: placesOf(after, start, afterEnd), total });
  if (afterEnd === start) return createDelta({ removed: placesOf(before, start, beforeEnd), total });
  const difference = { start, beforeEnd, afterEnd };
  return diffFew(before, after, difference) ?? diffByKey(before, after, difference);
}

function placesOf<T>(rows: readonly Keyed<T>[], from: number, to: number): readonly Placed<T>[] {
  const places: Placed<T>[] = [];
  for (let index = from; index < to; index++) places.push({ index, record: (rows[index] as Keyed<T>).row });
  return places;
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
  return createDelta({ added, removed, changed, moved, total: after.length });
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
