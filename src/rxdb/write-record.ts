import { insertNew } from '../engine/calls/create.ts';
import { deleteInUnit } from '../engine/calls/delete.ts';
import { assertUnique, canonicalId } from '../engine/calls/locate.ts';
import { trackCreate } from '../engine/calls/track.ts';
import { undeleteInUnit } from '../engine/calls/undelete.ts';
import { updateInUnit } from '../engine/calls/update.ts';
import type { ObjectDefinition } from '../engine/definition/define-object.ts';
import type { Call } from '../engine/definition/definition.ts';
import { must } from '../engine/ground/assert.ts';
import { createError } from '../engine/ground/errors.ts';
import { isSameJson, type StoredRecord } from '../engine/record/record.ts';
import type { Entity, Store } from '../engine/store/store.ts';
import type { Unit } from '../engine/store/unit.ts';
import { isRequired } from '../engine/write/required-fields.ts';
import type { DocumentEntry } from './document-entry.ts';
import type { AnyWriteRow } from './document-layout.ts';

/** A row that is to become a record. */
export interface RecordWrite {
  readonly store: Store;
  readonly unit: Unit;
  readonly entity: Entity;
  readonly id: string;
  readonly row: AnyWriteRow;
  readonly held: DocumentEntry | undefined;
  readonly context: string;
}

/** What RxDB calls the writes of a replication that brings documents from elsewhere. */
const DOWNSTREAM = 'replication-downstream-';

/**
 * Makes of a row the call that it stands for: create, update, delete or undelete, by the object's own rules. What a replication
 * brings is taken as its source has it, names and dates too, and no rule runs. Throws what the call throws.
 */
export function writeRecord(write: RecordWrite): void {
  const { store, unit, entity, id, row, held, context } = write;
  if (canonicalId(entity, id) !== id)
    throw createError('MALFORMED_ID', 'a document is called by its whole id, as records have it', [
      entity.definition.roles.id,
    ]);
  if (context.startsWith(DOWNSTREAM)) return takeIn(write);
  const allow = (call: Call) => {
    if (!entity.definition.calls.has(call))
      throw createError('METHOD_NOT_ALLOWED', `${entity.definition.name} does not support ${call}()`);
  };
  const slot = entity.table.slotOf(id);
  const isLive = slot !== undefined && !entity.table.isDeleted(slot);
  if (row.document._deleted) {
    if (!isLive) return;
    allow('delete');
    deleteInUnit(store, unit, entity, slot, store.moment());
    return;
  }
  if (slot !== undefined && !isLive) {
    allow('undelete');
    undeleteInUnit(store, unit, entity, id);
  }
  allow(slot === undefined ? 'create' : 'update');
  if (slot === undefined) create(write);
  else update(write, slot, held);
}

function create({ store, unit, entity, id, row }: RecordWrite): void {
  const moment = store.moment();
  const { definition, writer } = entity;
  const record = writer.create(fieldsOf(definition, row.document), moment, id);
  insertNew(unit, entity, record);
  trackCreate(store, unit, entity, record, moment);
}

/**
 * Of an update RxDB sends the whole document: what it changed is what differs from the one that it changed. Who puts another document
 * in the place of one, as an upsert does, leaves out what is the engine's to fill: that stays.
 */
function update({ store, unit, entity, row }: RecordWrite, slot: number, held: DocumentEntry | undefined): void {
  const { definition } = entity;
  const before = fieldsOf(definition, row.previous ?? held?.document ?? {});
  const after = fieldsOf(definition, row.document);
  const changes: Record<string, unknown> = {};
  for (const name of Object.keys(before)) if (!(name in after) && isTakenAway(definition, name)) changes[name] = null;
  for (const name of Object.keys(after))
    if (!isSameJson(before[name] ?? null, after[name] ?? null)) changes[name] = after[name] ?? null;
  if (Object.keys(changes).length > 0) updateInUnit(store, unit, entity, slot, changes);
}

/** Whether a field that a document no longer has is null from then on, or refused where it must not be. */
export function isTakenAway({ fieldsByName }: ObjectDefinition, name: string): boolean {
  const field = fieldsByName.get(name);
  return field === undefined || (field.updateable && (field.nillable || isRequired(field)));
}

/** As the source has it, one record at a time: what goes with a parent it tells of by itself. */
function takeIn({ store, unit, entity, id, row }: RecordWrite): void {
  const { table, writer, definition } = entity;
  const moment = store.moment();
  const slot = table.slotOf(id);
  const before = slot === undefined ? undefined : must(table.row(slot), 'a slot of an id holds its record');
  const isHeldLive = slot !== undefined && !table.isDeleted(slot);
  if (row.document._deleted) {
    if (isHeldLive && before !== undefined) unit.replace(table, slot, writer.setDeleted(before, true, moment));
    return;
  }
  const given: Record<string, unknown> = { ...fieldsOf(definition, row.document), [definition.roles.id]: id };
  // What a document no longer has is null.
  if (before !== undefined)
    for (const { name, nillable, system } of definition.fields) if (nillable && !system) given[name] ??= null;
  const taken = writer.import(given, before, moment, { ignored: new Map() });
  if (slot === undefined) return insertNew(unit, entity, taken);
  if (isHeldLive && taken === before) return;
  const record = isHeldLive ? taken : writer.setDeleted(taken, false, moment);
  assertUnique(entity, record, slot);
  unit.replace(table, slot, record);
}

/** The fields of a document that are the application's, without the id. */
export function fieldsOf({ roles }: ObjectDefinition, document: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(document))
    if (!name.startsWith('_') && name !== roles.id) fields[name] = value;
  return fields;
}

/** Whether a record holds what a document says, and nothing that it does not. */
export function isAsWritten({ fields, roles }: ObjectDefinition, record: StoredRecord, document: object): boolean {
  const said = document as StoredRecord;
  return fields.every(
    ({ name }) => name === roles.id || name === roles.deleted || isSameJson(record[name] ?? null, said[name] ?? null),
  );
}
