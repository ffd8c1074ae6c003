import type { StoredRecord } from '../engine/record/record.ts';
import type { Store } from '../engine/store/store.ts';
import { beforeId } from './keep-book.ts';

/**
 * The states that a record has had since a sequence, the last first: what each of its changes replaced is put back. Undefined where
 * there was none. Ends where a change is forgotten.
 */
function* statesBack(
  store: Store,
  version: StoredRecord,
  record: StoredRecord | undefined,
  sequence: number,
): Generator<StoredRecord | undefined, void> {
  const { table } = store.entity('SyncBefore');
  let state = record;
  let at = version.Sequence as number | null;
  while (at !== null && at > sequence) {
    if (at === version.Born) return yield undefined;
    const slot = table.slotOf(beforeId(version.Object as string, version.RecordId as string, at));
    const change = slot === undefined ? undefined : table.row(slot);
    if (change === undefined) return;
    state = change.Patch === null ? undefined : { ...state, ...JSON.parse(change.Patch as string) };
    yield state;
    at = change.Previous as number | null;
  }
}

/**
 * A record as it was at a sequence. Undefined where there was none. Where a change is forgotten that far back, it is as the oldest
 * that is known left it.
 */
export function recordBefore(
  store: Store,
  version: StoredRecord,
  record: StoredRecord | undefined,
  sequence: number,
): StoredRecord | undefined {
  let state = record;
  for (const earlier of statesBack(store, version, record, sequence)) state = earlier;
  return state;
}

/** A record in each state that it has had since a sequence, but for the present. Read when it is asked for. */
export function recordsSince(
  store: Store,
  version: StoredRecord,
  record: StoredRecord | undefined,
  sequence: number,
): Iterable<StoredRecord> {
  return {
    *[Symbol.iterator]() {
      for (const state of statesBack(store, version, record, sequence)) if (state !== undefined) yield state;
    },
  };
}
