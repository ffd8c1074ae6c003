/** TinyBase over whatever persister it is given: all cells in memory, and saved when told to. */

import { createIndexes, createStore } from 'tinybase';

const TABLE = 'sessions';

export class TinybaseStore {
  #store = createStore();
  #indexes;
  #persister;

  async open(createPersister) {
    this.#persister = createPersister(this.#store, (error) => {
      this.error = error;
    });
    await this.#persister.load();
    // After loading: it is made in one go.
    this.#indexes = createIndexes(this.#store);
    this.#indexes.setIndexDefinition('byAgent', TABLE, 'AgentId', 'LoginTime');
    this.#indexes.setIndexDefinition('byAssigned', TABLE, 'ChatReqAssigned');
    return this;
  }

  load(records) {
    return this.insertMany(records);
  }

  insert(record) {
    return this.insertMany([record]);
  }

  async insertMany(records) {
    this.#store.transaction(() => {
      for (const record of records) this.#store.setRow(TABLE, record.Id, record);
    });
    this.error = undefined;
    await this.#persister.save();
    if (this.error !== undefined) throw this.error;
  }

  newest(agent, limit) {
    const ids = this.#indexes.getSliceRowIds('byAgent', agent).slice(-limit).reverse();
    return ids.map((id) => this.#store.getRow(TABLE, id));
  }

  all() {
    return Object.values(this.#store.getTable(TABLE));
  }

  async close() {
    await this.#persister.destroy();
  }
}
