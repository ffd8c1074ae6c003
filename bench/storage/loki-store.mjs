/** LokiJS over whatever adapter it is given: all records in memory, and saved when told to. */

import Loki from 'lokijs';

export class LokiStore {
  #database;
  #sessions;

  async open(place, adapter) {
    this.#database = new Loki(place, { adapter, autosave: false, autoload: false, verbose: false });
    await this.#told((done) => this.#database.loadDatabase({}, done));
    this.#sessions =
      this.#database.getCollection('sessions') ??
      this.#database.addCollection('sessions', {
        unique: ['Id'],
        indices: ['AgentId', 'LoginTime', 'ChatReqAssigned'],
        disableMeta: true,
      });
    return this;
  }

  load(records) {
    return this.insertMany(records);
  }

  insert(record) {
    return this.insertMany([record]);
  }

  insertMany(records) {
    this.#sessions.insert(records);
    return this.#told((done) => this.#database.saveDatabase(done));
  }

  newest(agent, limit) {
    return this.#sessions.chain().find({ AgentId: agent }).simplesort('LoginTime', { desc: true }).limit(limit).data();
  }

  all() {
    return this.#sessions.data;
  }

  close() {
    return this.#told((done) => this.#database.close(done));
  }

  #told(start) {
    return new Promise((resolve, reject) => start((error) => (error instanceof Error ? reject(error) : resolve())));
  }
}
