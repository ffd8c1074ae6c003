import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { type PullPage, type Remote, RemoteFailure } from '../../src/replication/remote.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import type { PushAnswer, PushRequest } from '../../src/replication/wire.ts';
import { type ModelFaults, ModelServer, modelRemote } from '../instruments/model-remote.ts';
import { Account, createAccount, Item, openClient, openServer } from '../instruments/open-synced.ts';

const retry = { baseMs: 1, maxMs: 5 };
const lost = () => new RemoteFailure('retry', 'SYNC_UNREACHABLE', 'lost');

async function open(remote: Remote, more: { batch?: { push: number } } = {}) {
  const db = await openDatabase({ name: 'desk', objects: [Account, Item, ...syncObjects] as const });
  const sync = replicate(db, { remote, objects: ['Account', 'Item'], retry, pollMs: 5, ...more });
  onTestFinished(async () => {
    await sync.close();
    await db.close();
  });
  return { db, sync };
}

/** The way to a model server whose pushes are kept as they came. */
function recorded(server: ModelServer, faults: ModelFaults = {}) {
  const pushes: PushRequest[] = [];
  const remote = modelRemote(server, faults, { streams: false });
  const push = async (request: PushRequest, signal: AbortSignal): Promise<PushAnswer> => {
    pushes.push(JSON.parse(JSON.stringify(request)) as PushRequest);
    return remote.push(request, signal);
  };
  return { pushes, remote: { ...remote, push } };
}

describe('a push that goes out again', () => {
  it('is the same to the letter, whatever was written to its records meanwhile', async () => {
    const server = new ModelServer();
    let meanwhile: (() => void) | undefined;
    const { pushes, remote } = recorded(server, {
      after: (what) => {
        if (what !== 'push' || meanwhile === undefined) return;
        meanwhile();
        meanwhile = undefined;
        throw lost();
      },
    });
    const { db, sync } = await open(remote);
    const [a, b, c] = [
      await createAccount(db, { Note: 'a' }),
      await createAccount(db, {}),
      await createAccount(db, {}),
    ];
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: a, Note: 'b' });
    await db.Account.update({ Id: b, Note: 'b' });
    await db.Account.update({ Id: c, Note: 'b' });
    const d = await createAccount(db, { Note: 'd' });
    meanwhile = () => {
      void db.Account.update({ Id: a, Size: 7 });
      void db.Account.delete(b);
      void db.Account.delete(c);
      void db.Account.emptyRecycleBin([c]);
      void db.Account.delete(d);
      void db.Account.emptyRecycleBin([d]);
    };
    const from = pushes.length;
    sync.resume();
    await sync.inSync();
    expect(JSON.stringify(pushes[from + 1])).toBe(JSON.stringify(pushes[from]));
    expect([server.get('Account', a)?.Size, server.get('Account', b)?._deleted]).toEqual([7, true]);
    expect([server.get('Account', c)?._purged, server.get('Account', d)?._purged]).toEqual([true, true]);
    expect(sync.outbox.size).toBe(0);
  });

  it('does not put a value back that someone else has replaced meanwhile', async () => {
    const server = new ModelServer();
    const noted: unknown[] = [];
    let meanwhile: (() => void) | undefined;
    const { remote } = recorded(server, {
      after: (what) => {
        if (what !== 'push' || meanwhile === undefined) return;
        meanwhile();
        meanwhile = undefined;
        throw lost();
      },
    });
    const { db, sync } = await open(remote);
    const id = await createAccount(db, { Note: 'a' });
    await sync.inSync();
    server.watch(() => noted.push(server.get('Account', id)?.Note));
    sync.pause();
    await db.Account.update({ Id: id, Note: 'b' });
    meanwhile = () => {
      void db.Account.update({ Id: id, Size: 7 });
      server.set('Account', id, { Note: 'c' });
    };
    sync.resume();
    await sync.inSync();
    await sync.inSync();
    expect(noted.filter((note, i) => note !== noted[i - 1])).toEqual(['b', 'c']);
    expect(db.Account.get(id)).toMatchObject({ Note: 'c', Size: 7 });
    expect(server.get('Account', id)).toMatchObject({ Note: 'c', Size: 7 });
  });

  it('keeps what was written to another field when what was sent is refused or in conflict', async () => {
    const server = new ModelServer();
    let meanwhile: (() => void) | undefined;
    const { remote } = recorded(server, {
      before: (what) => {
        if (what !== 'push') return;
        meanwhile?.();
        meanwhile = undefined;
      },
    });
    const { db, sync } = await open(remote);
    const [a, b] = [await createAccount(db, { Note: 'a' }), await createAccount(db, { Note: 'a' })];
    await sync.inSync();
    sync.pause();
    await db.Account.update({ Id: a, Note: 'b' });
    await db.Account.update({ Id: b, Note: 'no' });
    server.refuses = ({ newDocumentState }) => newDocumentState.Note === 'no';
    meanwhile = () => {
      void db.Account.update({ Id: a, Size: 7 });
      void db.Account.update({ Id: b, Size: 8 });
      server.set('Account', a, { Note: 'c' });
    };
    sync.resume();
    await sync.inSync();
    await expect.poll(() => sync.status.pending).toBe(0);
    expect(server.get('Account', a)).toMatchObject({ Note: 'b', Size: 7 });
    expect(db.Account.get(b)).toMatchObject({ Note: 'no', Size: 8 });
    expect(sync.outbox.get('Account', b)).toMatchObject({ state: 'rejected' });
    expect(sync.outbox.get('Account', b)?.fields.toSorted()).toEqual(['Note', 'Size']);
  });
});

describe('a commit', () => {
  it('is not torn when pushes become smaller after one that was not taken', async () => {
    const server = new ModelServer();
    let isLarge = true;
    const { pushes, remote } = recorded(server, {
      before: (what) => {
        if (what !== 'push' || !isLarge) return;
        isLarge = false;
        throw new RemoteFailure('large', 'SYNC_LIMIT', 'too large');
      },
    });
    const { db, sync } = await open(remote, { batch: { push: 8 } });
    sync.pause();
    await db.transact((tx) => {
      for (let i = 0; i < 4; i++) tx.Account.create({ Note: `${i}` });
    });
    await createAccount(db, {});
    await createAccount(db, {});
    sync.resume();
    await sync.inSync();
    expect(pushes.map(({ commits }) => commits.map((rows) => rows.length))[1]).toContain(4);
    expect(
      pushes
        .slice(1)
        .flatMap(({ commits }) => commits.map((rows) => rows.length))
        .toSorted(),
    ).toEqual([1, 1, 4]);
  });
});

describe('a stream', () => {
  it('that brings nonsense while a pull is under way does not bring the sync to a stand', async () => {
    const server = new ModelServer();
    const model = modelRemote(server, {}, { streams: false });
    let isBad = true;
    let hold: Promise<void> | undefined;
    let release: () => void = () => undefined;
    let say: (message: object) => void = () => undefined;
    const remote: Remote = {
      ...model,
      async *pull(request, signal): AsyncGenerator<PullPage> {
        await hold;
        yield* model.pull(request, signal);
      },
      async *stream(_request, signal) {
        for (;;) {
          const message = await new Promise<object | undefined>((resolve) => {
            say = resolve;
            signal.addEventListener('abort', () => resolve(undefined));
          });
          if (message === undefined) return;
          yield message as never;
        }
      },
    };
    const { db, sync } = await open(remote);
    await expect.poll(() => sync.status.state).toBe('live');
    hold = new Promise((resolve) => {
      release = resolve;
    });
    sync.resync();
    await expect.poll(() => sync.status.state).toBe('pulling');
    const checkpoint = server.checkpoint();
    if (isBad) say({ kind: 'documents', documents: [[9, { Id: 'x' }]], after: checkpoint, checkpoint });
    isBad = false;
    await new Promise((resolve) => setTimeout(resolve, 5));
    hold = undefined;
    release();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await createAccount(db, { Note: 'a' });
    await expect.poll(() => sync.status.pending).toBe(0);
  });
});

describe('a server that has forgotten', () => {
  it('is given what it lost, though all is fetched anew for another reason before that is done', async () => {
    const server = new ModelServer();
    let isCut = false;
    const { remote } = recorded(server, {
      after: (what) => {
        if (isCut && what === 'pull') throw lost();
      },
    });
    const { db, sync } = await open(remote);
    const id = await createAccount(db, { Note: 'a' });
    await sync.inSync();
    server.kept.clear();
    server.era = 'b';
    isCut = true;
    await expect.poll(() => sync.status.state).toBe('waiting');
    sync.refetch();
    isCut = false;
    await sync.inSync();
    expect(db.Account.get(id)?.Note).toBe('a');
    expect(server.get('Account', id)?.Note).toBe('a');
  });
});

describe('two records', () => {
  it('that have swapped a unique value on the server swap it here', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    const [a, b] = [await createAccount(server.db, { Code: '1' }), await createAccount(server.db, { Code: '2' })];
    await sync.inSync();
    sync.pause();
    await server.db.Account.update({ Id: a, Code: '3' });
    await server.db.Account.update({ Id: b, Code: '1' });
    await server.db.Account.update({ Id: a, Code: '2' });
    sync.resume();
    await sync.inSync();
    expect(sync.status.quarantined).toBe(0);
    expect([db.Account.get(a)?.Code, db.Account.get(b)?.Code]).toEqual(['2', '1']);
  });

  it('that have swapped one over pages of a pull swap it too', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server, { batch: { pull: 1 } });
    const [a, b] = [await createAccount(server.db, { Code: '1' }), await createAccount(server.db, { Code: '2' })];
    await sync.inSync();
    sync.pause();
    await server.db.Account.update({ Id: a, Code: '3' });
    await server.db.Account.update({ Id: b, Code: '1' });
    for (let i = 0; i < 3; i++) await createAccount(server.db, {});
    await server.db.Account.update({ Id: a, Code: '2' });
    sync.resume();
    await sync.inSync();
    expect(sync.status.quarantined).toBe(0);
    expect([db.Account.get(a)?.Code, db.Account.get(b)?.Code]).toEqual(['2', '1']);
  });

  it('that swap one here in one transaction are taken by the server', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    const [a, b] = [await createAccount(db, { Code: '1' }), await createAccount(db, { Code: '2' })];
    await sync.inSync();
    await db.transact((tx) => {
      tx.Account.update({ Id: a, Code: '3' });
      tx.Account.update({ Id: b, Code: '1' });
      tx.Account.update({ Id: a, Code: '2' });
    });
    await sync.inSync();
    expect(sync.outbox.list()).toEqual([]);
    expect([server.db.Account.get(a)?.Code, server.db.Account.get(b)?.Code]).toEqual(['2', '1']);
  });
});
