/**
 * AlaSQL: SQL over arrays, compiled once. The bulk insert is the documented one, an assignment of the array. In this
 * version a WHERE with parameters uses no index, so none is kept, and W1 and W2 do not count as a store's with indexes.
 */

import alasql from 'alasql';
import { NUMBER_FIELDS, TEXT_FIELDS } from './parts/fields.mjs';

const COLUMNS = [...TEXT_FIELDS.map((name) => `${name} STRING`), ...NUMBER_FIELDS.map((name) => `${name} INT`)];
const FIELDS = [...TEXT_FIELDS, ...NUMBER_FIELDS];

let databases = 0;

class AlasqlStore {
  #name = `bench${databases++}`;
  #database = new alasql.Database(this.#name);
  #statements;

  constructor() {
    this.#database.exec(`CREATE TABLE sessions (${COLUMNS.join(', ')})`);
    const compile = (sql) => alasql.compile(sql, this.#name);
    this.#statements = {
      insert: compile(`INSERT INTO sessions (${FIELDS.join()}) VALUES (${FIELDS.map(() => '?').join()})`),
      get: compile('SELECT * FROM sessions WHERE Id = ?'),
      window: compile(
        'SELECT * FROM sessions WHERE AgentId = ? AND LoginTime >= ? AND LoginTime <= ? ORDER BY LoginTime DESC LIMIT 50',
      ),
      groups: compile('SELECT AgentId, COUNT(*) AS n, SUM(TimeInChats) AS chats FROM sessions GROUP BY AgentId'),
      range: compile('SELECT VALUE COUNT(*) FROM sessions WHERE LoginTime >= ? AND LoginTime <= ?'),
      scan: compile('SELECT VALUE COUNT(*) FROM sessions WHERE TimeInChats > ? AND NumFlagRaised = ?'),
      assigned: compile('SELECT VALUE COUNT(*) FROM sessions WHERE ChatReqAssigned = ?'),
      assign: compile('UPDATE sessions SET ChatReqAssigned = ? WHERE Id = ?'),
    };
  }

  load(records) {
    this.#database.tables.sessions.data = records;
  }

  insert(record) {
    this.#statements.insert(FIELDS.map((name) => record[name]));
  }

  idOf(_receipt, record) {
    return record.Id;
  }

  get(id) {
    return this.#statements.get([id])[0];
  }

  count() {
    return this.#database.tables.sessions.data.length;
  }

  /** The limit of the workloads, 50, is in the compiled text. */
  agentWindow(agent, from, to) {
    return this.#statements.window([agent, from, to]);
  }

  groupByAgent() {
    return this.#statements.groups();
  }

  countBetween(from, to) {
    return this.#statements.range([from, to]);
  }

  countScan(chatsOver, flags) {
    return this.#statements.scan([chatsOver, flags]);
  }

  countAssigned(value) {
    return this.#statements.assigned([value]);
  }

  assign(id, value) {
    this.#statements.assign([value, id]);
  }

  close() {
    this.#database.exec('DROP TABLE sessions');
  }
}

export const peer = { package: 'alasql', input: 'full', unindexed: true, open: () => new AlasqlStore() };
