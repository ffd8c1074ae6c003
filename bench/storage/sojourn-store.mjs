/** Sojourn over whatever storage it is given. */

const OPTIONS = {
  name: 'bench',
  user: '0055g00000ABcdeAAD',
  indexes: { LiveAgentSession: ['AgentId', 'LoginTime', ['AgentId', 'LoginTime'], 'ChatReqAssigned'] },
};

export class SojournStore {
  #database;
  #sessions;

  static async open(openDatabase, objects, storage) {
    const store = new SojournStore();
    store.#database = await openDatabase({ ...OPTIONS, objects, storage });
    store.#sessions = store.#database.LiveAgentSession;
    return store;
  }

  async load(records) {
    const receipts = await this.#sessions.create(records);
    const refused = receipts.find(({ success }) => !success);
    if (refused) throw new Error(`A record is refused: ${JSON.stringify(refused.errors)}`);
  }

  insert(record) {
    return this.#sessions.create(record);
  }

  insertMany(records) {
    return this.#sessions.create(records);
  }

  newest(agent, limit) {
    return this.#sessions.find({ where: { AgentId: agent }, orderBy: [{ LoginTime: 'desc' }], limit });
  }

  all() {
    return this.#sessions.find();
  }

  /** More than once: one that has begun by itself is joined, and leaves in the log what was committed after it began. */
  async tidy() {
    do await this.#database.compact();
    while (this.#database.health().logBytes > 0);
  }

  close() {
    return this.#database.close();
  }
}
