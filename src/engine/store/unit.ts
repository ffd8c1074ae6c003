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
  readonly #changes: Change[] = [];
  /** The table of each change. */
  readonly #tables: Table[] = [];
  /** By place of the change: the parent's deletion that the record remembered before. */
  #deletedWithBefore: Map<number, RecordName> | undefined;
  /** Whether a record may have been changed twice. */
  #repeats = false;

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  /** A place to come back to with `undo`. */
  get mark(): number {
    return this.#changes.length;
  }

  #record(table: Table, change: Change, deletedWithBefore: RecordName | undefined): void {
    if (deletedWithBefore !== undefined) {
      this.#deletedWithBefore ??= new Map();
      this.#deletedWithBefore.set(this.#changes.length, deletedWithBefore);
    }
    this.#changes.push(change);
    this.#tables.push(table);
  }

  insert(table: Table, record: StoredRecord): void {
    const slot = table.insert(record);
    this.#record(
      table,
      { object: table.name, id: idOf(table, record), before: undefined, after: record, slot },
      undefined,
    );
  }

  insertAll(table: Table, records: readonly StoredRecord[]): void {
    let slot = table.slotCount;
    table.insertAll(records);
    for (const record of records) {
      this.#record(
        table,
        { object: table.name, id: idOf(table, record), before: undefined, after: record, slot: slot++ },
        undefined,
      );
    }
  }

  /** `deletedWith`: on a delete by cascade, the record whose deletion takes this one. */
  replace(table: Table, slot: number, after: StoredRecord, deletedWith?: RecordName): void {
    const before = must(table.rows[slot], 'a record to replace is held');
    const id = idOf(table, before);
    assert(id === idOf(table, after), 'a record keeps its id');
    if (this.#changes.length > 0) this.#repeats = true;
    const deletedWithBefore = table.deletedWith.get(id);
    table.replace(slot, after);
    if (deletedWith !== undefined) table.deletedWith.set(id, deletedWith);
    else if (deletedWithBefore !== undefined && !table.isDeleted(slot)) table.deletedWith.delete(id);
    const change = { object: table.name, id, before, after, slot };
    this.#record(table, deletedWith === undefined ? change : { ...change, deletedWith }, deletedWithBefore);
  }

  purge(table: Table, slot: number): void {
    const before = must(table.rows[slot], 'a record to purge is held');
    const id = idOf(table, before);
    if (this.#changes.length > 0) this.#repeats = true;
    const deletedWithBefore = table.deletedWith.get(id);
    table.remove(slot);
    table.deletedWith.delete(id);
    this.#record(table, { object: table.name, id, before, after: undefined, slot }, deletedWithBefore);
  }

  /** Takes back everything since `mark`, the last first. */
  undo(mark = 0): void {
    while (this.#changes.length > mark) {
      const change = this.#changes.pop() as Change;
      const table = this.#tables.pop() as Table;
      if (change.before === undefined) table.remove(change.slot);
      else if (change.after === undefined) table.restore(change.before, change.slot);
      else table.replace(change.slot, change.before);
      const deletedWith = this.#deletedWithBefore?.get(this.#changes.length);
      this.#deletedWithBefore?.delete(this.#changes.length);
      if (deletedWith === undefined) table.deletedWith.delete(change.id);
      else table.deletedWith.set(change.id, deletedWith);
    }
  }

  /** One change a record: what it was before the unit, what it is now. Records made and purged within are left out. */
  netChanges(): readonly Change[] {
    const changes = this.#changes;
    if (!this.#repeats) return changes;
    const byRecord = new Map<string, Change>();
    for (const change of changes) {
      const key = `${change.object} ${change.id}`;
      const first = byRecord.get(key);
      byRecord.set(key, first === undefined ? change : { ...change, before: first.before });
    }
    if (byRecord.size === changes.length) return changes;
    return [...byRecord.values()].filter((change) => change.before !== change.after);
  }
}

function idOf(table: Table, record: StoredRecord): string {
  return record[table.definition.roles.id] as string;
}
