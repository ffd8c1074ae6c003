import { assert, must } from '../ground/assert.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Change } from '../write/change.ts';
import type { RecordName } from './cascade-memory.ts';
import type { Table } from './table.ts';

/**
 * Changes that will come true together. Each is made in its table at once, so that whatever follows in the same unit
 * reads it, and can be taken back in reverse until the unit is committed. Nobody is told before.
 */
export class Unit {
  readonly #tableOf: (object: string) => Table;
  /** Made with its first change: most units have one, and a list that grew has room for 17. */
  #changes: Change[] | undefined;
  /** By place of the change: the parent's deletion that the record remembered before. */
  #deletedWithBefore: Map<number, RecordName> | undefined;
  /** Whether a record may have been changed twice. */
  #repeats = false;
  #hasPurged = false;

  constructor(tableOf: (object: string) => Table) {
    this.#tableOf = tableOf;
  }

  get isEmpty(): boolean {
    return this.mark === 0;
  }

  /** Whether a record may have left for good. */
  get hasPurged(): boolean {
    return this.#hasPurged;
  }

  /** A place to come back to with `undo`. */
  get mark(): number {
    return this.#changes === undefined ? 0 : this.#changes.length;
  }

  #record(change: Change, deletedWithBefore: RecordName | undefined): void {
    if (deletedWithBefore !== undefined) {
      this.#deletedWithBefore ??= new Map();
      this.#deletedWithBefore.set(this.mark, deletedWithBefore);
    }
    if (this.#changes === undefined) this.#changes = [change];
    else this.#changes.push(change);
  }

  insert(table: Table, record: StoredRecord): void {
    const slot = table.insert(record);
    this.#record({ object: table.name, id: idOf(table, record), before: undefined, after: record, slot }, undefined);
  }

  /** Puts a record in a slot whose record has left. */
  restore(table: Table, slot: number, record: StoredRecord): void {
    table.restore(record, slot);
    this.#record({ object: table.name, id: idOf(table, record), before: undefined, after: record, slot }, undefined);
  }

  insertAll(table: Table, records: readonly StoredRecord[]): void {
    let slot = table.slotCount;
    table.insertAll(records);
    for (const record of records) {
      const id = idOf(table, record);
      this.#record({ object: table.name, id, before: undefined, after: record, slot: slot++ }, undefined);
    }
  }

  /** `deletedWith`: on a delete by cascade, the record whose deletion takes this one. */
  replace(table: Table, slot: number, after: StoredRecord, deletedWith?: RecordName): void {
    const before = must(table.row(slot), 'a record to replace is held');
    const id = idOf(table, before);
    assert(id === idOf(table, after), 'a record keeps its id');
    if (!this.isEmpty) this.#repeats = true;
    const deletedWithBefore = table.deletedWith.get(id);
    table.replace(slot, after);
    if (deletedWith !== undefined) table.deletedWith.set(id, deletedWith);
    else if (deletedWithBefore !== undefined && !table.isDeleted(slot)) table.deletedWith.delete(id);
    const change = { object: table.name, id, before, after, slot };
    this.#record(deletedWith === undefined ? change : { ...change, deletedWith }, deletedWithBefore);
  }

  purge(table: Table, slot: number): void {
    const before = must(table.row(slot), 'a record to purge is held');
    const id = idOf(table, before);
    if (!this.isEmpty) this.#repeats = true;
    const deletedWithBefore = table.deletedWith.get(id);
    table.remove(slot);
    table.deletedWith.delete(id);
    this.#hasPurged = true;
    this.#record({ object: table.name, id, before, after: undefined, slot }, deletedWithBefore);
  }

  /** Takes back everything since `mark`, the last first. */
  undo(mark = 0): void {
    const changes = this.#changes ?? [];
    while (changes.length > mark) {
      const change = changes.pop() as Change;
      const table = this.#tableOf(change.object);
      if (change.before === undefined) table.remove(change.slot);
      else if (change.after === undefined) table.restore(change.before, change.slot);
      else table.replace(change.slot, change.before);
      const deletedWith = this.#deletedWithBefore?.get(changes.length);
      this.#deletedWithBefore?.delete(changes.length);
      if (deletedWith === undefined) table.deletedWith.delete(change.id);
      else table.deletedWith.set(change.id, deletedWith);
    }
  }

  /** One change a record: what it was before the unit, what it is now. Records made and purged within are left out. */
  netChanges(): readonly Change[] {
    const changes = this.#changes ?? [];
    if (!this.#repeats) return changes;
    const places = new Map<string, Map<string, number>>();
    const net: Change[] = [];
    for (const change of changes) {
      let ofObject = places.get(change.object);
      if (ofObject === undefined) {
        ofObject = new Map();
        places.set(change.object, ofObject);
      }
      const place = ofObject.get(change.id);
      if (place === undefined) {
        ofObject.set(change.id, net.length);
        net.push(change);
      } else net[place] = { ...change, before: (net[place] as Change).before };
    }
    if (net.length === changes.length) return changes;
    return net.filter((change) => change.before !== change.after);
  }
}

function idOf(table: Table, record: StoredRecord): string {
  return record[table.definition.roles.id] as string;
}
