/** The place of the first entry that is not before `entry`, in a list in order. */
export function findPlace<T>(entries: readonly T[], entry: T, compare: (left: T, right: T) => number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(entries[middle] as T, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
