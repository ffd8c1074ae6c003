import { assert } from '../ground/assert.ts';
import type { StoredRecord } from './record.ts';

/**
 * Makes and reads the records of one object, all of one hidden class. Measured on rows of 26 fields: a constructor
 * written out for the object makes and freezes a row in 0.4 us; the same by `row[name] = value` takes 2.2 us, because
 * one such line serves every object and the engine can no longer remember where a name lives; spreading a frozen row
 * takes 2.5 us, since V8 copies only unfrozen objects the short way.
 */
export interface RecordShape {
  readonly names: readonly string[];
  /** A frozen record of the values, which stand in the order of `names`. */
  make(values: readonly unknown[]): StoredRecord;
  /** A frozen record of one row of columns, which stand in the order of `names`. */
  makeRow(columns: readonly ValuesByRow[], row: number): StoredRecord;
  /** Writes a record's values into `into`, in the order of `names`. */
  read(record: StoredRecord, into: unknown[]): void;
}

/** The values of one field, by row. */
interface ValuesByRow {
  at(row: number): unknown;
}

interface Named {
  readonly name: string;
}

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;

/**
 * The text that is compiled holds field names of the definition and nothing else: no record, query or payload ever
 * reaches it, and each name must be a plain identifier. Where a content security policy forbids `Function`, or
 * `compile` is false, the slower way below gives the same records.
 */
function compileShape(names: readonly string[]): RecordShape {
  for (const name of names) assert(NAME.test(name), 'a field name is a plain identifier');
  const properties = names.map((name, i) => `${name}:v[${i}]`).join(',');
  const cells = names.map((name, i) => `${name}:c[${i}].at(i)`).join(',');
  const reads = names.map((name, i) => `v[${i}]=r.${name};`).join('');
  const make = new Function('v', `return Object.freeze({${properties}})`) as RecordShape['make'];
  const makeRow = new Function('c', 'i', `return Object.freeze({${cells}})`) as RecordShape['makeRow'];
  const read = new Function('r', 'v', reads) as RecordShape['read'];
  return { names, make, makeRow, read };
}

function assembleShape(names: readonly string[]): RecordShape {
  const make = (values: readonly unknown[]): StoredRecord => {
    const record: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) record[names[i] as string] = values[i];
    return Object.freeze(record);
  };
  return {
    names,
    make,
    makeRow: (columns, row) => make(columns.map((column) => column.at(row))),
    read(record, into) {
      // All records of a shape have their fields in one order, so their values need no look-up by name.
      const values = Object.values(record);
      for (let i = 0; i < values.length; i++) into[i] = values[i];
    },
  };
}

/**
 * Each compiled function is optimized on its own, and a call site that has met two of them for one object inlines
 * neither: a second database over the same definitions took 1.5 times as long for a write until they shared these.
 */
const compiled = new WeakMap<readonly Named[], RecordShape>();

/** The shape of records with these fields, in their order. */
export function createRecordShape(fields: readonly Named[], compile: boolean): RecordShape {
  if (!compile) return assembleShape(fields.map((field) => field.name));
  const known = compiled.get(fields);
  if (known !== undefined) return known;
  const names = fields.map((field) => field.name);
  try {
    const shape = compileShape(names);
    compiled.set(fields, shape);
    return shape;
  } catch (error) {
    if (error instanceof EvalError) return assembleShape(names);
    throw error;
  }
}
