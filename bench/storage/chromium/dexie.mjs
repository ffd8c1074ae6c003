/**
 * Dexie alone: a row a record, the same indexes. Its own default leaves durability to the browser, which in Chromium is
 * relaxed; here it is told strict, as Sojourn tells it.
 */

import Dexie from 'dexie';

class DexieStore {
  #database = new Dexie('bench', { chromeTransactionDurability: 'strict' });
  #sessions;

  async open() {
    this.#database.version(1).stores({ sessions: 'Id, AgentId, LoginTime, [AgentId+LoginTime], ChatReqAssigned' });
    await this.#database.open();
    this.#sessions = this.#database.table('sessions');
    return this;
  }

  load(records) {
    return this.insertMany(records);
  }

  insert(record) {
    return this.#sessions.add(record);
  }

  insertMany(records) {
    return this.#sessions.bulkAdd(records);
  }

  newest(agent, limit) {
    const own = this.#sessions.where('[AgentId+LoginTime]').between([agent, Dexie.minKey], [agent, Dexie.maxKey]);
    return own.reverse().limit(limit).toArray();
  }

  all() {
    return this.#sessions.toArray();
  }

  close() {
    this.#database.close();
  }
}

export const peer = {
  package: 'dexie',
  input: 'full',
  commit: 'rows in a transaction, strict (its default is relaxed)',
  open: () => new DexieStore().open(),
};
