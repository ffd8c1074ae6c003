import { must } from '../ground/assert.ts';
import type { Entity, Store } from '../store/store.ts';
import { locateLive } from './locate.ts';

/**
 * Stamps LastViewedDate and LastReferencedDate, where the object has them. A view is a reference too, as in Salesforce;
 * neither moves SystemModstamp, for nothing of the record itself has changed.
 */
export function recordUse(store: Store, entity: Entity, ids: string | readonly string[], viewed: boolean): void {
  const { roles } = entity.definition;
  store.write((unit) => {
    const { now } = store.moment();
    for (const id of Array.isArray(ids) ? ids : [ids]) {
      const slot = locateLive(entity, id);
      let record = must(entity.table.row(slot), 'a located record is held');
      if (viewed && roles.viewed !== undefined) record = entity.writer.setField(record, roles.viewed, now);
      if (roles.referenced !== undefined) record = entity.writer.setField(record, roles.referenced, now);
      if (record !== entity.table.row(slot)) unit.replace(entity.table, slot, record);
    }
  });
}
