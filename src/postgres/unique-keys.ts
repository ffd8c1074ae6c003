import { createHash } from 'node:crypto';
import type { StoredRecord } from '../engine/record/record.ts';
import type { Entity } from '../engine/store/store.ts';

/** What one live record alone may have. */
export interface UniqueKey {
  readonly object: string;
  /** The fields of the key. */
  readonly fields: readonly string[];
  /** The same as one text. */
  readonly name: string;
  /** A hash of the values, so that a key of any length fits an index, and no value of a record stands in a second table. */
  readonly text: string;
}

/** The names of an object's unique keys. */
export function keyNames({ table }: Entity): readonly string[] {
  return table.uniques.map(({ fields }) => fields.join(','));
}

/** The keys that a record takes up: none in the recycle bin, nor any with a null in it. */
export function keysOf({ table, definition }: Entity, record: StoredRecord | undefined): readonly UniqueKey[] {
  if (table.uniques.length === 0 || record === undefined || record[definition.roles.deleted] === true) return [];
  return table.uniques.flatMap((unique) => {
    const key = unique.keyOf(record);
    if (key === undefined) return [];
    const text = createHash('sha256').update(JSON.stringify(key)).digest('hex');
    return { object: definition.name, fields: unique.fields, name: unique.fields.join(','), text };
  });
}

/** By which keys are told apart. */
export function keyId({ object, name, text }: Pick<UniqueKey, 'object' | 'name' | 'text'>): string {
  return `${object}\n${name}\n${text}`;
}
