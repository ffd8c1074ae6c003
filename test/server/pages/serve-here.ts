import { openDatabase } from '../../../src/index.ts';
import { http, replicate, syncObjects } from '../../../src/replication/replication.ts';
import { createSyncHandler, masterObjects } from '../../../src/server/server.ts';
import { Step, Visit } from '../../instruments/sync-fleet.ts';

/** What a test can have a page do: be the server, with nothing but what pages and workers have. */
const place = {
  /** The answers to requests of every kind, as they came. */
  async answers() {
    const db = await openDatabase({ name: 'server', objects: [Visit, Step, ...masterObjects] });
    const handle = createSyncHandler(db, { objects: ['Visit', 'Step'], authorize: () => ({ user: 'u' }) });
    const ask = async (path: string, body?: unknown, headers: Record<string, string> = {}) => {
      if (body === undefined) return handle(new Request(`https://sync.example${path}`, { headers }));
      const zipped = new Blob([JSON.stringify(body)]).stream().pipeThrough(new CompressionStream('gzip'));
      const all = { 'content-type': 'application/json', 'content-encoding': 'gzip', ...headers };
      const init = { method: 'POST', body: await new Response(zipped).arrayBuffer(), headers: all };
      return handle(new Request(`https://sync.example${path}`, init));
    };
    const made = await db.Visit.create({ Subject: 'here' });
    const pull = { protocol: 1, client: 'c', objects: [{ name: 'Visit', version: 1 }], checkpoint: null, limit: 10 };
    const lines = await ask('/pull', pull, { accept: 'application/x-ndjson' });
    const stream = await ask('/stream', pull);
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    let events = '';
    while (!events.includes('event: documents')) {
      const { done, value } = await reader.read();
      if (done) throw new Error('the stream has ended');
      events += new TextDecoder().decode(value);
    }
    await reader.cancel();
    const gathered = {
      id: made.id as string,
      hello: await (await ask('/')).json(),
      page: await (await ask('/pull', pull)).json(),
      lines: (await lines.text()).trim().split('\n'),
      events,
      rxdb: await (await ask('/Visit/pull')).json(),
      missing: (await ask('/nothing')).status,
    };
    await handle.close();
    await db.close();
    return gathered;
  },
  /** A client and a server in one page: what the server holds after both have written. */
  async exchange() {
    const served = await openDatabase({ name: 'server', objects: [Visit, Step, ...masterObjects] });
    const handle = createSyncHandler(served, { objects: ['Visit', 'Step'], authorize: () => ({ user: 'u' }) });
    const db = await openDatabase({ name: 'desk', objects: [Visit, Step, ...syncObjects] });
    const remote = http({ url: 'https://sync.example', fetch: (url, init) => handle(new Request(url, init)) });
    const sync = replicate(db, { remote, objects: ['Visit', 'Step'] });
    await served.Visit.create({ Subject: 'of the server' });
    await db.Visit.create({ Subject: 'of the client' });
    await sync.inSync();
    const both = [served.Visit.find({ orderBy: [{ Id: 'asc' }] }), db.Visit.find({ orderBy: [{ Id: 'asc' }] })];
    await sync.close();
    await handle.close();
    await db.close();
    await served.close();
    return both;
  },
};

export type Place = typeof place;
Object.assign(globalThis, { place });
