/** Sojourn's sync over whatever storage it is given: every record checked at both ends, 26 fields. */

import { createServer } from 'node:http';
import { salesforce } from '../../dist/collections/catalog.js';
import { openDatabase } from '../../dist/index.js';
import { http, replicate, syncObjects } from '../../dist/replication/replication.js';
import { createSyncHandler, masterObjects, toNodeListener } from '../../dist/server/server.js';
import { countBytes, listen, stop } from './count-bytes.mjs';

const USER = '0055g00000ABcdeAAD';
const OBJECT = 'LiveAgentSession';
const INDEXES = { [OBJECT]: ['AgentId', 'LoginTime', ['AgentId', 'LoginTime'], 'ChatReqAssigned'] };
const AT_ONCE = 1_000;
/** The default is twenty requests a second of one user, who writes fifty times here. */
const LIMITS = { requestsPerMinute: 1_000_000 };

async function fill(collection, records) {
  for (let at = 0; at < records.length; at += AT_ONCE) {
    const receipts = await collection.create(records.slice(at, at + AT_ONCE));
    const refused = receipts.find(({ success }) => !success);
    if (refused) throw new Error(`A record is refused: ${JSON.stringify(refused.errors)}`);
  }
}

async function serve(storageAt, records, place) {
  const objects = [...salesforce, ...masterObjects];
  const db = await openDatabase({ name: 'server', objects, user: USER, storage: storageAt(place) });
  const sessions = db.collection(OBJECT);
  await fill(sessions, records);
  const handler = createSyncHandler(db, {
    objects: [OBJECT],
    // Each stream of the thousand is another user's, by his token.
    authorize: (request) => ({ user: request.headers.get('authorization') ?? 'one' }),
    limits: LIMITS,
  });
  const server = createServer(toNodeListener(handler));
  const sent = countBytes(server);
  const url = `http://${await listen(server)}`;
  let written = 1_000;
  return {
    url,
    sent,
    count: () => sessions.count(),
    all: () => sessions.find(),
    async write() {
      const [{ Id }] = sessions.find({ limit: 1 });
      written += 1;
      await sessions.update({ Id, ChatReqAssigned: written });
    },
    async close() {
      await handler.close();
      stop(server);
      await db.close();
    },
  };
}

class SojournClient {
  #db;
  #sync;
  #sessions;

  static async open(storage, url, { isOffline = false } = {}) {
    const client = new SojournClient();
    const objects = [...salesforce, ...syncObjects];
    client.#db = await openDatabase({ name: 'client', objects, user: USER, indexes: INDEXES, storage });
    client.#sessions = client.#db.collection(OBJECT);
    client.connect = async () => {
      client.#sync ??= replicate(client.#db, { remote: http({ url }), objects: [OBJECT] });
      client.#sync.resume();
    };
    if (isOffline) client.#sync = replicate(client.#db, { remote: http({ url }), objects: [OBJECT], paused: true });
    return client;
  }

  arrived() {
    return this.#status(
      ({ state, pending, lastPullAt }) => state === 'live' && pending === 0 && lastPullAt !== undefined,
    );
  }

  drained() {
    return this.#status(({ state, pending }) => state === 'live' && pending === 0);
  }

  #status(isSo) {
    return new Promise((resolve) => {
      const subscription = this.#sync.status$.subscribe((status) => {
        if (!isSo(status)) return;
        resolve();
        queueMicrotask(() => subscription.unsubscribe());
      });
    });
  }

  insert(record) {
    return this.#sessions.create(record);
  }

  insertMany(records) {
    return fill(this.#sessions, records);
  }

  update(Id, value) {
    return this.#sessions.update({ Id, ChatReqAssigned: value });
  }

  newest(agent, limit) {
    return this.#sessions.find({ where: { AgentId: agent }, orderBy: [{ LoginTime: 'desc' }], limit });
  }

  all() {
    return this.#sessions.find();
  }

  watch(agent, hear) {
    const live = this.#sessions.live({ where: { AgentId: agent } });
    hear(live.getSnapshot());
    live.subscribe(() => hear(live.getSnapshot()));
  }

  async close() {
    await this.#sync?.close();
    await this.#db.close();
  }
}

/** A peer over what `storageAt` gives for a folder. */
export const sojournPeer = (storageAt) => ({
  shape: 'createable',
  serve: (records, place) => serve(storageAt, records, place),
  open: (url, place, options) => SojournClient.open(storageAt(place), url, options),
});
