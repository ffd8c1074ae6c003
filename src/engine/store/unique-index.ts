import type { StoredRecord } from '../record/record.ts';

/**
 * The records in use by the values of a key that must be unique. A key with a null in it is free: any number of
 * records may lack a name. Texts that compare without case share a key.
 */
export class UniqueIndex {
  readonly fields: readonly string[];
  readonly #folds: readonly ((value: unknown) => unknown)[];
  readonly #slots = new Map<unknown, number>();

  constructor(fields: readonly string[], folds: readonly ((value: unknown) => unknown)[]) {
    this.fields = fields;
    this.#folds = folds;
  }

  /** The key of a record; undefined when it is free. */
  keyOf(record: StoredRecord): unknown {
    if (this.fields.length === 1) {
      const value = record[this.fields[0] as string];
      return value === null ? undefined : this.#fold(0, value);
    }
    const values: unknown[] = [];
    for (let i = 0; i < this.fields.length; i++) {
      const value = record[this.fields[i] as string];
      if (value === null) return undefined;
      values.push(this.#fold(i, value));
    }
    return JSON.stringify(values);
  }

  #fold(at: number, value: unknown): unknown {
    return (this.#folds[at] as (value: unknown) => unknown)(value);
  }

  /** The slot that has `key`, or undefined. */
  find(key: unknown): number | undefined {
    return this.#slots.get(key);
  }

  insert(key: unknown, slot: number): void {
    if (key !== undefined) this.#slots.set(key, slot);
  }

  /** Frees `key` if `slot` has it. */
  remove(key: unknown, slot: number): void {
    if (key !== undefined && this.#slots.get(key) === slot) this.#slots.delete(key);
  }
}
