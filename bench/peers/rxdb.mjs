/** RxDB over its memory storage, one connection. All calls are awaited; its development mode is never loaded. */

import { createRxDatabase } from 'rxdb/plugins/core';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { groupByAgent } from './parts/group-by-agent.mjs';
import { RXDB_SCHEMA } from './parts/rxdb-schema.mjs';

let databases = 0;

class RxdbStore {
  #database;
  #sessions;

  async prepare() {
    databases += 1;
    this.#database = await createRxDatabase({
      name: `bench${databases}`,
      storage: getRxStorageMemory(),
      multiInstance: false,
      eventReduce: true,
    });
    const { sessions } = await this.#database.addCollections({ sessions: { schema: RXDB_SCHEMA } });
    this.#sessions = sessions;
    return this;
  }

  async load(records) {
    const { error } = await this.#sessions.bulkInsert(records);
    if (error.length > 0) throw new Error(`${error.length} records refused.`);
  }

  insert(record) {
    return this.#sessions.insert(record);
  }

  idOf(_receipt, record) {
    return record.Id;
  }

  get(id) {
    return this.#sessions.findOne(id).exec();
  }

  count() {
    return this.#sessions.count().exec();
  }

  agentWindow(agent, from, to, limit) {
    const selector = { AgentId: agent, LoginTime: { $gte: from, $lte: to } };
    return this.#sessions.find({ selector, sort: [{ LoginTime: 'desc' }], limit }).exec();
  }

  async groupByAgent() {
    return groupByAgent(await this.#sessions.find().exec());
  }

  countBetween(from, to) {
    return this.#sessions.count({ selector: { LoginTime: { $gte: from, $lte: to } } }).exec();
  }

  /** Its count() refuses a selector that no index fully serves. */
  async countScan(chatsOver, flags) {
    const selector = { TimeInChats: { $gt: chatsOver }, NumFlagRaised: flags };
    return (await this.#sessions.find({ selector }).exec()).length;
  }

  countAssigned(value) {
    return this.#sessions.count({ selector: { ChatReqAssigned: value } }).exec();
  }

  assign(id, value) {
    return this.#patch(id, { ChatReqAssigned: value });
  }

  transfer(id, agent) {
    return this.#patch(id, { AgentId: agent });
  }

  finish(id, seconds) {
    return this.#patch(id, { TimeInOnlineStatus: seconds });
  }

  watchWindow(agent, limit, hear) {
    const query = this.#sessions.find({ selector: { AgentId: agent }, sort: [{ LoginTime: 'desc' }], limit });
    return this.#watch(query, hear);
  }

  watchOpen(agent, hear) {
    return this.#watch(this.#sessions.find({ selector: { AgentId: agent, TimeInOnlineStatus: null } }), hear);
  }

  async close() {
    await this.#database.close();
  }

  async #patch(id, changes) {
    const record = await this.#sessions.findOne(id).exec();
    await record.patch(changes);
  }

  #watch(query, hear) {
    const subscription = query.$.subscribe(hear);
    return () => subscription.unsubscribe();
  }
}

export const peer = { package: 'rxdb', input: 'full', open: () => new RxdbStore().prepare() };
