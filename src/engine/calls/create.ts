import { must } from '../ground/assert.ts';
import { createError, EngineError } from '../ground/errors.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Entity, Store } from '../store/store.ts';
import type { Unit } from '../store/unit.ts';
import type { WriteMoment } from '../write/record-writer.ts';
import { assertUnique, findSame } from './locate.ts';
import { failed, rolledBack, type SaveResult, succeeded, type WriteOptions } from './results.ts';
import { isFed, trackCreate } from './track.ts';
import { updateInUnit } from './update.ts';
import { writeEach } from './write-each.ts';

/** Makes a record and puts it in its table, with what follows from it. */
export function createInUnit(
  store: Store,
  unit: Unit,
  entity: Entity,
  input: unknown,
  moment: WriteMoment,
): StoredRecord {
  const record = entity.writer.create(input, moment);
  const same = entity.definition.spec.onDuplicate === 'update' ? findSame(entity, record) : undefined;
  if (same !== undefined) return updateSame(store, unit, entity, same, input as StoredRecord);
  insertNew(unit, entity, record);
  trackCreate(store, unit, entity, record, moment);
  return record;
}

/** Takes a create for an update of the record that has its unique key: what can be updated of it is. */
function updateSame(store: Store, unit: Unit, entity: Entity, slot: number, input: StoredRecord): StoredRecord {
  const { fieldsByName } = entity.definition;
  const changes = Object.entries(input).filter(([name]) => fieldsByName.get(name)?.updateable === true);
  updateInUnit(store, unit, entity, slot, Object.fromEntries(changes));
  return must(entity.table.row(slot), 'an updated record is held');
}

/** Puts a finished record in its table. Throws `DUPLICATE_VALUE`. */
export function insertNew(unit: Unit, entity: Entity, record: StoredRecord): void {
  const { table, definition } = entity;
  if (table.slotOf(record[definition.roles.id] as string) !== undefined)
    throw createError('DUPLICATE_VALUE', `duplicate value found: ${definition.roles.id}`, [definition.roles.id]);
  assertUnique(entity, record, -1);
  unit.insert(table, record);
}

/** Nothing of an object's creates hangs on the one before: they can be checked first and put in together. */
function isPlain(store: Store, entity: Entity): boolean {
  return entity.table.uniques.length === 0 && !isFed(store, entity);
}

function createTogether(store: Store, entity: Entity, inputs: readonly unknown[], options: WriteOptions): SaveResult[] {
  return store.write((unit) => {
    const moment = store.moment();
    const { table } = entity;
    const idField = entity.definition.roles.id;
    const records: StoredRecord[] = [];
    const results: SaveResult[] = [];
    // Not by map, which would pass over a hole.
    for (const input of inputs) {
      try {
        const record = entity.writer.create(input, moment);
        records.push(record);
        results.push(succeeded(record[idField] as string));
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        results.push(failed(null, error));
      }
    }
    if (options.allOrNone === true && records.length < inputs.length) {
      return results.map((result) => (result.success ? rolledBack(null) : result));
    }
    for (const record of records) {
      if (table.slotOf(record[idField] as string) !== undefined)
        throw createError('DUPLICATE_VALUE', `duplicate value found: ${idField}`, [idField]);
    }
    unit.insertAll(table, records);
    return results;
  });
}

export function createRecords(
  store: Store,
  entity: Entity,
  inputs: readonly unknown[],
  options: WriteOptions,
): SaveResult[] {
  if (isPlain(store, entity)) return createTogether(store, entity, inputs, options);
  const idField = entity.definition.roles.id;
  return writeEach(
    store,
    inputs,
    options,
    () => null,
    (unit, input) => {
      return createInUnit(store, unit, entity, input, store.moment())[idField] as string;
    },
  );
}

/** One record. Throws what is wrong with it. */
export function createRecord(store: Store, entity: Entity, input: unknown): SaveResult {
  return store.write((unit) => {
    const record = createInUnit(store, unit, entity, input, store.moment());
    return succeeded(record[entity.definition.roles.id] as string);
  });
}
