import { must } from '../ground/assert.ts';
import { isSameJson, type StoredRecord } from '../record/record.ts';
import type { Entity, Store } from '../store/store.ts';
import type { Table } from '../store/table.ts';
import type { Unit } from '../store/unit.ts';

/**
 * Makes a store hold what another does, as one commit: what is the same stays the same frozen record, so that only live
 * queries which show a difference hear of it.
 */
export function adoptState(store: Store, source: Store): void {
  const unit = store.createUnit();
  for (const from of source.entities) {
    const { name } = from.definition;
    const into = store.entity(name);
    dropOthers(unit, into, from);
    adoptRecords(unit, into, from);
    into.numbers.resume(from.numbers.last());
    const purgedMs = source.lastPurgedMs(from);
    if (purgedMs !== undefined) store.resumePurge(name, purgedMs);
  }
  store.origins.clear();
  for (const origin of source.origins.list()) store.origins.note(origin);
  const { sequence } = source.feed;
  if (unit.isEmpty && sequence === store.feed.sequence) return;
  store.publish(unit, sequence, source.lastMs);
  // It is many commits in one, which nobody can be given in the place of the last of them.
  store.resume(sequence, source.lastMs);
}

/** First of all, so that the unique keys of those that leave are free. */
function dropOthers(unit: Unit, { table }: Entity, from: Entity): void {
  for (let slot = table.slotCount - 1; slot >= 0; slot--) {
    const id = table.row(slot)?.[table.definition.roles.id] as string | undefined;
    if (id !== undefined && from.table.slotOf(id) === undefined) unit.purge(table, slot);
  }
}

/** In the order of their creation, which what left here and is there kept a place in. */
function adoptRecords(unit: Unit, into: Entity, from: Entity): void {
  const { table } = into;
  const idField = table.definition.roles.id;
  /** The slot of the record before. */
  let last = -1;
  for (let slot = 0; slot < from.table.slotCount; slot++) {
    const record = from.table.row(slot);
    if (record === undefined) continue;
    const id = record[idField] as string;
    const own = table.slotOf(id);
    const root = from.table.deletedWith.get(id);
    if (own === undefined) last = insertBehind(unit, table, last, record);
    else {
      last = own;
      const held = must(table.row(own), 'a slot of an id holds its record');
      if (!isSameRecord(table.shape.names, held, record)) unit.replace(table, own, record, root);
    }
    if (root === undefined) table.deletedWith.delete(id);
    else table.deletedWith.set(id, root);
  }
}

/** Puts a record in the empty slot behind another, or at the end. Returns its slot. */
function insertBehind(unit: Unit, table: Table, last: number, record: StoredRecord): number {
  if (last + 1 >= table.slotCount || table.row(last + 1) !== undefined) {
    unit.insert(table, record);
    return table.slotCount - 1;
  }
  unit.restore(table, last + 1, record);
  return last + 1;
}

function isSameRecord(names: readonly string[], left: StoredRecord, right: StoredRecord): boolean {
  return names.every((name) => isSameJson(left[name], right[name]));
}
