/** Dexie on fake-indexeddb, as Node has no IndexedDB: what a browser's own would give is not known from this. */

import 'fake-indexeddb/auto';
import Dexie, { liveQuery } from 'dexie';
import { groupByAgent } from './parts/group-by-agent.mjs';

const OLDEST = '';
const NEWEST = '\uffff';

let databases = 0;

class DexieStore {
  #database = new Dexie(`bench${databases++}`);
  #sessions;

  async prepare() {
    this.#database.version(1).stores({ sessions: 'Id, AgentId, LoginTime, [AgentId+LoginTime], ChatReqAssigned' });
    await this.#database.open();
    this.#sessions = this.#database.table('sessions');
    return this;
  }

  async load(records) {
    await this.#sessions.bulkAdd(records);
  }

  insert(record) {
    return this.#sessions.add(record);
  }

  idOf(_receipt, record) {
    return record.Id;
  }

  get(id) {
    return this.#sessions.get(id);
  }

  count() {
    return this.#sessions.count();
  }

  agentWindow(agent, from, to, limit) {
    return this.#newestOf(agent, from, to, limit);
  }

  async groupByAgent() {
    return groupByAgent(await this.#sessions.toArray());
  }

  countBetween(from, to) {
    return this.#sessions.where('LoginTime').between(from, to, true, true).count();
  }

  countScan(chatsOver, flags) {
    const fits = (record) => record.TimeInChats > chatsOver && record.NumFlagRaised === flags;
    return this.#sessions.filter(fits).count();
  }

  countAssigned(value) {
    return this.#sessions.where('ChatReqAssigned').equals(value).count();
  }

  assign(id, value) {
    return this.#sessions.update(id, { ChatReqAssigned: value });
  }

  transfer(id, agent) {
    return this.#sessions.update(id, { AgentId: agent });
  }

  finish(id, seconds) {
    return this.#sessions.update(id, { TimeInOnlineStatus: seconds });
  }

  watchWindow(agent, limit, hear) {
    return this.#watch(() => this.#newestOf(agent, OLDEST, NEWEST, limit), hear);
  }

  watchOpen(agent, hear) {
    const isOpen = (record) => record.TimeInOnlineStatus === null;
    return this.#watch(() => this.#sessions.where('AgentId').equals(agent).filter(isOpen).toArray(), hear);
  }

  async close() {
    this.#database.close();
    await this.#database.delete();
  }

  #newestOf(agent, from, to, limit) {
    const own = this.#sessions.where('[AgentId+LoginTime]').between([agent, from], [agent, to], true, true);
    return own.reverse().limit(limit).toArray();
  }

  #watch(query, hear) {
    const subscription = liveQuery(query).subscribe(hear);
    return () => subscription.unsubscribe();
  }
}

export const peer = { package: 'dexie', input: 'full', open: () => new DexieStore().prepare() };
