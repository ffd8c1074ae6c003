import type { StoredRecord } from '../engine/record/record.ts';
import type { Store } from '../engine/store/store.ts';
import { beforeId } from './keep-book.ts';

/**
 * A record as it was at a sequence: what its changes since then replaced is put back, the last first. Undefined where there was
 * none. Where a change is forgotten that far back, it is as the oldest that is known left it.
 */
export function recordBefore(
  store: Store,
  version: StoredRecord,
  record: StoredRecord | undefined,
  sequence: number,
): StoredRecord | undefined {
  const { table } = store.entity('SyncBefore');
  let state = record;
  let at = version.Sequence as number | null;
  while (at !== null && at > sequence) {
    if (at === version.Born) return undefined;
    const slot = table.slotOf(beforeId(version.Object as string, version.RecordId as string, at));
    const change = slot === undefined ? undefined : table.row(slot);
    if (change === undefined) return state;
    state = change.Patch === null ? undefined : { ...state, ...JSON.parse(change.Patch as string) };
    at = change.Previous as number | null;
  }
  return state;
}
