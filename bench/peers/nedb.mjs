/** NeDB (@seald-io/nedb) in memory: all calls are awaited, records are copied both ways. No change events. */

import Datastore from '@seald-io/nedb';
import { groupByAgent } from './parts/group-by-agent.mjs';

class NedbStore {
  #sessions = new Datastore();

  async prepare() {
    await this.#sessions.ensureIndexAsync({ fieldName: 'Id', unique: true });
    for (const fieldName of ['AgentId', 'LoginTime', ['AgentId', 'LoginTime'], 'ChatReqAssigned']) {
      await this.#sessions.ensureIndexAsync({ fieldName });
    }
    return this;
  }

  async load(records) {
    await this.#sessions.insertAsync(records);
  }

  insert(record) {
    return this.#sessions.insertAsync(record);
  }

  idOf(_receipt, record) {
    return record.Id;
  }

  get(id) {
    return this.#sessions.findOneAsync({ Id: id });
  }

  count() {
    return this.#sessions.countAsync({});
  }

  agentWindow(agent, from, to, limit) {
    const fits = { AgentId: agent, LoginTime: { $gte: from, $lte: to } };
    return this.#sessions.findAsync(fits).sort({ LoginTime: -1 }).limit(limit);
  }

  async groupByAgent() {
    return groupByAgent(await this.#sessions.findAsync({}));
  }

  countBetween(from, to) {
    return this.#sessions.countAsync({ LoginTime: { $gte: from, $lte: to } });
  }

  countScan(chatsOver, flags) {
    return this.#sessions.countAsync({ TimeInChats: { $gt: chatsOver }, NumFlagRaised: flags });
  }

  countAssigned(value) {
    return this.#sessions.countAsync({ ChatReqAssigned: value });
  }

  assign(id, value) {
    return this.#sessions.updateAsync({ Id: id }, { $set: { ChatReqAssigned: value } });
  }

  close() {}
}

export const peer = { package: '@seald-io/nedb', input: 'full', open: () => new NedbStore().prepare() };
