/**
 * LokiJS: stored objects are handed out themselves. No compound index: the agent's records come from the index on
 * AgentId and are filtered and sorted. Live: one DynamicView a query, its 'rebuild' event after the shortest interval.
 */

import Loki from 'lokijs';
import { groupByAgent } from './parts/group-by-agent.mjs';

const SHORTEST_INTERVAL_MS = 1;

class LokiStore {
  #database = new Loki('bench', { autosave: false, autoload: false, verbose: false });
  #sessions = this.#database.addCollection('sessions', {
    unique: ['Id'],
    indices: ['AgentId', 'LoginTime', 'ChatReqAssigned'],
    disableMeta: true,
  });
  #views = 0;

  load(records) {
    this.#sessions.insert(records);
  }

  insert(record) {
    this.#sessions.insert(record);
  }

  idOf(_receipt, record) {
    return record.Id;
  }

  get(id) {
    return this.#sessions.by('Id', id);
  }

  count() {
    return this.#sessions.count();
  }

  agentWindow(agent, from, to, limit) {
    return this.#sessions
      .chain()
      .find({ AgentId: agent })
      .find({ LoginTime: { $between: [from, to] } })
      .simplesort('LoginTime', { desc: true })
      .limit(limit)
      .data();
  }

  groupByAgent() {
    return groupByAgent(this.#sessions.data);
  }

  countBetween(from, to) {
    return this.#sessions
      .chain()
      .find({ LoginTime: { $between: [from, to] } })
      .count();
  }

  countScan(chatsOver, flags) {
    const fits = (record) => record.TimeInChats > chatsOver && record.NumFlagRaised === flags;
    return this.#sessions.chain().where(fits).count();
  }

  countAssigned(value) {
    return this.#sessions.chain().find({ ChatReqAssigned: value }).count();
  }

  assign(id, value) {
    this.#update(id, 'ChatReqAssigned', value);
  }

  transfer(id, agent) {
    this.#update(id, 'AgentId', agent);
  }

  finish(id, seconds) {
    this.#update(id, 'TimeInOnlineStatus', seconds);
  }

  watchWindow(agent, limit, hear) {
    return this.#watch({ AgentId: agent }, (view) => {
      view.applySimpleSort('LoginTime', true);
      return () => hear(view.data().slice(0, limit));
    });
  }

  watchOpen(agent, hear) {
    return this.#watch({ AgentId: agent }, (view) => {
      view.applyFind({ TimeInOnlineStatus: null });
      return () => hear(view.data());
    });
  }

  close() {
    this.#database.close();
  }

  #update(id, field, value) {
    const record = this.#sessions.by('Id', id);
    record[field] = value;
    this.#sessions.update(record);
  }

  #watch(filter, prepare) {
    this.#views += 1;
    const name = `view ${this.#views}`;
    const options = { sortPriority: 'active', minRebuildInterval: SHORTEST_INTERVAL_MS };
    const view = this.#sessions.addDynamicView(name, options);
    view.applyFind(filter);
    const tell = prepare(view);
    tell();
    view.on('rebuild', tell);
    return () => this.#sessions.removeDynamicView(name);
  }
}

export const peer = { package: 'lokijs', input: 'full', open: () => new LokiStore() };
