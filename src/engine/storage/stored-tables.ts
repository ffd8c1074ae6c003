import type { Entity } from '../store/store.ts';
import { StoredRows } from './stored-rows.ts';

/** The records of all objects as they are stored, until all has been read and each table takes its own. */
export class StoredTables {
  readonly #rows = new Map<Entity, StoredRows>();

  rowsOf(entity: Entity): StoredRows {
    let rows = this.#rows.get(entity);
    if (rows === undefined) {
      rows = new StoredRows(entity.table);
      this.#rows.set(entity, rows);
    }
    return rows;
  }

  load(): void {
    for (const [{ table }, rows] of this.#rows) table.load(rows);
  }
}
