import { must } from '../ground/assert.ts';
import { createError } from '../ground/errors.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Entity, Store } from '../store/store.ts';
import type { Unit } from '../store/unit.ts';
import { assertUnique, locateLive } from './locate.ts';
import { type SaveResult, succeeded, type WriteOptions } from './results.ts';
import { mayTouchTracked, trackUpdate } from './track.ts';
import { writeEach } from './write-each.ts';

function givenId(entity: Entity, input: unknown): unknown {
  const name = entity.definition.roles.id;
  return typeof input === 'object' && input !== null && Object.hasOwn(input, name)
    ? (input as StoredRecord)[name]
    : undefined;
}

/** Changes the record in `slot` by the fields of `input`, with what follows from it. */
export function updateInUnit(store: Store, unit: Unit, entity: Entity, slot: number, input: unknown): string {
  const moment = store.moment();
  const before = must(entity.table.row(slot), 'a located record is held');
  const after = entity.writer.update(before, input, moment);
  assertUnique(entity, after, slot);
  unit.replace(entity.table, slot, after);
  if (mayTouchTracked(entity, input)) trackUpdate(store, unit, entity, before, after, moment);
  return after[entity.definition.roles.id] as string;
}

function updateOne(store: Store, unit: Unit, entity: Entity, input: unknown): string {
  const id = givenId(entity, input);
  const name = entity.definition.roles.id;
  if (id === undefined || id === null)
    throw createError('MALFORMED_ID', `${name} not specified in an update call`, [name]);
  return updateInUnit(store, unit, entity, locateLive(entity, id), input);
}

export function updateRecords(
  store: Store,
  entity: Entity,
  inputs: readonly unknown[],
  options: WriteOptions,
): SaveResult[] {
  const idOf = (input: unknown) => {
    const id = givenId(entity, input);
    return typeof id === 'string' ? id : null;
  };
  return writeEach(store, inputs, options, idOf, (unit, input) => updateOne(store, unit, entity, input));
}

/** One record. Throws what is wrong with it. */
export function updateRecord(store: Store, entity: Entity, input: unknown): SaveResult {
  return store.write((unit) => succeeded(updateOne(store, unit, entity, input)));
}
