import { afterEach, describe, expect, test, vi } from 'vitest';
import { partsOf } from '../../src/engine/parts-of.ts';
import { openDatabase } from '../../src/index.ts';
import { http } from '../../src/replication/http.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { rxdbHttp } from '../../src/replication/rxdb-http.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import type { SyncHandlerOptions } from '../../src/server/sync-options.ts';
import { HttpSyncServer } from '../instruments/http-sync-server.ts';
import { openRxClient, type RxClient, type RxClientOptions } from '../instruments/rxdb-client.ts';
import { Step, Visit } from '../instruments/sync-fleet.ts';

const OPTIONS: SyncHandlerOptions = { objects: ['Visit', 'Step'], authorize: () => ({ user: 'u' }) };
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const openMaster = () => openDatabase({ name: 'server', objects: [Visit, Step, ...masterObjects] });
type Master = Awaited<ReturnType<typeof openMaster>>;

async function openServer(options: Partial<SyncHandlerOptions> = {}) {
  const master = await openMaster();
  const server = new HttpSyncServer();
  await server.start(master, { ...OPTIONS, ...options });
  ends.push(async () => {
    await server.stop();
    await master.close();
  });
  return { master, server };
}

async function openClient(server: HttpSyncServer, more: Partial<RxClientOptions> = {}): Promise<RxClient> {
  const client = await openRxClient({ url: server.url, definition: Visit, ...more });
  ends.push(() => client.close());
  await client.replication.awaitInitialReplication();
  await expect.poll(() => client.events.opened).toBeGreaterThan(0);
  return client;
}

async function openSojourn(server: HttpSyncServer, remote = http({ url: server.url })) {
  const db = await openDatabase({ name: 'desk', objects: [Visit, Step, ...syncObjects] });
  const sync = replicate(db, { remote, objects: ['Visit'], retry: { baseMs: 20, maxMs: 100 } });
  ends.push(async () => {
    await sync.close();
    await db.close();
  });
  await sync.inSync();
  return { db, sync };
}

/** The records in use as they are, without what marks the recycle bin. */
function rowsOf(db: Pick<Master, 'Visit'>): Map<string, unknown> {
  return new Map(db.Visit.find({}).map(({ IsDeleted: _, ...fields }) => [fields.Id, fields]));
}

/** Waits until clients hold what the server holds, field by field. */
async function agrees(master: Master, ...clients: RxClient[]): Promise<void> {
  for (const client of clients)
    await vi.waitFor(async () => expect(await client.rows()).toEqual(rowsOf(master)), {
      timeout: 20_000,
      interval: 10,
    });
}

/** Waits until no more requests are made, which must not take long. */
async function requestsRest(count: () => number): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    const before = count();
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (count() === before) return;
  }
  expect.fail('requests go on and on');
}

/** Waits until a client makes no more requests. */
const restsAtLast = ({ counts }: RxClient) => requestsRest(() => counts.pull + counts.push);

const idOf = async (db: Pick<Master, 'Visit'>, Subject: string) => (await db.Visit.create({ Subject })).id as string;

/** A new id of the object, as a client that knows how ids look makes one. */
const newId = (master: Master) => partsOf(master)?.store.entity('Visit').ids.next() as string;

/** What RxDB writes when a record is made: its own fields, and an id of the object. */
async function insert({ collection }: RxClient, master: Master, Subject: string): Promise<string> {
  const id = newId(master);
  await collection.insert({ Id: id, Subject, Note: null, ParentId: null });
  return id;
}
const recordOf = async ({ collection }: RxClient, id: string) => {
  const found = await collection.findOne(id).exec();
  if (found === null) throw new Error('the client has no such record');
  return found;
};

describe('an RxDB client', () => {
  test('pulls all there is over several pages, and then what happens, each once', async () => {
    const { master, server } = await openServer();
    for (let at = 0; at < 25; at++) await idOf(master, `s${at}`);
    // What was written together comes together, in a page that is larger than asked for.
    await master.Visit.create(Array.from({ length: 15 }, (_, at) => ({ Subject: `t${at}` })));
    const gone = await idOf(master, 'gone');
    await master.Visit.delete(gone);
    const client = await openClient(server, { batchSize: 10 });
    await agrees(master, client);
    expect(client.counts.pages.slice(0, 4)).toEqual([10, 10, 20, 1]);
    const pulls = client.counts.pull;
    await idOf(master, 'new');
    await agrees(master, client);
    expect(client.counts.pull).toBe(pulls);
    expect(client.counts.push).toBe(0);
    expect(client.errors).toEqual([]);
    await restsAtLast(client);
  });

  test('pushes what it writes once, and takes over what the server sets, with no push or conflict after', async () => {
    const { master, server } = await openServer();
    const client = await openClient(server);
    const id = await insert(client, master, 'made');
    await agrees(master, client);
    expect(master.Visit.get(id)).toMatchObject({ Subject: 'made', Name: 'V-0001' });
    expect(client.counts.push).toBe(1);
    for (const Note of ['one', 'two', 'three']) {
      await (await recordOf(client, id)).incrementalPatch({ Note });
      await agrees(master, client);
      expect(master.Visit.get(id)?.Note).toBe(Note);
    }
    expect(client.counts.push).toBe(4);
    expect(client.counts.conflicts).toEqual([]);
    await restsAtLast(client);
  });

  test('may write again before it has heard what the server set', async () => {
    const { master, server } = await openServer();
    const client = await openClient(server);
    const id = await insert(client, master, 'made');
    for (let at = 0; at < 20; at++) await (await recordOf(client, id)).incrementalPatch({ Note: `n${at}` });
    await expect.poll(() => master.Visit.get(id)?.Note).toBe('n19');
    await agrees(master, client);
    expect(client.counts.conflicts).toEqual([]);
    expect(client.counts.push).toBeLessThanOrEqual(21);
    await restsAtLast(client);
  });

  test('deletes and is told of deletes, undeletes and purges', async () => {
    const { master, server } = await openServer();
    const [a, b, c] = [await idOf(master, 'a'), await idOf(master, 'b'), await idOf(master, 'c')];
    const client = await openClient(server);
    await agrees(master, client);
    await (await recordOf(client, a)).remove();
    await expect.poll(() => master.Visit.get(a)).toBeUndefined();
    expect(master.Visit.find({ deleted: 'only' } as never)).toHaveLength(1);
    await master.Visit.delete(b);
    await agrees(master, client);
    await master.Visit.undelete(b);
    await agrees(master, client);
    expect((await recordOf(client, b)).get('Subject')).toBe('b');
    await master.Visit.delete(c);
    await master.Visit.emptyRecycleBin([c]);
    await agrees(master, client);
    expect([...(await client.rows()).keys()]).toEqual([b]);
    // A record that it took away is made again under its id: that brings it back.
    await client.collection.insert({ Id: a, Subject: 'a again', Note: null, ParentId: null });
    await expect.poll(() => master.Visit.get(a)?.Subject).toBe('a again');
    await agrees(master, client);
    expect(client.errors).toEqual([]);
    await restsAtLast(client);
  });

  test('is told of children that go and come back with their parent', async () => {
    const { master, server } = await openServer();
    const parent = await idOf(master, 'parent');
    await master.Visit.create([1, 2].map((n) => ({ Subject: `child ${n}`, ParentId: parent })));
    const client = await openClient(server);
    await agrees(master, client);
    await master.Visit.delete(parent);
    await expect.poll(async () => (await client.rows()).size).toBe(0);
    await master.Visit.undelete(parent);
    await agrees(master, client);
    expect((await client.rows()).size).toBe(3);
  });

  test('holds nothing of what is ours alone, whatever a record goes through', async () => {
    let mayRead = true;
    const { master, server } = await openServer({
      canRead: (_user, _object, record) => mayRead || record.Subject !== 'hidden',
    });
    const parent = await idOf(master, 'parent');
    const child = (await master.Visit.create({ Subject: 'child', ParentId: parent })).id as string;
    const purged = await idOf(master, 'purged');
    const hidden = await idOf(master, 'to be hidden');
    const client = await openClient(server);
    await agrees(master, client);
    await master.Visit.delete(parent);
    await master.Visit.delete(purged);
    await master.Visit.emptyRecycleBin([purged]);
    mayRead = false;
    await master.Visit.update({ Id: hidden, Subject: 'hidden' });
    await expect.poll(async () => (await client.rows()).size).toBe(0);
    const stored = await client.collection.storageInstance.findDocumentsById([parent, child, purged, hidden], true);
    expect(stored).toHaveLength(4);
    const own = (names: string[]) => names.filter((name) => name.startsWith('_')).sort();
    for (const document of stored) {
      expect(own(Object.keys(document))).toEqual(['_attachments', '_deleted', '_meta', '_rev']);
      expect(document._deleted).toBe(true);
    }
    expect(client.errors).toEqual([]);
    expect(client.counts.push).toBe(0);
    await restsAtLast(client);
  });
});

describe('a conflict', () => {
  /** Has a client and the server write to one record, neither of which has heard of the other. */
  async function inConflict(more: Partial<RxClientOptions> = {}) {
    const { master, server } = await openServer();
    const id = await idOf(master, 'base');
    const client = await openClient(server, more);
    await agrees(master, client);
    client.events.close();
    await master.Visit.update({ Id: id, Subject: 'theirs' });
    await (await recordOf(client, id)).incrementalPatch({ Note: 'mine' });
    return { master, server, client, id };
  }

  test('ends with the server’s state, as RxDB has it by itself', async () => {
    const { master, client, id } = await inConflict();
    await agrees(master, client);
    expect(master.Visit.get(id)).toMatchObject({ Subject: 'theirs', Note: null });
    expect(client.counts.conflicts).toHaveLength(1);
    await restsAtLast(client);
  });

  test('ends with both, by a handler that merges', async () => {
    const { master, client, id } = await inConflict({
      conflictHandler: {
        isEqual: (a, b) =>
          JSON.stringify([a.Subject, a.Note, a._deleted]) === JSON.stringify([b.Subject, b.Note, b._deleted]),
        resolve: async ({ newDocumentState, realMasterState }) => ({ ...realMasterState, Note: newDocumentState.Note }),
      },
    });
    await expect.poll(() => master.Visit.get(id)).toMatchObject({ Subject: 'theirs', Note: 'mine' });
    await expect.poll(async () => (await client.rows()).get(id)).toMatchObject({ Subject: 'theirs', Note: 'mine' });
    expect(client.counts.conflicts).toHaveLength(1);
    expect(client.counts.push).toBe(2);
    await restsAtLast(client);
  });

  test('is none where an answer was lost: what the server holds is what was sent', async () => {
    const { master, server } = await openServer();
    let lost = 0;
    const client = await openClient(server, {
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (init?.method !== 'POST' || lost >= 2) return response;
        lost++;
        await response.body?.cancel();
        throw new Error('the answer was lost');
      },
    });
    const id = await insert(client, master, 'made');
    await agrees(master, client);
    await (await recordOf(client, id)).incrementalPatch({ Note: 'more' });
    await expect.poll(() => master.Visit.get(id)?.Note).toBe('more');
    await agrees(master, client);
    expect(client.counts.conflicts).toEqual([]);
    expect(master.Visit.count({})).toBe(1);
    expect(lost).toBe(2);
  });

  test('with what the server refuses ends with what it holds', async () => {
    const { master, server } = await openServer({
      canWrite: (_user, _object, _before, after) => after?.Note !== 'forbidden',
    });
    const id = await idOf(master, 'kept');
    const client = await openClient(server);
    await (await recordOf(client, id)).incrementalPatch({ Note: 'forbidden' });
    await client.replication.awaitInSync();
    await agrees(master, client);
    const made = newId(master);
    await client.collection.insert({ Id: made, Subject: 'x', Note: 'forbidden', ParentId: null });
    await expect.poll(async () => (await client.rows()).has(made)).toBe(false);
    expect(master.Visit.get(made)).toBeUndefined();
    await restsAtLast(client);
  });
});

describe('a stream that is cut', () => {
  test('goes on where it was, with all that happened meanwhile', async () => {
    const { master, server } = await openServer();
    const id = await idOf(master, 'a');
    const client = await openClient(server);
    await idOf(master, 'b');
    await agrees(master, client);
    const pulled = client.counts.pages.flat().reduce((sum, page) => sum + page, 0);
    expect(pulled).toBe(1);
    server.cut();
    await master.Visit.update({ Id: id, Note: 'meanwhile' });
    await idOf(master, 'c');
    await agrees(master, client);
    expect(client.errors.length).toBeLessThan(10);
  });

  test('with its server comes back with it, and both have written meanwhile', async () => {
    const { master, server } = await openServer();
    const id = await idOf(master, 'a');
    const client = await openClient(server);
    await agrees(master, client);
    await server.stop();
    await (await recordOf(client, id)).incrementalPatch({ Note: 'offline' });
    const made = await insert(client, master, 'made offline');
    await idOf(master, 'by another door');
    await expect.poll(() => client.errors.length).toBeGreaterThan(0);
    await server.start(master, OPTIONS);
    await expect.poll(() => master.Visit.get(id)?.Note).toBe('offline');
    await agrees(master, client);
    expect(master.Visit.get(made)?.Subject).toBe('made offline');
    await idOf(master, 'after');
    await agrees(master, client);
    await restsAtLast(client);
  });

  test('of a server that lost its past tells so by the pull, and the client begins anew', async () => {
    const { master, server } = await openServer();
    await idOf(master, 'old');
    const client = await openClient(server, { beginsAnew: true });
    await agrees(master, client);
    await server.stop();
    const other = await openMaster();
    ends.push(() => other.close());
    const kept = await idOf(other, 'other');
    await server.start(other, OPTIONS);
    await expect.poll(async () => (await client.rows()).has(kept)).toBe(true);
    await idOf(other, 'later');
    await expect.poll(async () => (await client.rows()).size).toBe(3);
    await restsAtLast(client);
  });
});

describe('two RxDB clients and one of ours', () => {
  test('converge on the same, field by field', async () => {
    const { master, server } = await openServer();
    await master.Visit.create(Array.from({ length: 6 }, (_, at) => ({ Subject: `s${at}` })));
    const [one, two] = [await openClient(server), await openClient(server, { batchSize: 3 })];
    const { db, sync } = await openSojourn(server);
    const all = [...rowsOf(master).keys()];
    for (let round = 0; round < 4; round++) {
      await (await recordOf(one, all[round] as string)).incrementalPatch({ Note: `one ${round}` });
      await (await recordOf(two, all[(round + 1) % 4] as string)).incrementalPatch({ Subject: `two ${round}` });
      await db.Visit.update({ Id: all[(round + 2) % 4] as string, Note: `ours ${round}` });
      await insert(one, master, `new of one ${round}`);
      await db.Visit.create({ Subject: `new of ours ${round}` });
    }
    await db.Visit.delete(all[4] as string);
    await (await recordOf(two, all[5] as string)).remove();
    await sync.inSync();
    await expect.poll(() => master.Visit.count({})).toBe(12);
    await agrees(master, one, two);
    await expect.poll(() => rowsOf(db)).toEqual(rowsOf(master));
    await agrees(master, one, two);
    expect(sync.status).toMatchObject({ pending: 0, rejected: 0, quarantined: 0 });
    for (const client of [one, two]) await restsAtLast(client);
  });

  test('agree too where ours speaks RxDB’s convention with our server', async () => {
    const { master, server } = await openServer();
    for (let at = 0; at < 5; at++) await idOf(master, `s${at}`);
    const client = await openClient(server);
    const { db, sync } = await openSojourn(server, rxdbHttp({ url: server.url }));
    expect(rowsOf(db)).toEqual(rowsOf(master));
    const id = [...rowsOf(db).keys()][0] as string;
    await db.Visit.update({ Id: id, Note: 'ours' });
    await sync.inSync();
    expect(master.Visit.get(id)?.Note).toBe('ours');
    await agrees(master, client);
    await (await recordOf(client, id)).incrementalPatch({ Subject: 'theirs' });
    await expect.poll(() => db.Visit.get(id)?.Subject).toBe('theirs');
    await db.Visit.delete(id);
    await sync.inSync();
    await expect.poll(() => rowsOf(db)).toEqual(rowsOf(master));
    await agrees(master, client);
    await requestsRest(() => server.requests.length);
  });
});
