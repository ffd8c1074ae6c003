import type { ObjectDefinition } from '../definition/define-object.ts';
import { defineStored } from '../definition/define-stored.ts';
import type { StoredRecord } from '../record/record.ts';
import { createRecordShape } from '../record/record-shape.ts';
import { Table } from '../store/table.ts';
import { Autonumber, formatOf } from '../write/autonumber.ts';
import { NumberedFields } from '../write/numbered-fields.ts';
import type { StoredEntity } from './stored-entity.ts';
import { formatsOf, type ObjectSchema } from './stored-schema.ts';
import type { StoredTables } from './stored-tables.ts';

/**
 * An object whose version has risen, as it was: its records are read in the form that they were written in, for changes of
 * fields that are gone can be made again nowhere else, and are carried over when all is read.
 */
export class StagedObject {
  readonly version: number;
  #entity: StoredEntity;
  #defaults: Readonly<Record<string, unknown>>;

  /** `today`: the object's definition, for what databases of old say nothing of. */
  constructor(stored: ObjectSchema, today: ObjectDefinition, compile: boolean) {
    this.version = stored.version ?? 1;
    this.#entity = createEntity(stored, stored.fields, today, compile);
    this.#defaults = stored.defaults ?? {};
  }

  get entity(): StoredEntity {
    return this.#entity;
  }

  has(field: string): boolean {
    return this.#entity.definition.fieldsByName.has(field);
  }

  /** What a record has in a field that nothing was stored for. */
  defaultOf(field: string): unknown {
    return this.#defaults[field] ?? null;
  }

  /** Goes on by a later schema of the same version, which may have fields that the one before had not. */
  grow(stored: ObjectSchema, today: ObjectDefinition, compile: boolean, tables: StoredTables): void {
    const before = this.#entity;
    const names = [...new Set([...before.definition.fields.map(({ name }) => name), ...stored.fields])];
    this.#defaults = { ...this.#defaults, ...stored.defaults };
    this.#entity = createEntity(stored, names, today, compile);
    const { table, numbers } = this.#entity;
    tables.loadOne(before);
    const rows = tables.rowsOf(this.#entity);
    for (const record of recordsOf(before))
      rows.add(names.map((name) => (Object.hasOwn(record, name) ? record[name] : this.defaultOf(name))));
    for (const [id, root] of before.table.deletedWith.copy()) table.deletedWith.set(id, root);
    numbers.resume(before.numbers.last());
  }
}

/** The records of an object in the order of their creation. */
export function recordsOf({ table }: StoredEntity): readonly StoredRecord[] {
  const records: StoredRecord[] = [];
  for (let slot = 0; slot < table.slotCount; slot++) {
    const record = table.row(slot);
    if (record !== undefined) records.push(record);
  }
  return records;
}

function createEntity(
  stored: ObjectSchema,
  fields: readonly string[],
  today: ObjectDefinition,
  compile: boolean,
): StoredEntity {
  const { name, version = 1, roles = today.roles, formats = formatsOf({ definition: today }) } = stored;
  const definition = defineStored({ name, version, fields, roles, formats });
  const numbers = new NumberedFields(
    definition.fields,
    definition.fields.map((field) => (field.autoNumber ? new Autonumber(formatOf(field)) : undefined)),
  );
  return { definition, table: new Table(definition, createRecordShape(definition.fields, compile)), numbers };
}
