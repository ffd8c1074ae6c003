/**
 * PouchDB and its own server from npm (express-pouchdb), both over the memory adapter. It has no live query: what stands in
 * for one is its feed of changes with their documents. The first answer is a search through all, as an index would be built by then.
 */

import { createServer } from 'node:http';
import express from 'express';
import expressPouchdb from 'express-pouchdb';
import PouchDB from 'pouchdb';
import memory from 'pouchdb-adapter-memory';
import { countBytes, listen, stop, until } from '../count-bytes.mjs';

PouchDB.plugin(memory);
const Memory = PouchDB.defaults({ adapter: 'memory' });
const BATCH = 1_000;
const toDocument = (record) => ({ _id: record.Id, ...record });

async function bulk(database, records) {
  for (let at = 0; at < records.length; at += BATCH)
    await database.bulkDocs(records.slice(at, at + BATCH).map(toDocument));
}

const allOf = async (database) =>
  (await database.allDocs({ include_docs: true })).rows.map(({ doc }) => doc).filter(({ Id }) => Id !== undefined);

async function serve(records) {
  const app = express();
  app.use('/', expressPouchdb(Memory, { mode: 'minimumForPouchDB', inMemoryConfig: true }));
  const server = createServer(app);
  const sent = countBytes(server);
  const url = `http://${await listen(server)}`;
  // It knows only of databases that were made through it.
  const database = new PouchDB(`${url}/sessions`);
  await bulk(database, records);
  const before = sent();
  return {
    url,
    sent: () => sent() - before,
    count: async () => (await database.info()).doc_count,
    all: () => allOf(database),
    close: () => stop(server),
  };
}

class Client {
  #remote;
  #database = new Memory('client');
  #sync;

  constructor(url) {
    this.#remote = new PouchDB(`${url}/sessions`);
  }

  async connect() {
    this.#sync = this.#database.sync(this.#remote, { live: true, retry: true, batch_size: BATCH });
    this.#sync.on('error', (error) => console.error('replication:', error.message));
  }

  arrived(size) {
    return until(async () => (await this.#database.info()).doc_count >= size);
  }

  /** Done when the server is: what is heard of the way up is when a batch has been sent, not when all has. */
  async drained() {
    return false;
  }

  insert(record) {
    return this.#database.put(toDocument(record));
  }

  insertMany(records) {
    return bulk(this.#database, records);
  }

  async update(id, value) {
    const document = await this.#database.get(id);
    await this.#database.put({ ...document, ChatReqAssigned: value });
  }

  async newest(agent, limit) {
    const own = (await this.all()).filter(({ AgentId }) => AgentId === agent);
    return own.sort((left, right) => (left.LoginTime < right.LoginTime ? 1 : -1)).slice(0, limit);
  }

  all() {
    return allOf(this.#database);
  }

  async watch(agent, hear) {
    hear((await this.all()).filter(({ AgentId }) => AgentId === agent));
    const feed = this.#database.changes({ since: 'now', live: true, include_docs: true });
    feed.on('change', ({ doc }) => {
      if (doc.AgentId === agent) hear([doc]);
    });
  }

  close() {
    this.#sync?.cancel();
  }
}

export const peer = { shape: 'full', serve, open: async (url) => new Client(url) };
