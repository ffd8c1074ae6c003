/**
 * Sojourn as it is published, from dist: every record checked against the definition of LiveAgentSession, given its Id,
 * Name and audit fields, and kept as a frozen object. So it is given the 16 fields that create() takes and holds 26.
 */

import { salesforce } from '../../dist/collections/catalog.js';
import { openDatabase } from '../../dist/index.js';

const USER = '0055g00000ABcdeAAD';
const INDEXES = ['AgentId', 'LoginTime', ['AgentId', 'LoginTime'], 'ChatReqAssigned'];

let databases = 0;

class SojournStore {
  #database;
  #sessions;

  async prepare() {
    databases += 1;
    this.#database = await openDatabase({
      name: `bench${databases}`,
      objects: salesforce,
      user: USER,
      indexes: { LiveAgentSession: INDEXES },
    });
    this.#sessions = this.#database.collection('LiveAgentSession');
    return this;
  }

  async load(records) {
    const receipts = await this.#sessions.create(records);
    const refused = receipts.find(({ success }) => !success);
    if (refused) throw new Error(`A record is refused: ${JSON.stringify(refused.errors)}`);
    return receipts;
  }

  insert(record) {
    return this.#sessions.create(record);
  }

  idOf(receipt) {
    return receipt.id;
  }

  get(id) {
    return this.#sessions.get(id);
  }

  count() {
    return this.#sessions.count({});
  }

  agentWindow(agent, from, to, limit) {
    return this.#sessions.find({
      where: { AgentId: agent, LoginTime: { $gte: from, $lte: to } },
      orderBy: [{ LoginTime: 'desc' }],
      limit,
    });
  }

  groupByAgent() {
    return this.#sessions.aggregate({
      groupBy: ['AgentId'],
      select: { n: { $count: '*' }, chats: { $sum: 'TimeInChats' } },
    });
  }

  countBetween(from, to) {
    return this.#sessions.count({ where: { LoginTime: { $gte: from, $lte: to } } });
  }

  countScan(chatsOver, flags) {
    return this.#sessions.count({ where: { TimeInChats: { $gt: chatsOver }, NumFlagRaised: flags } });
  }

  countAssigned(value) {
    return this.#sessions.count({ where: { ChatReqAssigned: value } });
  }

  assign(id, value) {
    return this.#sessions.update({ Id: id, ChatReqAssigned: value });
  }

  transfer(id, agent) {
    return this.#sessions.update({ Id: id, AgentId: agent });
  }

  finish(id, seconds) {
    return this.#sessions.update({ Id: id, TimeInOnlineStatus: seconds });
  }

  chatFor(id, seconds) {
    return this.#sessions.update({ Id: id, TimeInChats: seconds });
  }

  watchWindow(agent, limit, hear) {
    return this.#watch({ where: { AgentId: agent }, orderBy: [{ LoginTime: 'desc' }], limit }, hear);
  }

  watchOpen(agent, hear) {
    return this.#watch({ where: { AgentId: agent, TimeInOnlineStatus: null } }, hear);
  }

  watchGroups(hear) {
    return this.#watch({ groupBy: ['AgentId'], select: { n: { $count: '*' }, chats: { $sum: 'TimeInChats' } } }, hear);
  }

  async close() {
    await this.#database.close();
  }

  #watch(query, hear) {
    const live = this.#sessions.live(query);
    const stop = live.subscribe(() => hear(live.getSnapshot()));
    hear(live.getSnapshot());
    return () => {
      stop();
      live.close();
    };
  }
}

export const peer = { package: 'sojourn', input: 'createable', open: () => new SojournStore().prepare() };
