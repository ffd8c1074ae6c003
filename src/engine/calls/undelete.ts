import { must } from '../ground/assert.ts';
import { createError } from '../ground/errors.ts';
import type { Entity, Store } from '../store/store.ts';
import { DELETED } from '../store/table.ts';
import type { Unit } from '../store/unit.ts';
import type { WriteMoment } from '../write/record-writer.ts';
import { assertIdList, assertUnique, canonicalId, locateAny } from './locate.ts';
import { type EmptyRecycleBinResult, succeeded, type UndeleteResult, type WriteOptions } from './results.ts';
import { writeEach } from './write-each.ts';

function notInBin() {
  return createError('UNDELETE_FAILED', 'Entity is not in the recycle bin');
}

/** The slot of a record that lies in the bin on its own account, not with a parent. */
function locateInBin(entity: Entity, id: unknown): number {
  const canonical = canonicalId(entity, id);
  const slot = entity.table.slotOf(canonical);
  if (slot === undefined || entity.table.states[slot] !== DELETED) throw notInBin();
  if (entity.table.deletedWith.get(canonical) !== undefined) throw notInBin();
  return slot;
}

function restore(unit: Unit, entity: Entity, slot: number, moment: WriteMoment): void {
  const before = must(entity.table.row(slot), 'a record in the bin is held');
  const after = entity.writer.setDeleted(before, false, moment);
  assertUnique(entity, after, slot);
  unit.replace(entity.table, slot, after);
}

/** Takes a record out of the recycle bin with those its deletion took. */
export function undeleteInUnit(store: Store, unit: Unit, entity: Entity, id: unknown): string {
  const slot = locateInBin(entity, id);
  const root = must(entity.table.row(slot), 'a record in the bin is held')[entity.definition.roles.id] as string;
  const moment = store.moment();
  restore(unit, entity, slot, moment);
  for (const other of store.entities) {
    for (const taken of [...other.table.deletedWith.takenBy({ object: entity.definition.name, id: root })]) {
      restore(unit, other, must(other.table.slotOf(taken), 'a taken record is held'), moment);
    }
  }
  return root;
}

export function undeleteRecords(
  store: Store,
  entity: Entity,
  ids: readonly unknown[],
  options: WriteOptions,
): UndeleteResult[] {
  const idOf = (id: unknown) => (typeof id === 'string' ? id : null);
  return writeEach(store, ids, options, idOf, (unit, id) => undeleteInUnit(store, unit, entity, id));
}

export function undeleteRecord(store: Store, entity: Entity, id: unknown): UndeleteResult {
  return store.write((unit) => succeeded(undeleteInUnit(store, unit, entity, id)));
}

/** Takes records out of the recycle bin for good, with those their deletion took. */
export function emptyRecycleBin(
  store: Store,
  entity: Entity,
  ids: readonly unknown[],
  options: WriteOptions,
): EmptyRecycleBinResult[] {
  const idOf = (id: unknown) => (typeof id === 'string' ? id : null);
  assertIdList(ids);
  return writeEach(store, ids, options, idOf, (unit, id) => purgeInUnit(store, unit, entity, id));
}

/** Takes a record out of the recycle bin for good, with those its deletion took. */
export function purgeInUnit(store: Store, unit: Unit, entity: Entity, id: unknown): string {
  const slot = locateAny(entity, id);
  if (entity.table.states[slot] !== DELETED) throw notInBin();
  const root = must(entity.table.row(slot), 'a record in the bin is held')[entity.definition.roles.id] as string;
  for (const other of store.entities) {
    for (const taken of [...other.table.deletedWith.takenBy({ object: entity.definition.name, id: root })]) {
      unit.purge(other.table, must(other.table.slotOf(taken), 'a taken record is held'));
    }
  }
  unit.purge(entity.table, slot);
  return root;
}
