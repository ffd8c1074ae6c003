import { DELETED, DELETED_WITH, PURGED, toDocument } from './document.ts';
import type { ChangeRow, SyncStore } from './sync-store.ts';
import type { PushRow, WireDocument } from './wire.ts';

type Values = Record<string, unknown>;

const NONE: Readonly<Values> = {};

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
export function toRow(at: SyncStore, change: ChangeRow, choice: RowChoice): PushRow {
  const base = change.Base === null ? undefined : (JSON.parse(change.Base) as Values);
  const sent = change.Sent === null ? NONE : (JSON.parse(change.Sent) as Values);
  if (change.Kind === 'purge' && !(DELETED in sent)) {
    const id = { [at.entity(change.Object).definition.roles.id]: change.RecordId };
    return {
      object: change.Object,
      assumedMasterState: { ...id, [DELETED]: base?.[DELETED] ?? true },
      newDocumentState: { ...id, [DELETED]: true, [PURGED]: true },
    };
  }
  return choice.isWhole || choice.isStrict
    ? wholeRow(at, change, { base, sent }, choice)
    : partialRow(at, change, { base, sent }, choice.root);
}

/** What the fields held that were changed, and what was sent of those that have changed again. */
interface Noted {
  readonly base: Values | undefined;
  readonly sent: Values;
}

/** The fields that were changed, or all that a client owns of a record made here: read one by one, as most rows are these. */
function partialRow(at: SyncStore, change: ChangeRow, { base, sent }: Noted, root: RowChoice['root']): PushRow {
  const { definition, serverFields } = at.entity(change.Object);
  const { id: idField, deleted } = definition.roles;
  const record = at.record(change.Object, change.RecordId);
  const held = record ?? (change.Mine === null ? NONE : (JSON.parse(change.Mine) as Values));
  const next: Values = { [idField]: change.RecordId };
  const take = (name: string) => {
    if (serverFields.has(name)) return;
    if (name in sent) next[name] = sent[name];
    else if (name === DELETED && record !== undefined) next[name] = record[deleted] === true;
    else if (name in held) next[name] = held[name];
  };
  for (const name in base ?? held) if (name !== deleted || record === undefined) take(name);
  if (base === undefined) {
    for (const name in sent) take(name);
    if (record !== undefined) take(DELETED);
  }
  if (root !== undefined) next[DELETED_WITH] = root;
  if (base === undefined) return { object: change.Object, newDocumentState: next as WireDocument };
  const assumedMasterState = { [idField]: change.RecordId, ...base };
  return { object: change.Object, assumedMasterState, newDocumentState: next as WireDocument };
}

/** For a far side that has to know of more than what was changed. */
function wholeRow(at: SyncStore, change: ChangeRow, { base, sent }: Noted, { isWhole, root }: RowChoice): PushRow {
  const { definition, serverFields } = at.entity(change.Object);
  const id = { [definition.roles.id]: change.RecordId };
  const record = at.record(change.Object, change.RecordId);
  const mine: Values = change.Mine === null ? {} : (JSON.parse(change.Mine) as Values);
  const held = record === undefined ? mine : toDocument(definition, record);
  const whole: Values = { ...held, ...sent, ...(root !== undefined && { [DELETED_WITH]: root }) };
  const isSent = (name: string) => isWhole || (!serverFields.has(name) && (base === undefined || name in base));
  const next: Values = { ...id };
  for (const name of Object.keys(whole)) if (isSent(name) || name === DELETED_WITH) next[name] = whole[name];
  if (isWhole) next[DELETED] ??= false;
  if (base === undefined) return { object: change.Object, newDocumentState: next as WireDocument };
  const assumed: Values = { ...id };
  for (const name of Object.keys(whole)) if (isWhole || !serverFields.has(name)) assumed[name] = whole[name];
  Object.assign(assumed, base);
  return { object: change.Object, assumedMasterState: assumed, newDocumentState: next as WireDocument };
}
