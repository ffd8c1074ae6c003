/**
 * The same task with a stock B+ tree (sorted-btree) an index instead of hand-made lists: one for LoginTime, one for
 * (AgentId, LoginTime), which also serves AgentId, and one for (ChatReqAssigned, Id). Records are changed in place.
 */

import sortedBtree from 'sorted-btree';

const BTree = sortedBtree.default ?? sortedBtree;

const byText = (left, right) => (left < right ? -1 : left > right ? 1 : 0);
const loginKey = (record) => record.LoginTime;
const agentKey = (record) => `${record.AgentId} ${record.LoginTime}`;
const assignedKey = (value, id) => `${String(value).padStart(3, '0')} ${id}`;

/** Sorts after every key that starts with the text before it. */
const END = '\uffff';

class BtreeStore {
  #byId = new Map();
  #byLogin = new BTree(undefined, byText);
  #byAgent = new BTree(undefined, byText);
  #byAssigned = new BTree(undefined, byText);
  #windowByAgent = new Map();
  #openByAgent = new Map();

  load(records) {
    for (const record of records) this.insert(record);
  }

  insert(record) {
    this.#byId.set(record.Id, record);
    this.#byLogin.set(loginKey(record), record);
    this.#byAssigned.set(assignedKey(record.ChatReqAssigned, record.Id), record);
    this.#byAgent.set(agentKey(record), record);
    this.#tell(record);
  }

  idOf(_receipt, record) {
    return record.Id;
  }

  get(id) {
    return this.#byId.get(id);
  }

  count() {
    return this.#byId.size;
  }

  agentWindow(agent, from, to, limit) {
    const found = [];
    const first = `${agent} ${from}`;
    let entry = this.#byAgent.getPairOrNextLower(`${agent} ${to}`);
    while (entry !== undefined && entry[0] >= first && found.length < limit) {
      found.push(entry[1]);
      entry = this.#byAgent.nextLowerPair(entry[0]);
    }
    return found;
  }

  groupByAgent() {
    const groups = new Map();
    this.#byAgent.forEachPair((_key, record) => {
      const group = groups.get(record.AgentId);
      if (group === undefined) {
        groups.set(record.AgentId, { AgentId: record.AgentId, n: 1, chats: record.TimeInChats });
        return;
      }
      group.n += 1;
      group.chats += record.TimeInChats;
    });
    return [...groups.values()];
  }

  countBetween(from, to) {
    return this.#byLogin.forRange(from, to, true);
  }

  countScan(chatsOver, flags) {
    let count = 0;
    for (const record of this.#byId.values()) {
      if (record.TimeInChats > chatsOver && record.NumFlagRaised === flags) count += 1;
    }
    return count;
  }

  countAssigned(value) {
    return this.#byAssigned.forRange(assignedKey(value, ''), assignedKey(value, END), true);
  }

  assign(id, value) {
    const record = this.#byId.get(id);
    this.#byAssigned.delete(assignedKey(record.ChatReqAssigned, id));
    record.ChatReqAssigned = value;
    this.#byAssigned.set(assignedKey(value, id), record);
    this.#tell(record);
  }

  transfer(id, agent) {
    const record = this.#byId.get(id);
    this.#byAgent.delete(agentKey(record));
    this.#tell(record);
    record.AgentId = agent;
    this.#byAgent.set(agentKey(record), record);
    this.#tell(record);
  }

  finish(id, seconds) {
    const record = this.#byId.get(id);
    record.TimeInOnlineStatus = seconds;
    this.#tell(record);
  }

  watchWindow(agent, limit, hear) {
    const watcher = { hear: () => hear(this.agentWindow(agent, '', END, limit)) };
    this.#windowByAgent.set(agent, watcher);
    watcher.hear();
    return () => this.#windowByAgent.delete(agent);
  }

  watchOpen(agent, hear) {
    const isOpen = (record) => record.TimeInOnlineStatus === null;
    const watcher = { hear: () => hear(this.agentWindow(agent, '', END, Number.POSITIVE_INFINITY).filter(isOpen)) };
    this.#openByAgent.set(agent, watcher);
    watcher.hear();
    return () => this.#openByAgent.delete(agent);
  }

  close() {}

  #tell(record) {
    this.#windowByAgent.get(record.AgentId)?.hear();
    this.#openByAgent.get(record.AgentId)?.hear();
  }
}

export const peer = { package: 'sorted-btree', input: 'full', open: () => new BtreeStore() };
