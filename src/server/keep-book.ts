import type { OpenChange, OpenCommit } from '../engine/definition/definition.ts';
import { isSameJson, type StoredRecord } from '../engine/record/record.ts';

/** The objects in which sync keeps its books, of masters and of clients: they do not travel themselves. */
const SYNC_OBJECTS: ReadonlySet<string> = new Set([
  'SyncVersion',
  'SyncBefore',
  'SyncClient',
  'SyncEra',
  'SyncChange',
  'SyncState',
  'SyncConflict',
  'SyncQuarantine',
]);

export function isSyncObject(object: string): boolean {
  return SYNC_OBJECTS.has(object);
}

/** The id of a record's row in `SyncVersion`. */
export function versionId(object: string, id: string): string {
  return `${object}:${id}`;
}

/** The id of the row in `SyncBefore` that a commit wrote for a record. */
export function beforeId(object: string, id: string, sequence: number): string {
  return `${object}:${id}:${sequence}`;
}

/** The fields of `before` that are others in `after`. */
function changedFields(before: StoredRecord, after: StoredRecord): StoredRecord {
  const patch: Record<string, unknown> = {};
  for (const name in before) if (!isSameJson(before[name], after[name])) patch[name] = before[name];
  return patch;
}

function note(commit: OpenCommit, { object, id, before, after }: OpenChange): void {
  const { sequence } = commit;
  const key = versionId(object, id);
  const known = commit.find('SyncVersion', key);
  // Of a record that is new there is nothing to tell, which its version says by itself.
  const isBorn = before === undefined && known === undefined;
  if (!isBorn) {
    const patch = before === undefined ? null : after === undefined ? before : changedFields(before, after);
    commit.put('SyncBefore', beforeId(object, id, sequence), {
      Object: object,
      RecordId: id,
      Sequence: sequence,
      Previous: known?.Sequence ?? null,
      At: commit.now,
      Patch: patch === null ? null : JSON.stringify(patch),
    });
  }
  const moved = { Sequence: sequence, Purged: after === undefined };
  commit.put(
    'SyncVersion',
    key,
    known === undefined ? { Object: object, RecordId: id, Born: isBorn ? sequence : null, ...moved } : moved,
  );
}

/** Notes the commit that changed each record last, and what was there before, whoever writes. */
export function keepBook(commit: OpenCommit): void {
  for (const change of commit.changes) {
    if (isSyncObject(change.object)) continue;
    if (change.before === undefined && change.after === undefined) continue;
    note(commit, change);
  }
}
