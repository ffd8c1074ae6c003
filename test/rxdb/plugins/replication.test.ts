import { RxDBAttachmentsPlugin } from 'rxdb/plugins/attachments';
import {
  addRxPlugin,
  defaultConflictHandler,
  type RxCollection,
  type RxReplicationHandler,
  rxStorageInstanceToReplicationHandler,
} from 'rxdb/plugins/core';
import { RxDBLeaderElectionPlugin } from 'rxdb/plugins/leader-election';
import { type RxReplicationState, replicateRxCollection } from 'rxdb/plugins/replication';
import { map } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/index.ts';
import { masterObjects } from '../../../src/server/master-objects.ts';
import { HttpSyncServer } from '../../instruments/http-sync-server.ts';
import { type AnyRxStorage, closeRx, openRx, RX_STORAGES } from '../../instruments/rx-databases.ts';
import { openRxClient } from '../../instruments/rxdb-client.ts';
import { Step, Visit } from '../../instruments/sync-fleet.ts';

addRxPlugin(RxDBAttachmentsPlugin);
addRxPlugin(RxDBLeaderElectionPlugin);
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await closeRx();
});

interface Call {
  readonly id: string;
  readonly note: string;
}
type Calls = RxCollection<Call>;

const call = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: { id: { type: 'string', maxLength: 20 }, note: { type: 'string' } },
  required: ['id', 'note'],
} as const;

async function openCalls(storage: AnyRxStorage, name?: string, more: object = {}): Promise<Calls> {
  const database = await openRx(storage, name === undefined ? {} : { name });
  const schema = { ...call, ...more } as never;
  const conflictHandler = {
    ...defaultConflictHandler,
    // Both notes are kept, in one order.
    resolve: async ({ newDocumentState, realMasterState }: { newDocumentState: Call; realMasterState: Call }) => ({
      ...realMasterState,
      note: [...new Set(`${newDocumentState.note}+${realMasterState.note}`.split('+'))].sort().join('+'),
    }),
  };
  const { calls } = await database.addCollections({ calls: { schema, conflictHandler: conflictHandler as never } });
  return calls as unknown as Calls;
}

/** Replicates with a collection that stands for the server. `moved`: hears which documents were sent and received. */
function replicate(calls: Calls, master: Calls, moved: string[] = []): RxReplicationState<Call, unknown> {
  const handler = rxStorageInstanceToReplicationHandler(
    master.storageInstance,
    defaultConflictHandler as never,
    master.database.token,
  ) as RxReplicationHandler<Call, unknown>;
  const state = replicateRxCollection<Call, unknown>({
    collection: calls,
    replicationIdentifier: 'server',
    live: true,
    retryTime: 20,
    pull: {
      batchSize: 7,
      handler: (checkpoint, size) => handler.masterChangesSince(checkpoint as never, size) as never,
      stream$: handler.masterChangeStream$.pipe(map((event) => event as never)),
    },
    push: { batchSize: 5, handler: (rows) => handler.masterWrite(rows as never) as never },
  });
  state.sent$.subscribe(({ id }) => moved.push(`> ${id}`));
  state.received$.subscribe(({ id }) => moved.push(`< ${id}`));
  ends.push(() => state.cancel());
  return state;
}

const notesOf = async (calls: Calls) =>
  Object.fromEntries((await calls.find().exec()).map(({ id, note }) => [id, note] as const));

async function expectSame(...all: Calls[]): Promise<void> {
  const notes = async () => Promise.all(all.map(async (calls) => JSON.stringify(await notesOf(calls))));
  await expect.poll(async () => new Set(await notes()).size, { timeout: 5_000, interval: 20 }).toBe(1);
}

describe.each(RX_STORAGES)('on %s', (_, make) => {
  test('two collections replicate with a third, live, with conflicts and deletions, and go on after a reopen', async () => {
    const storage = make();
    const master = await openCalls(storage, 'server');
    let [one, two] = [await openCalls(storage, 'one'), await openCalls(storage, 'two')];
    await master.bulkInsert(Array.from({ length: 30 }, (_, at) => ({ id: `m${at}`, note: `${at}` })));
    await one.bulkInsert(Array.from({ length: 12 }, (_, at) => ({ id: `o${at}`, note: `${at}` })));
    let states = [replicate(one, master), replicate(two, master)];
    for (const state of states) await state.awaitInSync();
    await expectSame(master, one, two);
    expect(await two.count().exec()).toBe(42);
    await (await one.findOne('m1').exec(true)).incrementalPatch({ note: 'of one' });
    await (await two.findOne('o1').exec(true)).incrementalPatch({ note: 'of two' });
    await master.findOne('m2').remove();
    await two.findOne('o2').remove();
    for (const state of states) await state.awaitInSync();
    await expectSame(master, one, two);
    expect(await notesOf(one)).toMatchObject({ m1: 'of one', o1: 'of two' });
    expect(await one.findByIds(['m2', 'o2']).exec()).toEqual(new Map());

    await Promise.all(states.map((state) => state.cancel()));
    await Promise.all([one, two].map(({ database }) => database.close()));
    [one, two] = [await openCalls(storage, 'one'), await openCalls(storage, 'two')];
    await (await one.findOne('m3').exec(true)).incrementalPatch({ note: 'a' });
    await (await two.findOne('m3').exec(true)).incrementalPatch({ note: 'b' });
    await master.insert({ id: 'x', note: 'meanwhile' });
    const moved: string[] = [];
    states = [replicate(one, master, moved), replicate(two, master, moved)];
    for (const state of states) await state.awaitInSync();
    for (const state of states) await state.awaitInSync();
    await expectSame(master, one, two);
    expect(await notesOf(one)).toMatchObject({ m3: 'a+b', x: 'meanwhile' });
    // Only what had changed was sent again.
    expect(new Set(moved)).toEqual(new Set(['> m3', '< m3', '< x']));
  });

  test('attachments travel with their documents', async () => {
    const storage = make();
    const master = await openCalls(storage, undefined, { attachments: {} });
    const [one, two] = [
      await openCalls(storage, undefined, { attachments: {} }),
      await openCalls(storage, undefined, { attachments: {} }),
    ];
    const document = await one.insert({ id: 'a', note: '' });
    await document.putAttachment({ id: 'said.txt', data: new Blob(['hello']), type: 'text/plain' });
    for (const state of [replicate(one, master), replicate(two, master)]) await state.awaitInSync();
    await expectSame(master, one, two);
    const said = async () => (await two.findOne('a').exec(true)).getAttachment('said.txt')?.getStringData();
    await expect.poll(said).toBe('hello');
    const again = await two.findOne('a').exec(true);
    await again.putAttachment({ id: 'said.txt', data: new Blob(['bye']), type: 'text/plain' });
    await expect
      .poll(async () => (await one.findOne('a').exec(true)).getAttachment('said.txt')?.getStringData())
      .toBe('bye');
  });

  test('a collection syncs with this project’s own server, and carries on after the server was away', async () => {
    const server = new HttpSyncServer();
    const served = await openDatabase({ name: 'server', objects: [Visit, Step, ...masterObjects] });
    const options = { objects: ['Visit'], authorize: () => ({ user: 'u' }) } as const;
    await server.start(served, options);
    const client = await openRxClient({ url: server.url, definition: Visit, storage: make() });
    ends.push(async () => {
      await client.close();
      await server.stop();
      await served.close();
    });
    await client.replication.awaitInitialReplication();
    await expect.poll(() => client.events.opened).toBeGreaterThan(0);
    const id = (await served.Visit.create({ Subject: 'of the server' })).id as string;
    await expect.poll(async () => (await client.rows()).get(id)?.Subject).toBe('of the server');
    await (await client.collection.findOne(id).exec(true)).incrementalPatch({ Note: 'of the desk' });
    await expect.poll(() => served.Visit.get(id)?.Note).toBe('of the desk');
    await server.stop();
    await (await client.collection.findOne(id).exec(true)).incrementalPatch({ Note: 'while it was away' });
    await server.start(served, options);
    await expect.poll(() => served.Visit.get(id)?.Note, { timeout: 5_000 }).toBe('while it was away');
    await served.Visit.delete(id);
    await expect.poll(async () => (await client.rows()).size, { timeout: 5_000 }).toBe(0);
    expect(client.counts.conflicts).toEqual([]);
  });
});
