import { freezeJson, type StoredRecord } from '../engine/record/record.ts';
import type { RecordName } from '../engine/store/cascade-memory.ts';
import type { Entity } from '../engine/store/store.ts';

/** The text that a record is kept as. */
export function toBody(record: StoredRecord): string {
  return JSON.stringify(record);
}

/**
 * The record of such a text. A field that has come since then has its default, and one that is gone is left out, as a record has
 * just the fields of its definition.
 */
export function fromBody({ table, writer, definition }: Entity, body: string): StoredRecord {
  return toRecord({ table, writer, definition }, JSON.parse(body) as Record<string, unknown>);
}

/** The same of what is parsed already. */
export function toRecord(
  { table, writer, definition }: Pick<Entity, 'table' | 'writer' | 'definition'>,
  parsed: Readonly<Record<string, unknown>>,
): StoredRecord {
  const values = definition.fields.map(({ name }, at) =>
    Object.hasOwn(parsed, name) ? freezeJson(parsed[name]) : writer.defaultAt(at),
  );
  return table.shape.make(values);
}

/** The root that two columns name. */
export function toRoot(object: string | null, id: string | null): RecordName | undefined {
  return object === null || id === null ? undefined : { object, id: fromKey(id) };
}

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * An id as it is kept: itself, but for characters that a text of PostgreSQL cannot hold (zero, halves of surrogate pairs), which
 * stand escaped as in JSON. No two ids are kept alike.
 */
export function toKey(id: string): string {
  return PLAIN.test(id) ? id : JSON.stringify(id).slice(1, -1);
}

/** The id that is kept so. */
export function fromKey(key: string): string {
  return PLAIN.test(key) ? key : (JSON.parse(`"${key}"`) as string);
}
