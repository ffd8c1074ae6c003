import { must } from '../ground/assert.ts';
import { isSameJson, type StoredRecord } from '../record/record.ts';
import type { Entity, Store } from '../store/store.ts';
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
    for (let slot = 0; slot < from.table.slotCount; slot++) adoptRecord(unit, into, from, slot);
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

function adoptRecord(unit: Unit, { table }: Entity, from: Entity, slot: number): void {
  const record = from.table.row(slot);
  if (record === undefined) return;
  const id = record[table.definition.roles.id] as string;
  const own = table.slotOf(id);
  const root = from.table.deletedWith.get(id);
  if (own === undefined) unit.insert(table, record);
  else if (!isSameRecord(table.shape.names, must(table.row(own), 'a slot of an id holds its record'), record))
    unit.replace(table, own, record, root);
  if (root === undefined) table.deletedWith.delete(id);
  else table.deletedWith.set(id, root);
}

function isSameRecord(names: readonly string[], left: StoredRecord, right: StoredRecord): boolean {
  return names.every((name) => isSameJson(left[name], right[name]));
}
