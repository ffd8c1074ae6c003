import type { StoredRecord } from '../record/record.ts';

/**
 * The one coin of the engine: what a record was and what it is. No `before` is a create, no `after` a purge, both an
 * edit; delete and undelete are edits of the deleted flag. Indexes, live queries, storage and sync all do the same
 * with it: take `before` out, put `after` in.
 */
export interface Change {
  /** The object's name. */
  readonly object: string;
  readonly id: string;
  readonly before: StoredRecord | undefined;
  readonly after: StoredRecord | undefined;
  /** Where its table keeps the record: rises in the order of creation and orders records that tie. */
  readonly slot: number;
  /** On a delete by cascade: the record whose deletion took this one, which an undelete brings back with it. */
  readonly deletedWith?: { readonly object: string; readonly id: string };
}

/** The call of another tab that a commit answers, so that it is never answered twice. */
export interface Origin {
  /** The tab, by a random name. */
  readonly tab: string;
  /** The number of the call, which rises with each of that tab. */
  readonly call: number;
  /** What the call gives: plain data. */
  readonly result: unknown;
}

/** Changes that came true together, all or none. Frozen when handed out. */
export interface Batch {
  /**
   * The place in the change feed; one more than the batch before, but after `reopen()`, or where a tab that hung was taken over
   * from: what was not kept is taken back there, and counting goes on from what was.
   */
  readonly sequence: number;
  /** The moment of the commit in milliseconds since 1970, never less than the batch before. */
  readonly at: number;
  readonly changes: readonly Change[];
  /** Where a storage keeps the database: whether this was kept when it was handed out. It is told as soon as it is true. */
  readonly durable?: boolean;
  /** Where another tab had asked for it. */
  readonly origin?: Origin | undefined;
}

export type ChangeKind = 'create' | 'update' | 'delete' | 'undelete' | 'purge';

/** What a change did, given the name of its object's deleted flag. */
export function changeKind(change: Change, deletedField: string): ChangeKind {
  if (change.after === undefined) return 'purge';
  if (change.before === undefined) return change.after[deletedField] === true ? 'delete' : 'create';
  if (change.before[deletedField] === change.after[deletedField]) return 'update';
  return change.after[deletedField] === true ? 'delete' : 'undelete';
}
