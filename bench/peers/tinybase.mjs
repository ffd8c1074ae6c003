/**
 * TinyBase: cells in nested Maps, slices kept in order of LoginTime. It has no range index, so W4 is a binary search in
 * the agent's slice and W5r a scan. Its live queries here are listeners on one slice, the only ones it finds by key;
 * its queries module would run each query on each write.
 */

import { createIndexes, createStore } from 'tinybase';

const TABLE = 'sessions';

class TinybaseStore {
  #store = createStore();
  #indexes = createIndexes(this.#store);
  #watchesOpen = false;

  constructor() {
    this.#indexes.setIndexDefinition('byAgent', TABLE, 'AgentId', 'LoginTime');
    this.#indexes.setIndexDefinition('byAssigned', TABLE, 'ChatReqAssigned');
  }

  load(records) {
    this.#store.transaction(() => {
      for (const record of records) this.#store.setRow(TABLE, record.Id, record);
    });
  }

  insert(record) {
    this.#store.setRow(TABLE, record.Id, record);
  }

  idOf(_receipt, record) {
    return record.Id;
  }

  get(id) {
    return this.#store.getRow(TABLE, id);
  }

  count() {
    return this.#store.getRowCount(TABLE);
  }

  agentWindow(agent, from, to, limit) {
    const ids = this.#indexes.getSliceRowIds('byAgent', agent);
    const found = [];
    for (let place = this.#placeAfter(ids, to) - 1; place >= 0 && found.length < limit; place -= 1) {
      const record = this.#store.getRow(TABLE, ids[place]);
      if (record.LoginTime < from) break;
      found.push(record);
    }
    return found;
  }

  groupByAgent() {
    return this.#indexes.getSliceIds('byAgent').map((AgentId) => {
      const ids = this.#indexes.getSliceRowIds('byAgent', AgentId);
      let chats = 0;
      for (const id of ids) chats += this.#store.getCell(TABLE, id, 'TimeInChats');
      return { AgentId, n: ids.length, chats };
    });
  }

  countBetween(from, to) {
    let count = 0;
    this.#store.forEachRow(TABLE, (id) => {
      const login = this.#store.getCell(TABLE, id, 'LoginTime');
      if (login >= from && login <= to) count += 1;
    });
    return count;
  }

  countScan(chatsOver, flags) {
    let count = 0;
    this.#store.forEachRow(TABLE, (id) => {
      const fits = this.#store.getCell(TABLE, id, 'TimeInChats') > chatsOver;
      if (fits && this.#store.getCell(TABLE, id, 'NumFlagRaised') === flags) count += 1;
    });
    return count;
  }

  countAssigned(value) {
    return this.#indexes.getSliceRowIds('byAssigned', String(value)).length;
  }

  assign(id, value) {
    this.#store.setCell(TABLE, id, 'ChatReqAssigned', value);
  }

  transfer(id, agent) {
    this.#store.setCell(TABLE, id, 'AgentId', agent);
  }

  finish(id, seconds) {
    this.#store.setCell(TABLE, id, 'TimeInOnlineStatus', seconds);
  }

  /** A slice tells who is in it; of the cells of its rows a listener on the cell has to tell. */
  watchWindow(agent, limit, hear) {
    let shown = new Set();
    const tell = () => {
      const ids = this.#indexes.getSliceRowIds('byAgent', agent).slice(-limit).reverse();
      shown = new Set(ids);
      hear(ids.map((id) => this.#store.getRow(TABLE, id)));
    };
    const slice = this.#indexes.addSliceRowIdsListener('byAgent', agent, tell);
    const cell = this.#store.addCellListener(TABLE, null, 'ChatReqAssigned', (_store, _table, id) => {
      if (shown.has(id)) tell();
    });
    tell();
    return () => {
      this.#indexes.delListener(slice);
      this.#store.delListener(cell);
    };
  }

  watchOpen(agent, hear) {
    this.#indexOpen();
    const tell = () => {
      hear(this.#indexes.getSliceRowIds('openByAgent', agent).map((id) => this.#store.getRow(TABLE, id)));
    };
    const listener = this.#indexes.addSliceRowIdsListener('openByAgent', agent, tell);
    tell();
    return () => this.#indexes.delListener(listener);
  }

  close() {}

  #placeAfter(ids, time) {
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#store.getCell(TABLE, ids[middle], 'LoginTime') <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Made at the first live query, and paid for there. */
  #indexOpen() {
    if (this.#watchesOpen) return;
    this.#watchesOpen = true;
    const sliceOf = (getCell) => (getCell('TimeInOnlineStatus') === null ? getCell('AgentId') : []);
    this.#indexes.setIndexDefinition('openByAgent', TABLE, sliceOf);
  }
}

export const peer = { package: 'tinybase', input: 'full', open: () => new TinybaseStore() };
