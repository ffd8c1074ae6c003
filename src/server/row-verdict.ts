import { EngineError } from '../engine/ground/errors.ts';
import { isSameJson, type StoredRecord } from '../engine/record/record.ts';
import type { RecordName } from '../engine/store/cascade-memory.ts';
import type { Entity } from '../engine/store/store.ts';
import type { WriteMoment } from '../engine/write/record-writer.ts';
import { DELETED, DELETED_WITH, PURGED, rootOf, toDocument, toFields } from '../replication/document.ts';
import type { RowAnswer, WireDocument } from '../replication/wire.ts';

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

function put({ entity, serverFields, moment }: VerdictScope, row: MasterRow, { record: before }: Held): Verdict {
  const { definition, writer } = entity;
  const { roles } = definition;
  const input = toFields(definition, row.next);
  if (row.assumed !== undefined && row.isWhole)
    for (const name of Object.keys(toFields(definition, row.assumed))) if (!(name in input)) input[name] = null;
  for (const name of serverFields) if (name in input) delete input[name];
  input[roles.id] = row.id;
  const stamps: [string | undefined, unknown][] = [
    [roles.stamp, moment.now],
    [roles.modified, moment.now],
    [roles.modifiedBy, moment.user],
  ];
  if (before === undefined) stamps.push([roles.created, moment.now], [roles.createdBy, moment.user]);
  for (const [name, value] of stamps) if (name !== undefined && serverFields.has(name)) input[name] = value;
  const notes = { ignored: new Map<string, number>() };
  try {
    const record = writer.import(input, before, moment, notes);
    if (notes.ignored.size > 0)
      return refused('INVALID_FIELD', `${definition.name} has no such field on the server`, [...notes.ignored.keys()]);
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

/** The fields that a master has set in a record, for the client to take over. */
export function setFields({ serverFields }: VerdictScope, record: StoredRecord): WireDocument {
  const set: Record<string, unknown> = {};
  for (const name of serverFields) set[name] = record[name] ?? null;
  return set as WireDocument;
}
