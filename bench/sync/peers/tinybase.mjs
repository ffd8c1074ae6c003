/**
 * TinyBase's synchronizer over WebSockets: a mergeable store at both ends, that of the server handed to its WsServer by a
 * persister which has nothing to load or save. A client is told nothing of what the server has taken.
 */

import { createServer } from 'node:http';
import { createIndexes, createMergeableStore } from 'tinybase';
import { createCustomPersister } from 'tinybase/persisters';
import { createWsSynchronizer } from 'tinybase/synchronizers/synchronizer-ws-client';
import { createWsServer } from 'tinybase/synchronizers/synchronizer-ws-server';
import { WebSocket, WebSocketServer } from 'ws';
import { countBytes, listen, stop, until } from '../count-bytes.mjs';

const TABLE = 'sessions';
const TIMEOUT_S = 300;
const MERGEABLE_ONLY = 2;
const BEGINNING_MS = 2_500;

function fill(store, records) {
  store.transaction(() => {
    for (const record of records) store.setRow(TABLE, record.Id, record);
  });
}

const allOf = (store) => store.getRowIds(TABLE).map((id) => store.getRow(TABLE, id));

/** The server asks the first that connects for what he has before it answers anyone, and waits a second: here one who is silent. */
async function begin(url) {
  const silent = new WebSocket(`${url}/all`);
  await new Promise((resolve) => silent.once('open', resolve));
  await new Promise((resolve) => setTimeout(resolve, BEGINNING_MS));
}

async function serve(records) {
  const store = createMergeableStore('server');
  fill(store, records);
  const nothing = async () => undefined;
  const persister = createCustomPersister(
    store,
    nothing,
    nothing,
    () => 0,
    () => {},
    undefined,
    MERGEABLE_ONLY,
  );
  const server = createServer();
  const sent = countBytes(server);
  const sockets = new WebSocketServer({ server });
  const failed = (error) => console.error('server:', error);
  const tinybase = createWsServer(sockets, () => persister, failed);
  const url = `ws://${await listen(server)}`;
  await begin(url);
  return {
    url,
    sent,
    count: () => store.getRowCount(TABLE),
    all: () => allOf(store),
    async close() {
      await tinybase.destroy();
      stop(server);
    },
  };
}

class Client {
  #url;
  #store = createMergeableStore();
  #indexes = createIndexes(this.#store);
  #synchronizer;

  constructor(url) {
    this.#url = url;
    this.#indexes.setIndexDefinition('byAgent', TABLE, 'AgentId', 'LoginTime');
    this.#indexes.setIndexDefinition('byAssigned', TABLE, 'ChatReqAssigned');
  }

  async connect() {
    this.#synchronizer = await createWsSynchronizer(this.#store, new WebSocket(`${this.#url}/all`), TIMEOUT_S);
    await this.#synchronizer.startSync();
  }

  arrived(size) {
    return until(() => this.#store.getRowCount(TABLE) >= size);
  }

  async drained() {
    return false;
  }

  async insert(record) {
    this.#store.setRow(TABLE, record.Id, record);
  }

  async insertMany(records) {
    fill(this.#store, records);
  }

  update(id, value) {
    this.#store.setCell(TABLE, id, 'ChatReqAssigned', value);
  }

  newest(agent, limit) {
    const ids = this.#indexes.getSliceRowIds('byAgent', agent).slice(-limit).reverse();
    return ids.map((id) => this.#store.getRow(TABLE, id));
  }

  all() {
    return allOf(this.#store);
  }

  watch(agent, hear) {
    const rows = () => this.#indexes.getSliceRowIds('byAgent', agent).map((id) => this.#store.getRow(TABLE, id));
    hear(rows());
    this.#store.addCellListener(TABLE, null, 'ChatReqAssigned', () => hear(rows()));
  }

  close() {
    this.#synchronizer?.destroy();
  }
}

export const peer = { shape: 'full', serve, open: async (url) => new Client(url) };
