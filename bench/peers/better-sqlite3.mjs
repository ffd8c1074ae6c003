/** SQLite in memory by better-sqlite3: synchronous, prepared statements, true B-trees. It tells nobody of changes. */

import Database from 'better-sqlite3';
import { NUMBER_FIELDS, TEXT_FIELDS } from './parts/fields.mjs';

const COLUMNS = [...TEXT_FIELDS.map((name) => `${name} TEXT`), ...NUMBER_FIELDS.map((name) => `${name} INTEGER`)];
const FIELDS = [...TEXT_FIELDS, ...NUMBER_FIELDS];

const SCHEMA = `
  CREATE TABLE sessions (${COLUMNS.join(', ').replace('Id TEXT', 'Id TEXT PRIMARY KEY')});
  CREATE INDEX by_agent ON sessions (AgentId);
  CREATE INDEX by_login ON sessions (LoginTime);
  CREATE INDEX by_agent_and_login ON sessions (AgentId, LoginTime);
  CREATE INDEX by_assigned ON sessions (ChatReqAssigned);
`;

class SqliteStore {
  #database = new Database(':memory:');
  #statements;

  constructor() {
    this.#database.pragma('synchronous = OFF');
    this.#database.exec(SCHEMA);
    const prepare = (sql) => this.#database.prepare(sql);
    this.#statements = {
      insert: prepare(`INSERT INTO sessions (${FIELDS.join()}) VALUES (${FIELDS.map((name) => `@${name}`).join()})`),
      get: prepare('SELECT * FROM sessions WHERE Id = ?'),
      window: prepare(
        'SELECT * FROM sessions WHERE AgentId = ? AND LoginTime BETWEEN ? AND ? ORDER BY LoginTime DESC LIMIT ?',
      ),
      groups: prepare('SELECT AgentId, COUNT(*) AS n, SUM(TimeInChats) AS chats FROM sessions GROUP BY AgentId'),
      range: prepare('SELECT COUNT(*) FROM sessions WHERE LoginTime BETWEEN ? AND ?').pluck(),
      scan: prepare('SELECT COUNT(*) FROM sessions WHERE TimeInChats > ? AND NumFlagRaised = ?').pluck(),
      assigned: prepare('SELECT COUNT(*) FROM sessions WHERE ChatReqAssigned = ?').pluck(),
      count: prepare('SELECT COUNT(*) FROM sessions').pluck(),
      assign: prepare('UPDATE sessions SET ChatReqAssigned = ? WHERE Id = ?'),
    };
  }

  load(records) {
    const { insert } = this.#statements;
    this.#database.transaction(() => {
      for (const record of records) insert.run(record);
    })();
  }

  insert(record) {
    this.#statements.insert.run(record);
  }

  idOf(_receipt, record) {
    return record.Id;
  }

  get(id) {
    return this.#statements.get.get(id);
  }

  count() {
    return this.#statements.count.get();
  }

  agentWindow(agent, from, to, limit) {
    return this.#statements.window.all(agent, from, to, limit);
  }

  groupByAgent() {
    return this.#statements.groups.all();
  }

  countBetween(from, to) {
    return this.#statements.range.get(from, to);
  }

  countScan(chatsOver, flags) {
    return this.#statements.scan.get(chatsOver, flags);
  }

  countAssigned(value) {
    return this.#statements.assigned.get(value);
  }

  assign(id, value) {
    this.#statements.assign.run(value, id);
  }

  /** Its pages lie outside the heap. */
  nativeBytes() {
    const pragma = (name) => this.#database.pragma(name, { simple: true });
    return pragma('page_count') * pragma('page_size');
  }

  close() {
    this.#database.close();
  }
}

export const peer = { package: 'better-sqlite3', input: 'full', open: () => new SqliteStore() };
