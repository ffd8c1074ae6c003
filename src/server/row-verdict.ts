import { EngineError } from '../engine/ground/errors.ts';
import { isSameJson, type StoredRecord } from '../engine/record/record.ts';
import type { RecordName } from '../engine/store/cascade-memory.ts';
import type { Entity } from '../engine/store/store.ts';
import type { WriteMoment } from '../engine/write/record-writer.ts';
import { DELETED, DELETED_WITH, PURGED, rootOf, toDocument } from '../replication/document.ts';
import type { RowAnswer, WireDocument } from '../replication/wire.ts';

const UNDERSCORE = 95;

/** One change that is asked for. */
export interface MasterRow {
  readonly object: string;
  readonly id: string;
  readonly assumed: WireDocument | undefined;
  readonly next: WireDocument;
  /** Whether both states are whole, as RxDB sends them: a record that is not held is then made. */
  readonly isWhole: boolean;
}

/** What a master holds of a row's record. */
export interface Held {
  readonly record: StoredRecord | undefined;
  readonly root?: RecordName | undefined;
  /** Whether it was there and is gone for good. */
  readonly isPurged: boolean;
}

export type Verdict =
  | { readonly kind: 'put'; readonly record: StoredRecord; readonly root: RecordName | undefined }
  | { readonly kind: 'purge' }
  /** Nothing is to be done: it is so already. */
  | { readonly kind: 'same' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly answer: RowAnswer };

export interface VerdictScope {
  readonly entity: Entity;
  readonly serverFields: ReadonlySet<string>;
  readonly moment: WriteMoment;
}

/**
 * What is to be done with a row, by what is held: the fields that the client assumed must be those held, all else may have
 * changed. A row that was carried out before finds what it wants there already and is `same`, however often it comes.
 */
export function judgeRow(scope: VerdictScope, row: MasterRow, held: Held): Verdict {
  const { definition } = scope.entity;
  const { record: current } = held;
  if (row.next[PURGED] === true) return judgePurge(scope, row, held);
  if (held.isPurged) return refused('ENTITY_IS_DELETED', 'the record is gone for good, and cannot be written');
  if (current === undefined) {
    if (row.assumed !== undefined && !row.isWhole) return { kind: 'missing' };
    return put(scope, row, held);
  }
  const now = toDocument(definition, current, held.root);
  const isOwn = (name: string) =>
    name !== definition.roles.id && name !== DELETED_WITH && !scope.serverFields.has(name);
  const isAsNow = (document: WireDocument) =>
    Object.keys(document).every((name) => !isOwn(name) || isSameJson(document[name] ?? null, now[name] ?? null));
  if (isAsNow(row.next)) return { kind: 'same' };
  if (row.assumed === undefined || !isAsNow(row.assumed)) return { kind: 'conflict' };
  return put(scope, row, held);
}

/** Whoever brought the record back from the bin meanwhile has the last word. */
function judgePurge({ entity }: VerdictScope, { assumed }: MasterRow, { record }: Held): Verdict {
  if (record === undefined) return { kind: 'same' };
  const isDeleted = record[entity.definition.roles.deleted] === true;
  return isDeleted || assumed?.[DELETED] === false ? { kind: 'purge' } : { kind: 'conflict' };
}

function refused(code: string, message: string, fields: readonly string[] = []): Verdict {
  return { kind: 'refused', answer: { status: 'refused', code, message, fields: [...fields] } };
}

function put(scope: VerdictScope, row: MasterRow, { record: before }: Held): Verdict {
  const { entity, moment } = scope;
  const notes = { ignored: new Map<string, number>() };
  const values = valuesOf(scope, row, before === undefined, notes.ignored);
  try {
    const record = entity.writer.importValues(values, before, moment, notes);
    if (notes.ignored.size > 0)
      return refused('INVALID_FIELD', `${entity.definition.name} has no such field on the server`, [
        ...notes.ignored.keys(),
      ]);
    const root = row.next[DELETED] === true ? rootOf(row.next) : undefined;
    return { kind: 'put', record, root };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return refused(
      error.code,
      error.message,
      error.issues.flatMap(({ fields }) => fields),
    );
  }
}

/** What a row gives, and what the server sets, in the order of the definition's fields. `ignored`: hears of fields that there are not. */
function valuesOf(
  { entity, serverFields, moment }: VerdictScope,
  { id, next, assumed, isWhole }: MasterRow,
  isNew: boolean,
  ignored: Map<string, number>,
): unknown[] {
  const { definition, writer } = entity;
  const { roles } = definition;
  const values = new Array<unknown>(definition.fields.length).fill(undefined);
  const set = (name: string, value: unknown) => {
    const at = writer.placeOf(name);
    if (at === undefined) ignored.set(name.slice(0, 80), 1);
    else values[at] = value;
  };
  // By for-in and by place: to copy each document first costs more than to check it.
  for (const name in next) {
    if (name === DELETED) set(roles.deleted, next[name] === true);
    else if (isField(name) && !serverFields.has(name)) set(name, next[name]);
  }
  if (assumed !== undefined && isWhole)
    for (const name in assumed) if (isField(name) && !(name in next) && !serverFields.has(name)) set(name, null);
  set(roles.id, id);
  const stamp = (name: string | undefined, value: unknown) => {
    if (name !== undefined && serverFields.has(name)) set(name, value);
  };
  stamp(roles.stamp, moment.now);
  stamp(roles.modified, moment.now);
  stamp(roles.modifiedBy, moment.user);
  if (isNew) stamp(roles.created, moment.now);
  if (isNew) stamp(roles.createdBy, moment.user);
  return values;
}

/** Whether a name of a document is a field's; those that begin so are the document's own. */
function isField(name: string): boolean {
  return name.charCodeAt(0) !== UNDERSCORE;
}

/**
 * Whether a record that was made is to the letter what its client sent, but for fields that it did not send and the answer says: then
 * that client holds all of it.
 */
export function isAsSent({ entity, serverFields }: VerdictScope, next: WireDocument, record: StoredRecord): boolean {
  const { deleted } = entity.definition.roles;
  if (record[deleted] === true || next[DELETED] === true) return false;
  for (const name in record) {
    if (name === deleted) continue;
    const sent = next[name];
    if (sent === undefined ? !serverFields.has(name) : !isSameJson(record[name], sent)) return false;
  }
  return true;
}

/** The fields that a master has set in a record, for the client to take over. */
export function setFields({ serverFields }: VerdictScope, record: StoredRecord): WireDocument {
  const set: Record<string, unknown> = {};
  for (const name of serverFields) set[name] = record[name] ?? null;
  return set as WireDocument;
}
