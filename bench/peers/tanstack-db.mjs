/**
 * TanStack DB: a local-only collection with its BTree indexes, incremental live queries. Bulk insert by `initialData`,
 * its fastest; single writes wait until persisted. One-shot queries build a pipeline a call, so the reads here take the
 * fastest public way instead: changes by index for W4, the collection's own iteration for the rest.
 */

import {
  BTreeIndex,
  count,
  createCollection,
  createLiveQueryCollection,
  eq,
  IR,
  isNull,
  localOnlyCollectionOptions,
  sum,
} from '@tanstack/db';
import { groupByAgent } from './parts/group-by-agent.mjs';

const INDEXED = ['AgentId', 'LoginTime', 'ChatReqAssigned'];
const AGENT = new IR.PropRef(['AgentId']);
const ASSIGNED = new IR.PropRef(['ChatReqAssigned']);

class TanstackStore {
  #sessions;

  async load(records) {
    const options = localOnlyCollectionOptions({ getKey: (record) => record.Id, initialData: records });
    this.#sessions = createCollection(options);
    for (const field of INDEXED) this.#sessions.createIndex((record) => record[field], { indexType: BTreeIndex });
    await this.#sessions.preload();
  }

  insert(record) {
    return this.#sessions.insert(record).isPersisted.promise;
  }

  idOf(_receipt, record) {
    return record.Id;
  }

  get(id) {
    return this.#sessions.get(id);
  }

  count() {
    return this.#sessions.size;
  }

  agentWindow(agent, from, to, limit) {
    const own = this.#sessions.currentStateAsChanges({ where: eq(AGENT, agent) });
    const found = [];
    for (const { value } of own) if (value.LoginTime >= from && value.LoginTime <= to) found.push(value);
    found.sort((left, right) => (left.LoginTime < right.LoginTime ? 1 : -1));
    return found.slice(0, limit);
  }

  groupByAgent() {
    return groupByAgent(this.#sessions.values());
  }

  countBetween(from, to) {
    let count = 0;
    for (const { LoginTime } of this.#sessions.values()) if (LoginTime >= from && LoginTime <= to) count += 1;
    return count;
  }

  countScan(chatsOver, flags) {
    let count = 0;
    for (const record of this.#sessions.values()) {
      if (record.TimeInChats > chatsOver && record.NumFlagRaised === flags) count += 1;
    }
    return count;
  }

  countAssigned(value) {
    return this.#sessions.currentStateAsChanges({ where: eq(ASSIGNED, value) }).length;
  }

  assign(id, value) {
    return this.#update(id, 'ChatReqAssigned', value);
  }

  transfer(id, agent) {
    return this.#update(id, 'AgentId', agent);
  }

  finish(id, seconds) {
    return this.#update(id, 'TimeInOnlineStatus', seconds);
  }

  watchWindow(agent, limit, hear) {
    return this.#watch(hear, (query) => {
      return query
        .from({ record: this.#sessions })
        .where(({ record }) => eq(record.AgentId, agent))
        .orderBy(({ record }) => record.LoginTime, 'desc')
        .limit(limit);
    });
  }

  watchOpen(agent, hear) {
    return this.#watch(hear, (query) => {
      return query
        .from({ record: this.#sessions })
        .where(({ record }) => eq(record.AgentId, agent))
        .where(({ record }) => isNull(record.TimeInOnlineStatus));
    });
  }

  chatFor(id, seconds) {
    return this.#update(id, 'TimeInChats', seconds);
  }

  watchGroups(hear) {
    return this.#watch(hear, (query) => {
      return query
        .from({ record: this.#sessions })
        .groupBy(({ record }) => record.AgentId)
        .select(({ record }) => ({
          AgentId: record.AgentId,
          n: count(record.Id),
          chats: sum(record.TimeInChats),
        }));
    });
  }

  async close() {
    await this.#sessions.cleanup();
  }

  #update(id, field, value) {
    return this.#sessions.update(id, (draft) => {
      draft[field] = value;
    }).isPersisted.promise;
  }

  async #watch(hear, query) {
    const live = createLiveQueryCollection({ query, startSync: true });
    await live.preload();
    const tell = () => hear(live.toArray);
    const subscription = live.subscribeChanges(tell);
    tell();
    return () => {
      subscription.unsubscribe();
      return live.cleanup();
    };
  }
}

export const peer = { package: '@tanstack/db', input: 'full', open: () => new TanstackStore() };
