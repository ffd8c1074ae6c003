/**
 * The limit that is raced: plain JavaScript written by hand for exactly these workloads and nothing else. A Map by id;
 * a Map from agent to an array in order of LoginTime, which serves AgentId and (AgentId, LoginTime); a blocked list for
 * LoginTime; a Map from ChatReqAssigned to a Set; subscribers in Maps by agent. Records are kept by reference and
 * changed in place: no copy, no check, no event but to the subscriber.
 */

import { BlockedList, placeOf } from './parts/blocked-list.mjs';

const byLoginTime = (left, right) => (left.LoginTime < right.LoginTime ? -1 : 1);

class BaselineStore {
  #records = [];
  #byId = new Map();
  #byAgent = new Map();
  #byAssigned = new Map();
  #byLogin = new BlockedList();
  #windowByAgent = new Map();
  #openByAgent = new Map();
  #groups;

  load(records) {
    for (const record of records) {
      this.#records.push(record);
      this.#byId.set(record.Id, record);
      this.#assignedSet(record.ChatReqAssigned).add(record);
    }
    const sorted = records.slice().sort(byLoginTime);
    // Taken in order, every agent's array comes out in order.
    for (const record of sorted) this.#sessionsOf(record.AgentId).push(record);
    this.#byLogin.fill(sorted);
  }

  insert(record) {
    this.#records.push(record);
    this.#byId.set(record.Id, record);
    this.#assignedSet(record.ChatReqAssigned).add(record);
    this.#addToAgent(record);
    this.#byLogin.insert(record);
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
    const sessions = this.#byAgent.get(agent);
    if (sessions === undefined) return [];
    const first = placeOf(sessions, from, false);
    const found = [];
    for (let place = placeOf(sessions, to, true) - 1; place >= first && found.length < limit; place -= 1) {
      found.push(sessions[place]);
    }
    return found;
  }

  groupByAgent() {
    const groups = [];
    for (const [agent, sessions] of this.#byAgent) {
      let chats = 0;
      for (const session of sessions) chats += session.TimeInChats;
      groups.push({ AgentId: agent, n: sessions.length, chats });
    }
    return groups;
  }

  countBetween(from, to) {
    return this.#byLogin.countBetween(from, to);
  }

  countScan(chatsOver, flags) {
    let count = 0;
    for (const record of this.#records) {
      if (record.TimeInChats > chatsOver && record.NumFlagRaised === flags) count += 1;
    }
    return count;
  }

  countAssigned(value) {
    return this.#byAssigned.get(value)?.size ?? 0;
  }

  assign(id, value) {
    const record = this.#byId.get(id);
    this.#byAssigned.get(record.ChatReqAssigned).delete(record);
    record.ChatReqAssigned = value;
    this.#assignedSet(value).add(record);
    this.#tellWindow(record);
  }

  transfer(id, agent) {
    const record = this.#byId.get(id);
    const sessions = this.#byAgent.get(record.AgentId);
    const place = placeOf(sessions, record.LoginTime, false);
    sessions.splice(place, 1);
    const window = this.#windowByAgent.get(record.AgentId);
    if (window !== undefined && place >= sessions.length - window.limit) this.#tell(window, sessions);
    record.AgentId = agent;
    this.#addToAgent(record);
  }

  finish(id, seconds) {
    const record = this.#byId.get(id);
    const wasOpen = record.TimeInOnlineStatus === null;
    record.TimeInOnlineStatus = seconds;
    this.#tellWindow(record);
    const watcher = wasOpen ? this.#openByAgent.get(record.AgentId) : undefined;
    if (watcher === undefined) return;
    watcher.open = watcher.open.filter((session) => session !== record);
    watcher.hear(watcher.open);
  }

  watchWindow(agent, limit, hear) {
    const window = { limit, hear };
    this.#windowByAgent.set(agent, window);
    this.#tell(window, this.#sessionsOf(agent));
    return () => this.#windowByAgent.delete(agent);
  }

  watchOpen(agent, hear) {
    const open = (this.#byAgent.get(agent) ?? []).filter((session) => session.TimeInOnlineStatus === null);
    this.#openByAgent.set(agent, { open, hear });
    hear(open);
    return () => this.#openByAgent.delete(agent);
  }

  chatFor(id, seconds) {
    const record = this.#byId.get(id);
    const before = record.TimeInChats;
    record.TimeInChats = seconds;
    if (this.#groups === undefined) return;
    const place = this.#groups.places.get(record.AgentId);
    const rows = this.#groups.rows.slice();
    const row = rows[place];
    rows[place] = { ...row, chats: row.chats + seconds - before };
    this.#groups.rows = rows;
    this.#groups.hear(rows);
  }

  watchGroups(hear) {
    const rows = this.groupByAgent();
    this.#groups = { hear, rows, places: new Map(rows.map(({ AgentId }, place) => [AgentId, place])) };
    hear(rows);
    return () => {
      this.#groups = undefined;
    };
  }

  close() {}

  #sessionsOf(agent) {
    let sessions = this.#byAgent.get(agent);
    if (sessions === undefined) {
      sessions = [];
      this.#byAgent.set(agent, sessions);
    }
    return sessions;
  }

  #assignedSet(value) {
    let records = this.#byAssigned.get(value);
    if (records === undefined) {
      records = new Set();
      this.#byAssigned.set(value, records);
    }
    return records;
  }

  #addToAgent(record) {
    const sessions = this.#sessionsOf(record.AgentId);
    const place = placeOf(sessions, record.LoginTime, false);
    if (place === sessions.length) sessions.push(record);
    else sessions.splice(place, 0, record);
    this.#tellWindow(record);
    const watcher = record.TimeInOnlineStatus === null ? this.#openByAgent.get(record.AgentId) : undefined;
    if (watcher === undefined) return;
    watcher.open = [...watcher.open, record];
    watcher.hear(watcher.open);
  }

  /** Only a record among the newest of a watched agent makes its window anew. */
  #tellWindow(record) {
    const window = this.#windowByAgent.get(record.AgentId);
    if (window === undefined) return;
    const sessions = this.#byAgent.get(record.AgentId);
    const oldest = sessions[Math.max(0, sessions.length - window.limit)];
    if (record.LoginTime >= oldest.LoginTime) this.#tell(window, sessions);
  }

  #tell(window, sessions) {
    window.hear(sessions.slice(-window.limit).reverse());
  }
}

export const peer = { input: 'full', open: () => new BaselineStore() };
