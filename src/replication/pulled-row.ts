import type { RecordWriter } from '../engine/write/record-writer.ts';
import { DELETED } from './document.ts';
import type { WireDocument } from './wire.ts';

/** A live record as a line of a pull has it. */
export interface PulledRow {
  readonly place: number;
  /** The place again, and the values in the order of `fields`. */
  readonly line: readonly unknown[];
  /** The same list for all lines of one object. */
  readonly fields: readonly string[];
}

export function documentOfRow({ line, fields }: PulledRow): WireDocument {
  const document: Record<string, unknown> = {};
  for (let i = 0; i < fields.length; i++) document[fields[i] as string] = line[i + 1];
  document[DELETED] = false;
  return document as WireDocument;
}

/** The value that a row has in a field; undefined where it has no such field. */
export function valueOfRow({ line, fields }: PulledRow, name: string): unknown {
  const at = fields.indexOf(name);
  return at < 0 ? undefined : line[at + 1];
}

/** Where the values of one list of fields stand in the records of an object. */
export class RowPlan {
  readonly #writer: RecordWriter;
  readonly #places: readonly (number | undefined)[];
  /** One row at a time. */
  readonly #values: unknown[];

  constructor(writer: RecordWriter, fields: readonly string[]) {
    this.#writer = writer;
    this.#places = fields.map((name) => writer.placeOf(name));
    this.#values = writer.definition.fields.map(() => undefined);
  }

  isOf(writer: RecordWriter): boolean {
    return this.#writer === writer;
  }

  /** The values of a row in the order of the definition's fields, until the next is asked for. */
  valuesOf({ line }: PulledRow): readonly unknown[] {
    for (let i = 0; i < this.#places.length; i++) {
      const at = this.#places[i];
      if (at !== undefined) this.#values[at] = line[i + 1];
    }
    return this.#values;
  }
}

const plans = new WeakMap<readonly string[], RowPlan>();

export function planOf(writer: RecordWriter, fields: readonly string[]): RowPlan {
  let plan = plans.get(fields);
  if (plan === undefined || !plan.isOf(writer)) {
    plan = new RowPlan(writer, fields);
    plans.set(fields, plan);
  }
  return plan;
}
