/**
 * RxDB's replication over HTTP as its documentation describes it, memory storage, against a small server of the same
 * convention that keeps its documents in a Map and their changes in order. Nothing is checked at either end.
 */

import { createServer } from 'node:http';
import { createParser } from 'eventsource-parser';
import { createRxDatabase } from 'rxdb/plugins/core';
import { replicateRxCollection } from 'rxdb/plugins/replication';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { Subject } from 'rxjs';
import { RXDB_SCHEMA } from '../../peers/parts/rxdb-schema.mjs';
import { countBytes, listen, stop } from '../count-bytes.mjs';

const BATCH = 1_000;
const SCHEMA = { ...RXDB_SCHEMA, properties: { ...RXDB_SCHEMA.properties, updatedAt: { type: 'number' } } };

async function readJson(request) {
  request.setEncoding('utf8');
  let text = '';
  for await (const part of request) text += part;
  return JSON.parse(text);
}

class Backend {
  documents = new Map();
  /** The ids in the order of their changes, a changed one once more at the end; and where each stands. */
  #log = [];
  #places = new Map();
  #streams = new Set();

  put(document) {
    this.documents.set(document.Id, document);
    this.#places.set(document.Id, this.#log.length);
    this.#log.push(document.Id);
  }

  pull(after, limit) {
    const documents = [];
    let at = after;
    for (; at < this.#log.length && documents.length < limit; at += 1)
      if (this.#places.get(this.#log[at]) === at) documents.push(this.documents.get(this.#log[at]));
    return { documents, checkpoint: { at } };
  }

  push(rows) {
    const conflicts = [];
    const taken = [];
    for (const { assumedMasterState, newDocumentState } of rows) {
      const held = this.documents.get(newDocumentState.Id);
      if (held !== undefined && assumedMasterState?.updatedAt !== held.updatedAt) conflicts.push(held);
      else {
        this.put(newDocumentState);
        taken.push(newDocumentState);
      }
    }
    const event = `data: ${JSON.stringify({ documents: taken, checkpoint: { at: this.#log.length } })}\n\n`;
    if (taken.length > 0) for (const stream of this.#streams) stream.write(event);
    return conflicts;
  }

  async answer(request, response) {
    const url = new URL(request.url, 'http://localhost');
    const json = (value) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    if (url.pathname === '/pull') json(this.pull(Number(url.searchParams.get('at')), BATCH));
    if (url.pathname === '/push') json(this.push(await readJson(request)));
    if (url.pathname === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      this.#streams.add(response);
      response.once('close', () => this.#streams.delete(response));
    }
  }
}

async function serve(records) {
  const backend = new Backend();
  for (const record of records) backend.put({ ...record, updatedAt: 0, _deleted: false });
  const server = createServer((request, response) => backend.answer(request, response));
  const sent = countBytes(server);
  return {
    url: `http://${await listen(server)}`,
    sent,
    count: () => backend.documents.size,
    all: () => [...backend.documents.values()],
    close: () => stop(server),
  };
}

class Client {
  #url;
  #database;
  #sessions;
  #replication;
  #stream = new AbortController();

  static async open(url) {
    const client = new Client();
    client.#url = url;
    client.#database = await createRxDatabase({ name: 'client', storage: getRxStorageMemory(), multiInstance: false });
    const { sessions } = await client.#database.addCollections({ sessions: { schema: SCHEMA } });
    client.#sessions = sessions;
    return client;
  }

  async connect() {
    const events = new Subject();
    this.#replication = replicateRxCollection({
      collection: this.#sessions,
      replicationIdentifier: 'bench',
      live: true,
      waitForLeadership: false,
      pull: {
        batchSize: BATCH,
        stream$: events,
        handler: async (checkpoint) => (await fetch(`${this.#url}/pull?at=${checkpoint?.at ?? 0}`)).json(),
      },
      push: {
        batchSize: BATCH,
        handler: async (rows) => {
          const headers = { 'content-type': 'application/json' };
          return (await fetch(`${this.#url}/push`, { method: 'POST', headers, body: JSON.stringify(rows) })).json();
        },
      },
    });
    const failed = (error) => console.error('replication:', error.message);
    this.#replication.error$.subscribe(failed);
    this.#follow(events).catch(() => {});
  }

  async #follow(events) {
    const { body } = await fetch(`${this.#url}/stream`, { signal: this.#stream.signal });
    const decoder = new TextDecoder();
    const parser = createParser({ onEvent: ({ data }) => events.next(JSON.parse(data)) });
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }));
  }

  async arrived() {
    await this.#replication.awaitInitialReplication();
    await this.#replication.awaitInSync();
  }

  async drained() {
    await this.arrived();
  }

  insert(record) {
    return this.#sessions.insert({ ...record, updatedAt: Date.now() });
  }

  insertMany(records) {
    return this.#sessions.bulkInsert(records.map((record) => ({ ...record, updatedAt: Date.now() })));
  }

  async update(id, value) {
    const document = await this.#sessions.findOne(id).exec();
    await document.incrementalPatch({ ChatReqAssigned: value, updatedAt: Date.now() });
  }

  async newest(agent, limit) {
    const query = { selector: { AgentId: agent }, sort: [{ LoginTime: 'desc' }], limit };
    return (await this.#sessions.find(query).exec()).map((document) => document._data);
  }

  async all() {
    return (await this.#sessions.find().exec()).map((document) => document._data);
  }

  watch(agent, hear) {
    return new Promise((resolve) => {
      this.#sessions.find({ selector: { AgentId: agent } }).$.subscribe((rows) => {
        hear(rows.map((document) => document._data));
        resolve();
      });
    });
  }

  async close() {
    this.#stream.abort();
    await this.#replication.cancel();
    await this.#database.close();
  }
}

export const peer = { shape: 'full', serve, open: (url) => Client.open(url) };
