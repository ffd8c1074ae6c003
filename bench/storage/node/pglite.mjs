/**
 * PGlite, PostgreSQL in WebAssembly, in a folder. It answers without loading anything, and makes no fsync: what it has
 * acknowledged outlives the process, and not a loss of power.
 */

import { PGlite } from '@electric-sql/pglite';
import { INDEXES, typedColumns } from '../sql.mjs';

const BATCH = 5_000;
const INSERT = 'INSERT INTO sessions SELECT * FROM json_populate_recordset(NULL::sessions, $1)';

class PgliteStore {
  #database;

  async open(place) {
    this.#database = await PGlite.create(place);
    // Texts are compared by their bytes, as everywhere else here.
    const columns = typedColumns('TEXT PRIMARY KEY').replaceAll('TEXT', 'TEXT COLLATE "C"');
    await this.#database.exec(`CREATE TABLE IF NOT EXISTS sessions (${columns}); ${INDEXES}`);
    return this;
  }

  load(records) {
    return this.#database.transaction(async (transaction) => {
      for (let start = 0; start < records.length; start += BATCH)
        await transaction.query(INSERT, [records.slice(start, start + BATCH)]);
    });
  }

  insert(record) {
    return this.insertMany([record]);
  }

  async insertMany(records) {
    await this.#database.query(INSERT, [records]);
  }

  async newest(agent, limit) {
    const sql = 'SELECT * FROM sessions WHERE "AgentId" = $1 ORDER BY "LoginTime" DESC LIMIT $2';
    return (await this.#database.query(sql, [agent, limit])).rows;
  }

  async all() {
    return (await this.#database.query('SELECT * FROM sessions')).rows;
  }

  tidy() {
    return this.#database.exec('CHECKPOINT');
  }

  close() {
    return this.#database.close();
  }
}

export const peer = {
  package: '@electric-sql/pglite',
  input: 'full',
  commit: 'appends to the WAL of PostgreSQL; no fsync',
  open: (place) => new PgliteStore().open(place),
};
