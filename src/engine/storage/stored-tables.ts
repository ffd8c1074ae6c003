import type { StoredEntity } from './stored-entity.ts';
import { StoredRows } from './stored-rows.ts';

/** The records of all objects as they are stored, until all has been read and each table takes its own. */
export class StoredTables {
  readonly #rows = new Map<StoredEntity, StoredRows>();

  rowsOf(entity: StoredEntity): StoredRows {
    let rows = this.#rows.get(entity);
    if (rows === undefined) {
      rows = new StoredRows(entity.table);
      this.#rows.set(entity, rows);
    }
    return rows;
  }

  /** Gives one object's table its records now. */
  loadOne(entity: StoredEntity): void {
    entity.table.load(this.rowsOf(entity));
    this.#rows.delete(entity);
  }

  load(): void {
    for (const [{ table }, rows] of this.#rows) table.load(rows);
  }
}
