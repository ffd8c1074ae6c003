import type { BookedObject, OpenChange, OpenCommit } from '../definition/definition.ts';
import type { StoredRecord } from '../record/record.ts';
import type { WriteMoment } from '../write/record-writer.ts';
import { type PutObject, putFields } from './put-fields.ts';
import type { Unit } from './unit.ts';

/** What is asked of a store. */
export interface ViewedStore {
  readonly feed: { readonly sequence: number };
  find(object: string): PutObject | undefined;
  entity(object: string): PutObject;
  moment(): WriteMoment;
}

/** A unit as those see it who keep book of commits: what it changes so far, and a hand to add to it. */
export class UnitView implements OpenCommit {
  readonly changes: readonly OpenChange[];
  readonly sequence: number;
  readonly now: string;
  readonly source: string | undefined;
  readonly #moment: WriteMoment;
  readonly #store: ViewedStore;
  readonly #unit: Unit;

  constructor(store: ViewedStore, unit: Unit, source: string | undefined) {
    this.changes = unit.netChanges().slice();
    this.sequence = store.feed.sequence + 1;
    this.#moment = store.moment();
    this.now = this.#moment.now;
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
    putFields(this.#unit, this.#store.entity(object), id, values, this.#moment);
  }

  remove(object: string, id: string): void {
    const table = this.#store.find(object)?.table;
    const slot = table?.slotOf(id);
    if (table !== undefined && slot !== undefined) this.#unit.purge(table, slot);
  }
}
