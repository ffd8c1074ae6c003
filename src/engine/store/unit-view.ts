import type { BookedObject, OpenChange, OpenCommit } from '../definition/definition.ts';
import type { StoredRecord } from '../record/record.ts';
import type { RecordWriter, WriteMoment } from '../write/record-writer.ts';
import type { Table } from './table.ts';
import type { Unit } from './unit.ts';

/** An object of the store that a unit is of. */
interface ViewedObject {
  readonly definition: BookedObject;
  readonly table: Table;
  readonly writer: RecordWriter;
}

/** What is asked of a store. */
export interface ViewedStore {
  readonly feed: { readonly sequence: number };
  find(object: string): ViewedObject | undefined;
  entity(object: string): ViewedObject;
  moment(): WriteMoment;
}

/** A unit as those see it who keep book of commits: what it changes so far, and a hand to add to it. */
export class UnitView implements OpenCommit {
  readonly changes: readonly OpenChange[];
  readonly sequence: number;
  readonly now: string;
  readonly source: string | undefined;
  readonly #store: ViewedStore;
  readonly #unit: Unit;

  constructor(store: ViewedStore, unit: Unit, source: string | undefined) {
    this.changes = unit.netChanges().slice();
    this.sequence = store.feed.sequence + 1;
    this.now = store.moment().now;
    this.source = source;
    this.#store = store;
    this.#unit = unit;
  }

  object(name: string): BookedObject | undefined {
    return this.#store.find(name)?.definition;
  }

  find(object: string, id: string): StoredRecord | undefined {
    const table = this.#store.find(object)?.table;
    const slot = table?.slotOf(id);
    return slot === undefined ? undefined : table?.row(slot);
  }

  *all(object: string): Iterable<StoredRecord> {
    const table = this.#store.find(object)?.table;
    if (table === undefined) return;
    for (let slot = 0; slot < table.slotCount; slot++) {
      const record = table.row(slot);
      if (record !== undefined) yield record;
    }
  }

  put(object: string, id: string, values: StoredRecord): void {
    const entity = this.#store.entity(object);
    const { table, writer, definition } = entity;
    const slot = table.slotOf(id);
    if (slot === undefined) {
      this.#unit.insert(table, writer.internal({ ...values, [definition.roles.id]: id }, this.#store.moment()));
      return;
    }
    const before = table.row(slot) as StoredRecord;
    this.#unit.replace(table, slot, withFields(entity, before, values));
  }

  remove(object: string, id: string): void {
    const table = this.#store.find(object)?.table;
    const slot = table?.slotOf(id);
    if (table !== undefined && slot !== undefined) this.#unit.purge(table, slot);
  }
}

/** `before` with some fields set. */
function withFields({ table }: ViewedObject, before: StoredRecord, values: StoredRecord): StoredRecord {
  const { shape } = table;
  const all = new Array<unknown>(shape.names.length);
  shape.read(before, all);
  for (const [name, value] of Object.entries(values)) all[table.positionOf(name)] = value;
  return shape.make(all);
}
