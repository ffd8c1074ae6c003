import { afterEach, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import type { Connectivity } from '../../src/replication/connectivity.ts';
import { replicate } from '../../src/replication/replicate.ts';
import type { ReplicateOptions } from '../../src/replication/replicate-options.ts';
import { rxdbHttp } from '../../src/replication/rxdb-http.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { type BackendDocument, RxdbBackend } from '../instruments/rxdb-backend.ts';
import { Step, Visit } from '../instruments/sync-fleet.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function openBackend(): Promise<RxdbBackend> {
  const backend = new RxdbBackend();
  await backend.start();
  ends.push(() => backend.stop());
  return backend;
}

/** A network of this device that can be switched. */
function network() {
  let isOnline = true;
  let tell: ((event: 'online' | 'offline' | 'visible') => void) | undefined;
  const connectivity: Connectivity = {
    isOnline: () => isOnline,
    subscribe: (listener) => {
      tell = listener;
      return () => undefined;
    },
  };
  const set = (online: boolean) => {
    isOnline = online;
    tell?.(online ? 'online' : 'offline');
  };
  return { connectivity, set };
}

async function openDevice(backend: RxdbBackend, more: Partial<ReplicateOptions<'Visit' | 'Step'>> = {}) {
  const db = await openDatabase({ name: 'desk', objects: [Visit, Step, ...syncObjects] });
  const { connectivity, set } = network();
  const sync = replicate(db, {
    remote: rxdbHttp({ url: backend.url }),
    objects: ['Visit', 'Step'],
    retry: { baseMs: 20, maxMs: 100 },
    batch: { pull: 10, push: 10 },
    connectivity,
    ...more,
  });
  ends.push(async () => {
    await sync.close();
    await db.close();
  });
  return { db, sync, setOnline: set };
}
type Device = Awaited<ReturnType<typeof openDevice>>;

/** What a device holds, as documents of the backend. */
function held({ db }: Device, object: 'Visit' | 'Step'): Map<string, unknown> {
  const found = db.collection(object).find({ deleted: 'include' } as never) as unknown as Record<string, unknown>[];
  return new Map(found.map(({ IsDeleted, ...fields }) => [String(fields.Id), { ...fields, _deleted: IsDeleted }]));
}

/** Waits until devices hold what the backend holds, field by field, with nothing left to send. */
async function agrees(backend: RxdbBackend, ...devices: Device[]): Promise<void> {
  for (const device of devices)
    await vi.waitFor(
      () => {
        expect(device.sync.status).toMatchObject({ state: 'live', pending: 0, quarantined: 0 });
        for (const object of ['Visit', 'Step'] as const) expect(held(device, object)).toEqual(backend.of(object));
      },
      { timeout: 20_000, interval: 10 },
    );
}

/** Waits until no more requests come, which must not take long. */
async function restsAtLast({ requests }: RxdbBackend): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    const before = requests.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (requests.length === before) return;
  }
  expect.fail('requests go on and on');
}

const pushesOf = ({ requests }: RxdbBackend) => requests.filter((request) => request === 'POST push').length;
const idOf = async ({ db }: Device, Subject: string) => (await db.Step.create({ Subject })).id as string;

describe('a backend that speaks RxDB’s convention alone', () => {
  test('gives what it has page by page, and takes what is written, each once', async () => {
    const backend = await openBackend();
    const maker = await openDevice(backend);
    const made: string[] = [];
    for (let at = 0; at < 23; at++) made.push(await idOf(maker, `s${at}`));
    await maker.sync.inSync();
    expect(backend.writes.map(({ document }) => document.Id)).toEqual(made);
    const other = await openDevice(backend);
    await agrees(backend, maker, other);
    await other.db.Step.update({ Id: made[3] as string, Note: 'seen' });
    await agrees(backend, maker, other);
    expect(maker.db.Step.get(made[3] as string)?.Note).toBe('seen');
    expect(backend.writes).toHaveLength(24);
    await restsAtLast(backend);
  });

  test('compares whole documents, stamps and all, which costs an edit no more than one push more', async () => {
    const backend = await openBackend();
    const device = await openDevice(backend);
    const id = await idOf(device, 'one');
    await agrees(backend, device);
    const before = pushesOf(backend);
    for (const Note of ['a', 'b', 'c']) {
      await device.db.Step.update({ Id: id, Note });
      await agrees(backend, device);
    }
    expect(pushesOf(backend) - before).toBeLessThanOrEqual(6);
    expect(backend.writes).toHaveLength(4);
    expect(device.db.SyncConflict.count({})).toBe(0);
    await restsAtLast(backend);
  });

  test('and two devices that edit offline agree, with each write in effect once', async () => {
    const backend = await openBackend();
    const [one, two] = [await openDevice(backend), await openDevice(backend)];
    const id = await idOf(one, 'shared');
    const parent = (await one.db.Visit.create({ Subject: 'parent' })).id as string;
    await one.sync.inSync();
    await two.sync.inSync();
    await agrees(backend, one, two);
    for (const device of [one, two]) device.setOnline(false);
    await one.db.Step.update({ Id: id, Subject: 'of one' });
    await two.db.Step.update({ Id: id, Note: 'of two' });
    await one.db.Step.create({ Subject: 'new of one', VisitId: parent });
    await two.db.Visit.update({ Id: parent, Note: 'of two' });
    await two.db.Visit.create({ Subject: 'new of two' });
    const before = backend.writes.length;
    one.setOnline(true);
    await agrees(backend, one);
    two.setOnline(true);
    await agrees(backend, one, two);
    expect(backend.of('Step').get(id)).toMatchObject({ Subject: 'of one', Note: 'of two' });
    expect(backend.writes.length - before).toBe(5);
    expect(one.db.Step.count({})).toBe(2);
    await restsAtLast(backend);
  });

  test('has its conflicts settled by the client', async () => {
    const backend = await openBackend();
    const [mine, theirs] = [await openDevice(backend), await openDevice(backend, { conflicts: 'theirs' })];
    const id = await idOf(mine, 'base');
    await mine.sync.inSync();
    await theirs.sync.inSync();
    for (const device of [mine, theirs]) device.setOnline(false);
    backend.change('Step', id, { Subject: 'by hand' });
    await mine.db.Step.update({ Id: id, Subject: 'mine' });
    mine.setOnline(true);
    await agrees(backend, mine);
    expect(backend.of('Step').get(id)).toMatchObject({ Subject: 'mine' });
    await theirs.db.Step.update({ Id: id, Subject: 'given up', Note: 'kept' });
    theirs.setOnline(true);
    await agrees(backend, mine, theirs);
    expect(backend.of('Step').get(id)).toMatchObject({ Subject: 'mine', Note: 'kept' });
    await restsAtLast(backend);
  });

  test('deletes, brings back, and is told of both', async () => {
    const backend = await openBackend();
    const [one, two] = [await openDevice(backend), await openDevice(backend)];
    const id = await idOf(one, 'a');
    await one.sync.inSync();
    await two.sync.inSync();
    await one.db.Step.delete(id);
    await agrees(backend, one, two);
    expect(two.db.Step.get(id)).toBeUndefined();
    expect(backend.of('Step').get(id)?._deleted).toBe(true);
    await two.db.Step.undelete(id);
    await agrees(backend, one, two);
    expect(one.db.Step.get(id)?.Subject).toBe('a');
    backend.change('Step', id, { _deleted: true });
    await agrees(backend, one, two);
    for (const name of Object.keys(backend.of('Step').get(id) as BackendDocument))
      expect(name.startsWith('_') && name !== '_deleted').toBe(false);
    await restsAtLast(backend);
  });

  test('may lose answers: what it did is not done again', async () => {
    const backend = await openBackend();
    const device = await openDevice(backend);
    await device.sync.inSync();
    let lost = 0;
    backend.losesAnswer = ({ method }) => method === 'POST' && lost++ % 2 === 0;
    const ids: string[] = [];
    for (let at = 0; at < 5; at++) {
      ids.push(await idOf(device, `s${at}`));
      await agrees(backend, device);
      await device.db.Step.update({ Id: ids[at] as string, Note: 'once' });
      await agrees(backend, device);
    }
    expect(lost).toBeGreaterThan(10);
    const counts = new Map<unknown, number>();
    for (const { document } of backend.writes) counts.set(document.Id, (counts.get(document.Id) ?? 0) + 1);
    expect([...counts.values()]).toEqual([2, 2, 2, 2, 2]);
    expect(device.db.SyncConflict.count({})).toBe(0);
    await restsAtLast(backend);
  });

  test('may go down and come back, with what either side wrote meanwhile', async () => {
    const backend = await openBackend();
    const device = await openDevice(backend);
    const id = await idOf(device, 'a');
    await agrees(backend, device);
    for (let round = 0; round < 3; round++) {
      await backend.stop();
      await device.db.Step.update({ Id: id, Note: `round ${round}` });
      backend.change('Step', id, { Subject: `by hand ${round}` });
      await expect.poll(() => device.sync.status.error?.code).toBe('SYNC_UNREACHABLE');
      await backend.start();
      await agrees(backend, device);
      expect(backend.of('Step').get(id)).toMatchObject({ Note: `round ${round}`, Subject: `by hand ${round}` });
    }
    await expect.poll(() => backend.streams).toBe(2);
    expect(backend.writes).toHaveLength(7);
    await restsAtLast(backend);
  });

  test('keeps fields of its own that we do not know', async () => {
    const backend = await openBackend();
    const device = await openDevice(backend);
    const id = await idOf(device, 'a');
    await agrees(backend, device);
    await restsAtLast(backend);
    backend.change('Step', id, { Unknown: 'theirs alone', Subject: 'theirs' });
    await expect.poll(() => device.db.Step.get(id)?.Subject).toBe('theirs');
    await device.db.Step.update({ Id: id, Note: 'ours' });
    await expect.poll(() => backend.of('Step').get(id)?.Note).toBe('ours');
    expect(backend.of('Step').get(id)).toMatchObject({ Unknown: 'theirs alone', Subject: 'theirs' });
    await expect.poll(() => device.sync.status.pending).toBe(0);
    await restsAtLast(backend);
  });
});
