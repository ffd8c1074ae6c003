import { DELETED, DELETED_WITH, PURGED, toDocument } from './document.ts';
import type { ChangeRow, SyncStore } from './sync-store.ts';
import type { PushRow, WireDocument } from './wire.ts';

type Values = Record<string, unknown>;

/**
 * The changes to send next, by commit, as ids of their entries. What a person has to see to first holds back the others of its
 * commit, and no other commit. A commit of more rows than are sent at once is sent row by row, and not taken whole.
 */
export function nextCommits(at: SyncStore, objects: readonly string[], rows: number): readonly (readonly string[])[] {
  const held = new Set(at.changes({ State: { $in: ['conflict', 'rejected'] } }).map(({ Commit }) => Commit));
  const others = held.size === 0 ? {} : { Commit: { $nin: [...held] } };
  const found = at.changes({ State: 'pending', Object: { $in: objects }, ...others }, rows + 1);
  const commits: string[][] = [];
  let number: number | undefined;
  for (const change of found) {
    if (change.Commit !== number) commits.push([]);
    number = change.Commit;
    commits.at(-1)?.push(change.Id);
  }
  if (found.length <= rows) return commits;
  const last = commits.pop() as string[];
  return commits.length > 0 ? commits : last.slice(0, rows).map((id) => [id]);
}

/** What is sent of one change. */
export interface RowChoice {
  /** Whether both states are sent whole, for a far side that knows no partial ones. */
  readonly isWhole: boolean;
  /** Whether any change of the server's to the record is to count as a conflict, and not one to the same fields alone. */
  readonly isStrict: boolean;
  /** The record with which it went to the bin. */
  readonly root: readonly [object: string, id: string] | undefined;
}

/** The record with which that of a change went to the bin. */
export function rootOfChange(at: SyncStore, change: ChangeRow): readonly [object: string, id: string] | undefined {
  const root = at.entity(change.Object).entity.table.deletedWith.get(change.RecordId);
  return root === undefined ? undefined : [root.object, root.id];
}

/** One change as it is sent; the same as long as it is on its way, whatever is written meanwhile. */
export function toRow(at: SyncStore, change: ChangeRow, { isWhole, isStrict, root }: RowChoice): PushRow {
  const { definition, serverFields } = at.entity(change.Object);
  const idField = definition.roles.id;
  const id = { [idField]: change.RecordId };
  const base = change.Base === null ? undefined : (JSON.parse(change.Base) as Values);
  const record = at.record(change.Object, change.RecordId);
  const sent = change.Sent === null ? {} : (JSON.parse(change.Sent) as Values);
  const mine: Values = change.Mine === null ? {} : (JSON.parse(change.Mine) as Values);
  const held = record === undefined ? mine : toDocument(definition, record);
  const whole: Values = { ...held, ...sent, ...(root !== undefined && { [DELETED_WITH]: root }) };
  if (change.Kind === 'purge' && !(DELETED in sent))
    return {
      object: change.Object,
      assumedMasterState: { ...id, [DELETED]: base?.[DELETED] ?? true },
      newDocumentState: { ...id, [DELETED]: true, [PURGED]: true },
    };
  const isSent = (name: string) => isWhole || (!serverFields.has(name) && (base === undefined || name in base));
  const next: Values = { ...id };
  for (const name of Object.keys(whole)) if (isSent(name) || name === DELETED_WITH) next[name] = whole[name];
  if (isWhole) next[DELETED] ??= false;
  if (base === undefined) return { object: change.Object, newDocumentState: next as WireDocument };
  const assumed: Values = { ...id };
  if (isWhole || isStrict)
    for (const name of Object.keys(whole)) if (isWhole || !serverFields.has(name)) assumed[name] = whole[name];
  Object.assign(assumed, base);
  return { object: change.Object, assumedMasterState: assumed, newDocumentState: next as WireDocument };
}
