/** RxDB over one of its storages, one connection. Its development mode is never loaded. */

import { createRxDatabase } from 'rxdb/plugins/core';
import { RXDB_SCHEMA } from '../peers/parts/rxdb-schema.mjs';

export class RxdbStore {
  #storage;
  #database;
  #sessions;

  constructor(storage) {
    this.#storage = storage;
  }

  async open() {
    this.#database = await createRxDatabase({ name: 'bench', storage: this.#storage, multiInstance: false });
    const { sessions } = await this.#database.addCollections({ sessions: { schema: RXDB_SCHEMA } });
    this.#sessions = sessions;
    return this;
  }

  load(records) {
    return this.insertMany(records);
  }

  insert(record) {
    return this.#sessions.insert(record);
  }

  async insertMany(records) {
    const { error } = await this.#sessions.bulkInsert(records);
    if (error.length > 0) throw new Error(`${error.length} records refused.`);
  }

  newest(agent, limit) {
    return this.#sessions.find({ selector: { AgentId: agent }, sort: [{ LoginTime: 'desc' }], limit }).exec();
  }

  all() {
    return this.#sessions.find().exec();
  }

  close() {
    return this.#database.close();
  }
}
