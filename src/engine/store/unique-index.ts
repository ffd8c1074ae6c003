import type { FieldDefinition, ObjectDefinition } from '../definition/define-object.ts';
import { must } from '../ground/assert.ts';
import { foldCase } from '../ground/fold-case.ts';
import type { StoredRecord } from '../record/record.ts';

/**
 * The records in use by the values of a key that must be unique. A key with a null in it is free: any number of
 * records may lack a name. Texts that compare without case share a key.
 */
export class UniqueIndex {
  readonly fields: readonly string[];
  readonly #folds: readonly ((value: unknown) => unknown)[];
  readonly #slots = new Map<unknown, number>();
  /** What puts in the keys of records that were stored, while nobody has asked for any. */
  #fill: (() => void) | undefined;

  constructor(fields: readonly string[], folds: readonly ((value: unknown) => unknown)[]) {
    this.fields = fields;
    this.#folds = folds;
  }

  /** Takes nothing in until it is first asked for a key, and then what `fill` puts in: the records of that moment. */
  postpone(fill: () => void): void {
    this.#fill = fill;
  }

  /** The key of a record; undefined when it is free. */
  keyOf(record: StoredRecord): unknown {
    if (this.fields.length > 1) return this.keyOfValues(this.fields.map((name) => record[name]));
    const value = record[this.fields[0] as string];
    return value === null ? undefined : this.#fold(0, value);
  }

  /** The key of a record that has these values in the fields. */
  keyOfValues(values: readonly unknown[]): unknown {
    if (values.some((value) => value === null)) return undefined;
    const folded = values.map((value, at) => this.#fold(at, value));
    return folded.length === 1 ? folded[0] : JSON.stringify(folded);
  }

  #fold(at: number, value: unknown): unknown {
    return (this.#folds[at] as (value: unknown) => unknown)(value);
  }

  /** The slot that has `key`, or undefined. */
  find(key: unknown): number | undefined {
    if (this.#fill !== undefined) {
      const fill = this.#fill;
      this.#fill = undefined;
      fill();
    }
    return this.#slots.get(key);
  }

  insert(key: unknown, slot: number): void {
    if (key !== undefined && this.#fill === undefined) this.#slots.set(key, slot);
  }

  /** Frees `key` if `slot` has it. */
  remove(key: unknown, slot: number): void {
    if (key !== undefined && this.#slots.get(key) === slot) this.#slots.delete(key);
  }
}

/** One index for each unique key of an object. */
export function createUniqueIndexes(definition: ObjectDefinition): UniqueIndex[] {
  return uniqueKeys(definition).map((names) => {
    const folds = names.map((name) => foldOf(must(definition.fieldsByName.get(name), 'a checked field exists')));
    return new UniqueIndex(names, folds);
  });
}

function uniqueKeys(definition: ObjectDefinition): string[][] {
  const keys = (definition.spec.unique ?? []).map((key) => (typeof key === 'string' ? [key] : [...key]));
  for (const field of definition.fields)
    if (field.unique && field.name !== definition.roles.id) keys.push([field.name]);
  return keys;
}

function foldOf(field: FieldDefinition): (value: unknown) => unknown {
  if (field.caseSensitive) return (value) => value;
  return (value) => (typeof value === 'string' ? foldCase(value) : value);
}
