import { formatDateTime } from '../engine/ground/date-time.ts';
import type { Entity, Store } from '../engine/store/store.ts';
import { DELETED } from '../engine/store/table.ts';
import type { Unit } from '../engine/store/unit.ts';
import type { Eras } from './eras.ts';
import { isSyncObject, versionId } from './keep-book.ts';

/** The most records that one commit takes out, so that none holds up those who write. */
const AT_ONCE = 1_000;

/** The slots of records whose `field` is a moment before `limit`; the first of them, as many as one commit takes. */
function slotsBefore({ table }: Entity, field: string, limit: string): number[] {
  const at = table.positionOf(field);
  const slots: number[] = [];
  for (let slot = 0; slot < table.slotCount && slots.length < AT_ONCE; slot++) {
    const value = table.value(slot, at);
    if (typeof value === 'string' && value < limit) slots.push(slot);
  }
  return slots;
}

function forgetChanges(store: Store, eras: Eras, unit: Unit, slots: readonly number[]): void {
  const { table } = store.entity('SyncBefore');
  const versions = store.entity('SyncVersion').table;
  let forgotten = 0;
  for (const slot of slots) {
    const change = table.row(slot);
    if (change === undefined) continue;
    forgotten = Math.max(forgotten, change.Sequence as number);
    const versionSlot = versions.slotOf(versionId(change.Object as string, change.RecordId as string));
    const version = versionSlot === undefined ? undefined : versions.row(versionSlot);
    if (version?.Purged === true && version.Sequence === change.Sequence) unit.purge(versions, versionSlot as number);
    unit.purge(table, slot);
  }
  eras.forget(unit, forgotten);
}

/** Forgets changes and answered pushes that are older than a client may be. */
export async function forgetOld(store: Store, eras: Eras, olderThanMs: number): Promise<void> {
  const limit = formatDateTime(store.environment.now() - olderThanMs);
  for (;;) {
    const slots = slotsBefore(store.entity('SyncBefore'), 'At', limit);
    if (slots.length === 0) break;
    store.write((unit) => forgetChanges(store, eras, unit, slots));
    await store.environment.pause();
    if (store.isClosed) return;
  }
  for (;;) {
    const entity = store.entity('SyncClient');
    const slots = slotsBefore(entity, 'UsedAt', limit);
    if (slots.length === 0) return;
    store.write((unit) => {
      for (const slot of slots) unit.purge(entity.table, slot);
    });
    await store.environment.pause();
    if (store.isClosed) return;
  }
}

/** Takes records out for good that have been in the recycle bin for longer. */
export async function purgeBins(store: Store, olderThanMs: number): Promise<void> {
  const limit = formatDateTime(store.environment.now() - olderThanMs);
  for (const { table, definition } of store.entities) {
    if (isSyncObject(definition.name)) continue;
    for (;;) {
      const slots = [...table.bin]
        .filter((slot) => (table.row(slot)?.[definition.roles.stamp] as string) < limit)
        .slice(0, AT_ONCE);
      if (slots.length === 0) break;
      store.write((unit) => {
        for (const slot of slots) if (table.states[slot] === DELETED) unit.purge(table, slot);
      });
      await store.environment.pause();
      if (store.isClosed) return;
    }
  }
}
