import { createError } from '../ground/errors.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Entity } from '../store/store.ts';
import { DELETED } from '../store/table.ts';

/** The canonical form of an id of `entity`. Throws `MALFORMED_ID`. */
export function canonicalId(entity: Entity, id: unknown): string {
  const canonical = typeof id === 'string' ? entity.ids.normalize(id.trim()) : undefined;
  if (canonical === undefined) throw createError('MALFORMED_ID', 'malformed id', [entity.definition.roles.id]);
  if (!entity.ids.owns(canonical))
    throw createError('MALFORMED_ID', `${entity.definition.label}: id value of incorrect type`, [
      entity.definition.roles.id,
    ]);
  return canonical;
}

/** Throws `MALFORMED_ID` where a call that takes a list of ids is given something else. */
export function assertIdList(ids: unknown): asserts ids is readonly unknown[] {
  if (!Array.isArray(ids)) throw createError('MALFORMED_ID', 'a list of ids is needed');
}

/** The slot of a record that a call names, live or deleted. Throws `MALFORMED_ID` or `INVALID_CROSS_REFERENCE_KEY`. */
export function locateAny(entity: Entity, id: unknown): number {
  // An id that is held is well formed.
  const slot = entity.table.slotOf(id as string) ?? entity.table.slotOf(canonicalId(entity, id));
  if (slot === undefined) throw createError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  return slot;
}

/** The slot of a live record. Throws also `ENTITY_IS_DELETED`. */
export function locateLive(entity: Entity, id: unknown): number {
  const slot = locateAny(entity, id);
  if (entity.table.states[slot] === DELETED) throw createError('ENTITY_IS_DELETED', 'entity is deleted');
  return slot;
}

/** The slot of a live record that has a unique key of this one; undefined when there is none. */
export function findSame({ table }: Entity, record: StoredRecord): number | undefined {
  for (const unique of table.uniques) {
    const key = unique.keyOf(record);
    const slot = key === undefined ? undefined : unique.find(key);
    if (slot !== undefined) return slot;
  }
  return undefined;
}

/** Refuses a record whose unique keys another live record has. Throws `DUPLICATE_VALUE` with an issue for each key. */
export function assertUnique(entity: Entity, record: StoredRecord, ownSlot: number): void {
  const { table, definition } = entity;
  for (const unique of table.uniques) {
    const key = unique.keyOf(record);
    const slot = key === undefined ? undefined : unique.find(key);
    if (slot === undefined || slot === ownSlot) continue;
    const names = unique.fields.join(', ');
    const other = table.row(slot)?.[definition.roles.id];
    throw createError(
      'DUPLICATE_VALUE',
      `duplicate value found: ${names} duplicates value on record with id: ${other}`,
      unique.fields,
    );
  }
}
