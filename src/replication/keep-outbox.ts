import type { BookedObject, OpenChange, OpenCommit } from '../engine/definition/definition.ts';
import { isSameJson } from '../engine/record/record.ts';
import { provisionalName } from '../engine/write/autonumber.ts';
import { changeKey } from './change-key.ts';
import { DELETED, PURGED, serverFieldsOf } from './document.ts';
import { openedChange } from './opened-change.ts';
import { bookedScope } from './sync-scope.ts';

type Values = Record<string, unknown>;
type Entry = Readonly<Record<string, unknown>>;

/** The source that sync's own commits name. */
export const SYNC_SOURCE = 'sync';
/** Places in a commit's order. */
const OUTBOX = 'SyncChange';
const BOOKS: ReadonlySet<string> = new Set([OUTBOX, 'SyncState', 'SyncConflict', 'SyncQuarantine']);

/**
 * Notes in the outbox what a commit changes of objects that are synced, within the same commit, so that a write and the knowledge
 * that it is yet to be sent are kept together or not at all. What is noted is small: what the server is taken to hold in the
 * fields that changed. What they are now stands in the record itself.
 */
export function keepOutbox(commit: OpenCommit): void {
  if (commit.source === SYNC_SOURCE) return;
  const scope = bookedScope(commit);
  // A commit that touches the outbox itself is one of sync's, made in another tab.
  if (scope.objects.size === 0 || commit.changes.some(({ object }) => BOOKS.has(object))) return;
  const touched: string[] = [];
  for (const change of commit.changes) {
    const object = scope.objects.has(change.object) ? commit.object(change.object) : undefined;
    if (object !== undefined && noteChange(commit, object, change, scope.inFlight))
      touched.push(changeKey(change.object, change.id));
  }
  joinCommit(commit, touched);
}

/** Whether the record has a place in the outbox now. */
function noteChange(
  commit: OpenCommit,
  object: BookedObject,
  change: OpenChange,
  inFlight: ReadonlySet<string>,
): boolean {
  const key = changeKey(change.object, change.id);
  const entry = commit.find(OUTBOX, key);
  if (change.before === undefined)
    return noteCreate(commit, object, change, { key, entry, isSending: inFlight.has(key) });
  const changed = changedFields(object, change);
  if (Object.keys(changed).length === 0) return false;
  if (entry === undefined) {
    commit.put(OUTBOX, key, opened(commit, change, kindOf(object, changed, change), changed));
    return true;
  }
  const isSending = inFlight.has(key);
  const base = entry.Base === null ? undefined : { ...changed, ...read(entry.Base) };
  if (change.after === undefined && base === undefined && !isSending) {
    // Made and gone again before the server heard of it.
    commit.remove(OUTBOX, key);
    return false;
  }
  const sent = isSending ? { ...sentFields(object, change, base, changed), ...read(entry.Sent) } : undefined;
  if (base !== undefined && !isSending) dropReverted(object, base, change);
  if (base !== undefined && Object.keys(base).length === 0) {
    commit.remove(OUTBOX, key);
    return false;
  }
  commit.put(OUTBOX, key, {
    Kind: base === undefined && change.after !== undefined ? 'create' : kindOf(object, base ?? {}, change),
    Base: base === undefined ? null : JSON.stringify(base),
    Sent: sent === undefined ? entry.Sent : JSON.stringify(sent),
    // What was refused is tried again once it is something else.
    ...(entry.State === 'rejected' && { State: 'pending', Code: null, Message: null, Mine: null }),
  });
  return true;
}

function read(json: unknown): Values {
  return json === null ? {} : (JSON.parse(json as string) as Values);
}

/** Of a record that changes while it is on its way: what is being sent, in fields that no longer stand in it. */
function sentFields(
  object: BookedObject,
  { before, after }: OpenChange,
  base: Values | undefined,
  changed: Values,
): Values {
  if (after !== undefined || before === undefined) return changed;
  const server = serverFieldsOf(object);
  const own = object.fields.map(({ name }) => name).filter((name) => !server.has(name));
  const document: Values = { [DELETED]: before[object.roles.deleted] === true };
  for (const name of own)
    if (name !== object.roles.deleted && (base === undefined || name in base)) document[name] = before[name];
  return document;
}

function noteCreate(
  commit: OpenCommit,
  object: BookedObject,
  change: OpenChange,
  { key, entry, isSending }: { readonly key: string; readonly entry: Entry | undefined; readonly isSending: boolean },
): boolean {
  // Of one that is put back while its purge is on its way it is the purge that is answered.
  const isRemade = isSending && entry?.Kind === 'purge';
  const values = isRemade
    ? { Kind: 'create', Sent: JSON.stringify({ ...read(entry.Sent), [PURGED]: true }) }
    : { Kind: 'create', Base: null };
  commit.put(OUTBOX, key, entry === undefined ? opened(commit, change, 'create', undefined) : values);
  if (commit.source === 'import') return true;
  // Numbers are the server's to give.
  const names = numberedOf(object).filter((name) => typeof change.after?.[name] === 'string');
  if (names.length > 0)
    commit.put(change.object, change.id, Object.fromEntries(names.map((name) => [name, provisionalName(change.id)])));
  return true;
}

const numberedKnown = new WeakMap<BookedObject, readonly string[]>();

/** The fields of an object that are numbered; looked for once. */
function numberedOf(object: BookedObject): readonly string[] {
  let known = numberedKnown.get(object);
  if (known === undefined) {
    known = object.fields.filter(({ autoNumber }) => autoNumber).map(({ name }) => name);
    numberedKnown.set(object, known);
  }
  return known;
}

function opened(commit: OpenCommit, { object, id }: OpenChange, kind: string, base: Values | undefined): Entry {
  return openedChange({ object, id, kind, commit: commit.sequence, since: commit.now, base });
}

/** The fields that a client owns and that differ, as they were; of a record that is gone, whether it had been deleted. */
function changedFields(object: BookedObject, { before, after }: OpenChange): Values {
  const { roles, fields } = object;
  const was: Values = {};
  if (before === undefined) return was;
  if (after === undefined) return { [DELETED]: before[roles.deleted] === true };
  const server = serverFieldsOf(object);
  for (const { name } of fields) {
    if (server.has(name) || isSameJson(before[name], after[name])) continue;
    if (name === roles.deleted) was[DELETED] = before[name] === true;
    else was[name] = before[name];
  }
  return was;
}

/** Forgets fields that are again what the server is taken to hold. */
function dropReverted({ roles }: BookedObject, base: Values, { after }: OpenChange): void {
  if (after === undefined) return;
  for (const name of Object.keys(base)) {
    const now = name === DELETED ? after[roles.deleted] === true : after[name];
    if (isSameJson(base[name], now)) delete base[name];
  }
}

function kindOf({ roles }: BookedObject, base: Values, { after }: OpenChange): string {
  if (after === undefined) return 'purge';
  if (!(DELETED in base)) return 'update';
  return after[roles.deleted] === true ? 'delete' : 'undelete';
}

/**
 * Has what one commit changed be sent together. A record that waits already belongs to an earlier commit; what is changed with
 * it joins that one, and where two meet they become one: neither could be sent whole without the other.
 */
function joinCommit(commit: OpenCommit, keys: readonly string[]): void {
  if (keys.length < 2) return;
  const numbers = new Set(keys.map((key) => commit.find(OUTBOX, key)?.Commit as number));
  if (numbers.size < 2) return;
  const first = Math.min(...numbers);
  numbers.delete(first);
  const own = new Set(keys);
  const hasOthers = [...numbers].some((number) => number !== commit.sequence);
  for (const key of own) commit.put(OUTBOX, key, { Commit: first });
  if (!hasOthers) return;
  for (const { Id, Commit } of [...commit.all(OUTBOX)])
    if (numbers.has(Commit as number) && !own.has(Id as string)) commit.put(OUTBOX, Id as string, { Commit: first });
}
