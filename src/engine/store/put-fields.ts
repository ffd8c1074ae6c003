import type { BookedObject } from '../definition/definition.ts';
import type { StoredRecord } from '../record/record.ts';
import type { RecordWriter, WriteMoment } from '../write/record-writer.ts';
import type { Table } from './table.ts';
import type { Unit } from './unit.ts';

/** An object whose records are put in a unit. */
export interface PutObject {
  readonly definition: BookedObject;
  readonly table: Table;
  readonly writer: RecordWriter;
}

/** Sets fields of a record, or makes it, within a unit. Values are trusted, and no rule runs: they are the engine's own. */
export function putFields(
  unit: Unit,
  { table, writer }: PutObject,
  id: string,
  values: StoredRecord,
  moment: WriteMoment,
): void {
  const slot = table.slotOf(id);
  if (slot === undefined) {
    unit.insert(table, writer.internal(values, moment, id));
    return;
  }
  const { shape } = table;
  const all = new Array<unknown>(shape.names.length);
  shape.read(table.row(slot) as StoredRecord, all);
  for (const name in values) all[table.positionOf(name)] = values[name];
  unit.replace(table, slot, shape.make(all));
}
