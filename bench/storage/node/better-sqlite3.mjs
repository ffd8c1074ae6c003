/** SQLite in a file: it keeps nothing in memory but pages, so it answers without loading anything. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { FIELDS, INDEXES, typedColumns } from '../sql.mjs';

class SqliteStore {
  #database;
  #insert;

  constructor(place) {
    mkdirSync(place, { recursive: true });
    this.#database = new Database(join(place, 'sessions.db'));
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    this.#database.exec(`CREATE TABLE IF NOT EXISTS sessions (${typedColumns('TEXT PRIMARY KEY')}); ${INDEXES}`);
    const places = FIELDS.map((name) => `@${name}`).join();
    this.#insert = this.#database.prepare(`INSERT INTO sessions (${FIELDS.join()}) VALUES (${places})`);
  }

  load(records) {
    this.insertMany(records);
  }

  insert(record) {
    this.#insert.run(record);
  }

  insertMany(records) {
    this.#database.transaction(() => {
      for (const record of records) this.#insert.run(record);
    })();
  }

  newest(agent, limit) {
    const sql = 'SELECT * FROM sessions WHERE AgentId = ? ORDER BY LoginTime DESC LIMIT ?';
    return this.#database.prepare(sql).all(agent, limit);
  }

  all() {
    return this.#database.prepare('SELECT * FROM sessions').all();
  }

  tidy() {
    this.#database.pragma('wal_checkpoint(TRUNCATE)');
  }

  close() {
    this.#database.close();
  }
}

export const peer = {
  package: 'better-sqlite3',
  input: 'full',
  commit: 'appends pages to the WAL; fsync (synchronous = FULL)',
  open: (place) => new SqliteStore(place),
};
