import type { ObjectDefinition } from '../engine/definition/define-object.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import { DELETED, DELETED_WITH, PURGED } from './document.ts';
import type { ChangeRow, SyncStore } from './sync-store.ts';
import type { PushRow, WireDocument } from './wire.ts';

type Values = Record<string, unknown>;

const NONE: Values = {};

/**
 * The changes to send next, by commit, as ids of their entries. What a person has to see to first holds back the others of its
 * commit, and no other commit. A commit of more rows than `most` is sent row by row, and not taken whole; one of more than `rows`
 * goes alone.
 */
export function nextCommits(
  at: SyncStore,
  objects: readonly string[],
  rows: number,
  most: number,
): readonly (readonly string[])[] {
  const held = new Set(at.changes({ State: { $in: ['conflict', 'rejected'] } }).map(({ Commit }) => Commit));
  const others = held.size === 0 ? {} : { Commit: { $nin: [...held] } };
  const find = (limit: number) => at.changes({ State: 'pending', Object: { $in: objects }, ...others }, limit + 1);
  const commits = byCommit(find(rows));
  if (commits.flat().length <= rows) return commits;
  if (commits.length > 1) return commits.slice(0, -1);
  const [first = [], ...after] = byCommit(find(most));
  return after.length > 0 || first.length <= most ? [first] : first.slice(0, rows).map((id) => [id]);
}

function byCommit(found: readonly ChangeRow[]): string[][] {
  const commits: string[][] = [];
  let number: number | undefined;
  for (const change of found) {
    if (change.Commit !== number) commits.push([]);
    number = change.Commit;
    commits.at(-1)?.push(change.Id);
  }
  return commits;
}

/** What is sent of one change. */
export interface RowChoice {
  /** Whether both states are sent whole, for a far side that knows no partial ones. */
  readonly isWhole: boolean;
  /** The record with which it went to the bin. */
  readonly root: readonly [object: string, id: string] | undefined;
  /** The fields that were sent, where it has been sent before; all that were written when undefined. */
  readonly fields?: readonly string[] | undefined;
}

/** The names of the fields that a change sends; undefined for a record that is sent whole. */
export function fieldsOfChange({ Base }: ChangeRow): readonly string[] | undefined {
  return Base === null ? undefined : Object.keys(JSON.parse(Base) as Values);
}

const ordered = new WeakMap<ObjectDefinition, readonly string[]>();

/** All names in the order in which documents have them, whatever was written in which order. */
function namesInOrder(definition: ObjectDefinition): readonly string[] {
  let names = ordered.get(definition);
  if (names === undefined) {
    const { id, deleted } = definition.roles;
    names = [...definition.fields.map(({ name }) => name).filter((name) => name !== id && name !== deleted), DELETED];
    ordered.set(definition, names);
  }
  return names;
}

/** The record with which that of a change went to the bin. */
export function rootOfChange(at: SyncStore, change: ChangeRow): readonly [object: string, id: string] | undefined {
  const root = at.entity(change.Object).entity.table.deletedWith.get(change.RecordId);
  return root === undefined ? undefined : [root.object, root.id];
}

/** One change as it is sent; the same to the letter as long as it is on its way, whatever is written meanwhile. */
export function toRow(at: SyncStore, change: ChangeRow, { isWhole, root, fields }: RowChoice): PushRow {
  const { definition, serverFields } = at.entity(change.Object);
  const id = { [definition.roles.id]: change.RecordId };
  const base = change.Base === null ? undefined : only(JSON.parse(change.Base) as Values, fields);
  const sent = change.Sent === null ? NONE : (JSON.parse(change.Sent) as Values);
  if (PURGED in sent || (change.Kind === 'purge' && !(DELETED in sent)))
    return {
      object: change.Object,
      assumedMasterState: { ...id, [DELETED]: (base?.[DELETED] ?? true) === true },
      newDocumentState: { ...id, [DELETED]: true, [PURGED]: true },
    };
  const record = at.record(change.Object, change.RecordId);
  if (base === undefined && sent === NONE && record !== undefined && !isWhole)
    return { object: change.Object, newDocumentState: newDocument(at, change, record, root) };
  const { has, value } = valuesOf(at, change, sent);
  const isOwn = (name: string) => !serverFields.has(name);
  const next: Values = { ...id };
  const assumed: Values = { ...id };
  // Read one by one, as most rows are of a few fields.
  for (const name of namesInOrder(definition)) {
    const isWritten = base === undefined || name in base;
    if (has(name) && (isWhole || (isWritten && isOwn(name)))) next[name] = value(name);
    if (base !== undefined && name in base) assumed[name] = base[name];
    else if (isWhole && has(name)) assumed[name] = value(name);
  }
  if (isWhole) next[DELETED] ??= false;
  if (root !== undefined) next[DELETED_WITH] = root;
  if (base === undefined) return { object: change.Object, newDocumentState: next as WireDocument };
  return { object: change.Object, assumedMasterState: assumed, newDocumentState: next as WireDocument };
}

const owned = new WeakMap<ObjectDefinition, readonly string[]>();

/** A record that was made here, as most are that are sent many at once: of the fields that a client owns, without a look at each. */
function newDocument(at: SyncStore, change: ChangeRow, record: StoredRecord, root: RowChoice['root']): WireDocument {
  const { definition, serverFields } = at.entity(change.Object);
  let names = owned.get(definition);
  if (names === undefined) {
    names = namesInOrder(definition).filter((name) => name !== DELETED && !serverFields.has(name));
    owned.set(definition, names);
  }
  const document: Values = { [definition.roles.id]: change.RecordId };
  for (let i = 0; i < names.length; i++) document[names[i] as string] = record[names[i] as string];
  document[DELETED] = record[definition.roles.deleted] === true;
  if (root !== undefined) document[DELETED_WITH] = root;
  return document as WireDocument;
}

/** What a record holds, or held when it was sent, by the names of documents. */
function valuesOf(at: SyncStore, change: ChangeRow, sent: Values) {
  const { deleted } = at.entity(change.Object).definition.roles;
  const record = at.record(change.Object, change.RecordId);
  const mine: Values = change.Mine === null ? NONE : (JSON.parse(change.Mine) as Values);
  const isHeld = (name: string) => (record === undefined ? name in mine : name === DELETED || name in record);
  return {
    has: (name: string) => name in sent || isHeld(name),
    value(name: string): unknown {
      if (name in sent) return sent[name];
      if (record === undefined) return mine[name];
      return name === DELETED ? record[deleted] === true : record[name];
    },
  };
}

function only(values: Values, names: readonly string[] | undefined): Values {
  if (names === undefined) return values;
  return Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]));
}
