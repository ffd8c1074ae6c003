/** Who keeps a list in order. A method, not a function of its own: each live query would hold one. */
export interface Ordering<T> {
  /** Negative where `left` comes first. */
  compare(left: T, right: T): number;
}

/** The place of the first entry that is not before `entry`, in a list in order. */
export function findPlace<T>(entries: readonly T[], entry: T, ordering: Ordering<T>): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ordering.compare(entries[middle] as T, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
