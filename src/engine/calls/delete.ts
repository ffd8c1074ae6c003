import { must } from '../ground/assert.ts';
import { createError } from '../ground/errors.ts';
import type { Entity, Store } from '../store/store.ts';
import { LIVE, type Table } from '../store/table.ts';
import type { Unit } from '../store/unit.ts';
import type { WriteMoment } from '../write/record-writer.ts';
import { canonicalId, locateLive } from './locate.ts';
import { type DeleteResult, succeeded, type WriteOptions } from './results.ts';
import { writeEach } from './write-each.ts';

/** Above this, children are found by an index, built at the first cascade. */
const SCAN_MAX = 64;

/** The live records whose `field` is `id`. */
function childrenOf(table: Table, field: string, id: string): number[] {
  const children: number[] = [];
  if (table.liveCount <= SCAN_MAX) {
    for (let slot = 0; slot < table.slotCount; slot++) {
      if (table.states[slot] === LIVE && table.row(slot)?.[field] === id) children.push(slot);
    }
    return children;
  }
  const index = table.addIndex([field]);
  const code = must(table.builtColumn(field)?.dictionary, 'a reference has a dictionary').find(id);
  const group = code < 0 ? undefined : index.group([code]);
  if (typeof group === 'number') return [group];
  group?.visit(0, group.size, false, (slot) => children.push(slot) > 0);
  return children;
}

/** Puts a record in the recycle bin with all that hangs on it, children of children too. */
export function deleteInUnit(store: Store, unit: Unit, entity: Entity, slot: number, moment: WriteMoment): string {
  const record = must(entity.table.row(slot), 'a located record is held');
  const refusal = entity.definition.spec.onDelete?.(record);
  if (refusal !== undefined) throw createError(refusal.code, refusal.message);
  const root = record[entity.definition.roles.id] as string;
  const taker = { object: entity.definition.name, id: root };
  const waiting: { readonly entity: Entity; readonly slot: number }[] = [{ entity, slot }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { table, writer, cascades, definition } = next.entity;
    // Two ways may lead to one record.
    if (table.states[next.slot] !== LIVE) continue;
    const before = must(table.row(next.slot), 'a live slot holds a record');
    const id = before[definition.roles.id] as string;
    // Not told by the id, which a record of another object may have as well.
    const isRoot = next.entity === entity && next.slot === slot;
    unit.replace(table, next.slot, writer.setDeleted(before, true, moment), isRoot ? undefined : taker);
    for (const cascade of cascades) {
      const child = store.entity(cascade.table.name);
      for (const childSlot of childrenOf(cascade.table, cascade.field, id))
        waiting.push({ entity: child, slot: childSlot });
    }
  }
  return root;
}

export function deleteRecords(
  store: Store,
  entity: Entity,
  ids: readonly unknown[],
  options: WriteOptions,
): DeleteResult[] {
  const idOf = (id: unknown) => (typeof id === 'string' ? id : null);
  return writeEach(store, ids, options, idOf, (unit, id) => {
    return deleteInUnit(store, unit, entity, locateLive(entity, id), store.moment());
  });
}

/** One record. Throws what is wrong with the id. */
export function deleteRecord(store: Store, entity: Entity, id: unknown): DeleteResult {
  canonicalId(entity, id);
  return store.write((unit) => succeeded(deleteInUnit(store, unit, entity, locateLive(entity, id), store.moment())));
}
