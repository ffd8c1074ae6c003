import { NULL_INT } from '../store/column.ts';

/**
 * The loops over columns that scans, groups and sums consist of. Each stands alone in a function that ends with its
 * loop: V8 compiles a long loop while it runs, and where it has not yet seen what follows, it leaves the compiled code
 * at the loop's end on every call; measured as 4 ms instead of 0.4 for a group-by over 100,000 records. Each comes once
 * for every kind of array it reads, because a loop that has met two kinds reads every element several times slower.
 * `slots` names the records to read; the `...All` forms read the first `count` slots of a table without gaps.
 */

/**
 * Ints are tested without a branch, since a filter that lets half of the records through is mispredicted half of the
 * time (10 ns a record against 3): `(value - lower) | (upper - value)` is negative just where the value lies outside.
 * Neither difference may overflow, so bounds are within {@link INT_BOUND} of 0; NULL_INT wraps into outside always.
 */
export const INT_BOUND = 2 ** 30;

export function narrowInts(
  values: Int32Array,
  from: number,
  to: number,
  negate: number,
  slots: Int32Array,
  count: number,
): number {
  const lower = from | 0;
  const upper = to | 0;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const slot = slots[i] as number;
    const value = values[slot] as number;
    slots[kept] = slot;
    kept = (kept + ((1 + (((value - lower) | 0 | ((upper - value) | 0)) >> 31)) ^ negate)) | 0;
  }
  return kept;
}

export function scanInts(
  values: Int32Array,
  from: number,
  to: number,
  negate: number,
  slots: Int32Array,
  count: number,
): number {
  const lower = from | 0;
  const upper = to | 0;
  let kept = 0;
  for (let slot = 0; slot < count; slot++) {
    const value = values[slot] as number;
    slots[kept] = slot;
    kept = (kept + ((1 + (((value - lower) | 0 | ((upper - value) | 0)) >> 31)) ^ negate)) | 0;
  }
  return kept;
}

/** How many records lie in one interval of ints; no list of them is made. */
export function countInts(values: Int32Array, from: number, to: number, count: number): number {
  const lower = from | 0;
  const upper = to | 0;
  let kept = 0;
  for (let slot = 0; slot < count; slot++) {
    const value = values[slot] as number;
    kept = (kept + 1 + (((value - lower) | 0 | ((upper - value) | 0)) >> 31)) | 0;
  }
  return kept;
}

/** How many records lie in two intervals at once. */
export function countTwoInts(
  values: Int32Array,
  from: number,
  to: number,
  others: Int32Array,
  otherFrom: number,
  otherTo: number,
  count: number,
): number {
  const lower = from | 0;
  const upper = to | 0;
  const otherLower = otherFrom | 0;
  const otherUpper = otherTo | 0;
  let kept = 0;
  for (let slot = 0; slot < count; slot++) {
    const value = values[slot] as number;
    const other = others[slot] as number;
    const outside =
      (value - lower) | 0 | ((upper - value) | 0) | ((other - otherLower) | 0) | ((otherUpper - other) | 0);
    kept = (kept + 1 + (outside >> 31)) | 0;
  }
  return kept;
}

export function narrowDoubles(
  values: Float64Array,
  lower: number,
  upper: number,
  negate: number,
  slots: Int32Array,
  count: number,
): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const slot = slots[i] as number;
    const value = values[slot] as number;
    slots[kept] = slot;
    kept = (kept + ((+(value >= lower) & +(value <= upper)) ^ negate)) | 0;
  }
  return kept;
}

export function scanDoubles(
  values: Float64Array,
  lower: number,
  upper: number,
  negate: number,
  slots: Int32Array,
  count: number,
): number {
  let kept = 0;
  for (let slot = 0; slot < count; slot++) {
    const value = values[slot] as number;
    slots[kept] = slot;
    kept = (kept + ((+(value >= lower) & +(value <= upper)) ^ negate)) | 0;
  }
  return kept;
}

/** Gives each record the group of its code; `groups` holds the group of each code + 1, -1 where it has none yet. */
export function groupCodes(
  codes: Int32Array,
  groups: Int32Array,
  first: Int32Array,
  members: Int32Array,
  slots: Int32Array,
  count: number,
): number {
  let size = 0;
  for (let i = 0; i < count; i++) {
    const slot = slots[i] as number;
    const code = codes[slot] as number;
    const at = code === NULL_INT ? 0 : code + 1;
    let group = groups[at] as number;
    if (group < 0) {
      group = size++;
      groups[at] = group;
      first[group] = slot;
    }
    members[i] = group;
  }
  return size;
}

/** Counts each group and notes the place where it is first met, -1 for those that are not. */
export function countAndFind(members: Int32Array, counts: Int32Array, first: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const group = members[i] as number;
    const before = counts[group] as number;
    if (before === 0) first[group] = i;
    counts[group] = before + 1;
  }
}

export function countMembers(members: Int32Array, counts: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const group = members[i] as number;
    counts[group] = (counts[group] as number) + 1;
  }
}

export function sumInts(
  values: Int32Array,
  slots: Int32Array,
  members: Int32Array,
  sums: Float64Array,
  counts: Int32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const value = values[slots[i] as number] as number;
    if (value === NULL_INT) continue;
    const group = members[i] as number;
    sums[group] = (sums[group] as number) + value;
    counts[group] = (counts[group] as number) + 1;
  }
}

/** For a column that never held null: half the cost, as nothing has to be counted or left out. */
export function sumAllFullInts(values: Int32Array, members: Int32Array, sums: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const group = members[i] as number;
    sums[group] = (sums[group] as number) + (values[i] as number);
  }
}

export function sumAllInts(
  values: Int32Array,
  members: Int32Array,
  sums: Float64Array,
  counts: Int32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    if (value === NULL_INT) continue;
    const group = members[i] as number;
    sums[group] = (sums[group] as number) + value;
    counts[group] = (counts[group] as number) + 1;
  }
}

export function sumDoubles(
  values: Float64Array,
  slots: Int32Array,
  members: Int32Array,
  sums: Float64Array,
  counts: Int32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const value = values[slots[i] as number] as number;
    if (value !== value) continue;
    const group = members[i] as number;
    sums[group] = (sums[group] as number) + value;
    counts[group] = (counts[group] as number) + 1;
  }
}

/** The live slots among the first `count`, in order. */
export function listLive(states: Uint8Array, live: number, slots: Int32Array, count: number): number {
  let kept = 0;
  for (let slot = 0; slot < count; slot++) {
    slots[kept] = slot;
    if (states[slot] === live) kept++;
  }
  return kept;
}

export function listAll(slots: Int32Array, count: number): void {
  for (let slot = 0; slot < count; slot++) slots[slot] = slot;
}
