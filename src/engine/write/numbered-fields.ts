import type { FieldDefinition } from '../definition/define-object.ts';
import { must } from '../ground/assert.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Autonumber } from './autonumber.ts';

/** How far the numbers of an object's autonumber fields have come, for what outlives the memory they are counted in. */
export class NumberedFields {
  readonly #numbers: ReadonlyMap<string, Autonumber>;
  readonly #byPlace: readonly (Autonumber | undefined)[];

  constructor(fields: readonly FieldDefinition[], autonumbers: readonly (Autonumber | undefined)[]) {
    const numbers = new Map<string, Autonumber>();
    for (const [at, { name }] of fields.entries()) {
      const own = autonumbers[at];
      if (own !== undefined) numbers.set(name, own);
    }
    this.#numbers = numbers;
    this.#byPlace = autonumbers;
  }

  /** Counts the numbers of a record that was made before. */
  observe(record: StoredRecord): void {
    for (const [name, numbers] of this.#numbers) {
      const value = record[name];
      if (typeof value === 'string') numbers.observe(value);
    }
  }

  /** Counts the number in one field of such a record, by the place of the field. */
  observeAt(at: number, value: unknown): void {
    if (typeof value === 'string') this.#byPlace[at]?.observe(value);
  }

  /** The last number given of each field, as digits. */
  last(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#numbers].map(([name, { last }]) => [name, String(last)]));
  }

  /** The next number of a field, in its form. */
  next(name: string): string {
    return must(this.#numbers.get(name), 'an autonumber field').next();
  }

  /** Goes on after numbers given before. */
  resume(last: Readonly<Record<string, string>>): void {
    for (const [name, digits] of Object.entries(last)) this.#numbers.get(name)?.resume(digits);
  }
}
