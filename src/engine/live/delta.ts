import { createError } from '../ground/errors.ts';

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

/** The result after a delta. Throws `INVALID_OPTION` for a delta of other rows. */
export function applyDelta<T>(rows: readonly T[], delta: Delta<T>): readonly T[] {
  const out = new Set([...delta.removed.map(({ index }) => index), ...delta.moved.map(({ from }) => from)]);
  const next = rows.filter((_, index) => !out.has(index));
  const into = [...delta.added, ...delta.moved].sort((left, right) => left.index - right.index);
  for (const { index, record } of into) next.splice(index, 0, record);
  for (const { index, record } of delta.changed) next[index] = record;
  // As when a list that already holds the rows is given the first delta of a stream, which adds them all.
  if (next.length !== delta.total)
    throw createError('INVALID_OPTION', 'the delta is of other rows than those that it is applied to');
  return next;
}

const NONE: readonly never[] = Object.freeze([]);

/** A delta that is shared by all who listen. Its lists become its own; those left out are empty. */
export function createDelta<T>(parts: Partial<Delta<T>> & Pick<Delta<T>, 'total'>): Delta<T> {
  const { added = NONE, removed = NONE, changed = NONE, moved = NONE, total } = parts;
  if (added.length > 0) Object.freeze(added);
  if (removed.length > 0) Object.freeze(removed);
  if (changed.length > 0) Object.freeze(changed);
  if (moved.length > 0) Object.freeze(moved);
  return Object.freeze({ added, removed, changed, moved, total });
}

/** Where two results differ: from `start` up to the one's end and the other's. */
export interface Difference {
  readonly start: number;
  readonly beforeEnd: number;
  readonly afterEnd: number;
}
