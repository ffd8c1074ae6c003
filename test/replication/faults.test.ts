import { describe, expect, it, onTestFinished } from 'vitest';
import { memoryStorage, openDatabase } from '../../src/index.ts';
import { http } from '../../src/replication/http.ts';
import type { PullPage, Remote } from '../../src/replication/remote.ts';
import { replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import type { PushRequest, WireDocument } from '../../src/replication/wire.ts';
import { Account, createAccount, Item, openClient, openServer } from '../instruments/open-synced.ts';

type Server = Awaited<ReturnType<typeof openServer>>;

/** Has the server's requests answered by `answer` where it gives something. */
function answerBy(
  { line }: Server,
  answer: (path: string, request: Request) => Response | undefined | Promise<Response | undefined>,
) {
  const own = line.answer;
  line.answer = async (request) => (await answer(new URL(request.url).pathname, request.clone())) ?? own(request);
  return () => {
    line.answer = own;
  };
}

/** A client that has not been in sync yet. */
async function openLater({ line }: Server) {
  const db = await openDatabase({ name: 'client', objects: [Account, Item, ...syncObjects] });
  const remote = http({ url: 'http://server.test', fetch: (url, init) => line.answer(new Request(url, init)) });
  const sync = replicate(db, { remote, objects: ['Account', 'Item'], retry: { baseMs: 5, maxMs: 20 } });
  onTestFinished(() => sync.close());
  return { db, sync };
}

const status = (code: number, body: unknown = {}) =>
  new Response(JSON.stringify(body), { status: code, headers: { 'content-type': 'application/json' } });

describe('a sync', () => {
  it('waits for a person where its token is no longer good, and goes on when told to', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    const restore = answerBy(server, (path) => (path === '/push' ? status(401) : undefined));
    const id = await createAccount(db, { Note: 'a' });
    await expect.poll(() => sync.status.state).toBe('unauthorized');
    expect(sync.status).toMatchObject({ pending: 1, error: { code: 'SYNC_UNAUTHORIZED' } });
    restore();
    sync.resume();
    await sync.inSync();
    expect(server.db.Account.get(id)?.Note).toBe('a');
    expect(sync.status.error).toBeUndefined();
  });

  it('says so where the server speaks another version, before anything is written', async () => {
    const server = await openServer({ versions: { Account: [2], Item: [1] } });
    const db = await openDatabase({ name: 'client', objects: [Account, Item, ...syncObjects] });
    const remote = http({
      url: 'http://server.test',
      fetch: (url, init) => server.line.answer(new Request(url, init)),
    });
    const sync = replicate(db, { remote, objects: ['Account'] });
    onTestFinished(() => sync.close());
    await createAccount(db, {});
    await expect.poll(() => sync.status.state).toBe('outdated');
    expect([sync.status.error?.code, server.db.Account.size, sync.status.pending]).toEqual(['SYNC_OUTDATED', 0, 1]);
    expect(sync.status.error?.message).toBe('the server takes Account in version 2, and this database has version 1');
  });

  it('says which object the server does not serve, and goes on once it does', async () => {
    const server = await openServer({ objects: ['Item'] });
    const { db, sync } = await openLater(server);
    const id = await createAccount(db, { Note: 'a' });
    await expect.poll(() => sync.status.error?.code).toBe('NOT_FOUND');
    expect(sync.status).toMatchObject({ state: 'waiting', pending: 1 });
    expect(sync.status.error?.message).toMatch(/^the server does not serve Account:/);
    const whole = await openServer();
    server.line.answer = whole.line.answer;
    await sync.inSync();
    expect([whole.db.Account.get(id)?.Note, sync.status.error]).toEqual(['a', undefined]);
  });

  it('waits where nothing at its path speaks the format, says so, and keeps what it has written', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    const restore = answerBy(server, () => new Response('<html>not found</html>', { status: 404 }));
    const id = await createAccount(db, { Note: 'a' });
    await expect.poll(() => sync.status.error?.code).toBe('NOT_FOUND');
    expect(sync.status).toMatchObject({ state: 'waiting', pending: 1, rejected: 0 });
    expect(sync.status.error?.message).toMatch(/^nothing at \/(push|pull) speaks this format \(404\)/);
    restore();
    // On a busy machine it may have failed so often that its next try by itself is a minute away.
    sync.resume();
    await sync.inSync();
    expect(server.db.Account.get(id)?.Note).toBe('a');
  });

  it('comes through answers that are late, cut off, of another kind, or none', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    const bad = [
      () => status(503),
      () => status(429),
      () => new Response('<html>log in</html>', { status: 200, headers: { 'content-type': 'text/html' } }),
      () => new Response('{"push":', { status: 200, headers: { 'content-type': 'application/json' } }),
      () => status(200, { push: 99, commits: [] }),
      () => Promise.reject(new TypeError('network')),
    ];
    let at = 0;
    answerBy(server, (path) => (path === '/push' && at < bad.length ? bad[at++]?.() : undefined));
    const id = await createAccount(db, { Note: 'a' });
    await expect.poll(() => server.db.Account.get(id)?.Note).toBe('a');
    await sync.inSync();
    expect([at, sync.outbox.size]).toEqual([bad.length, 0]);
  });

  it('sends a record anew that was written again while what is refused was on its way', async () => {
    const server = await openServer({
      canWrite: (_, __, ___, after) => after?.Note !== 'bad' || { code: 'FIELD_INTEGRITY_EXCEPTION', message: 'no' },
    });
    const { db, sync } = await openClient(server);
    const id = await createAccount(db, { Note: 'first' });
    await sync.inSync();
    let isHeld = true;
    answerBy(server, async (path) => {
      if (path !== '/push' || !isHeld) return undefined;
      isHeld = false;
      await db.Account.update({ Id: id, Note: 'better', Size: 3 });
      return undefined;
    });
    await db.Account.update({ Id: id, Note: 'bad' });
    await expect.poll(() => server.db.Account.get(id)).toMatchObject({ Note: 'better', Size: 3 });
    await sync.inSync();
    expect([sync.outbox.size, sync.stateOf('Account', id)]).toEqual([0, 'synced']);
  });

  it('finds the one record that brings the server down, and sends the rest', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server, { retry: { baseMs: 1, maxMs: 2 } });
    answerBy(server, async (path, request) =>
      path === '/push' && (await request.text()).includes('poison') ? status(500) : undefined,
    );
    sync.pause();
    const ids: string[] = [];
    for (const Note of ['a', 'b', 'poison', 'c']) ids.push(await createAccount(db, { Note }));
    // The budget of retries is there for servers; here there is no time for it.
    sync.resume();
    for (let i = 0; i < 400 && sync.status.rejected === 0; i++) {
      sync.resync();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await sync.inSync();
    expect(
      server.db.Account.find({})
        .map(({ Note }) => Note)
        .toSorted(),
    ).toEqual(['a', 'b', 'c']);
    expect(sync.outbox.list()).toMatchObject([{ id: ids[2], state: 'rejected' }]);
  });

  it('sends less at once where a push is too large', async () => {
    const server = await openServer({ limits: { bodyBytes: 3_000 } });
    const { db, sync } = await openClient(server);
    sync.pause();
    await db.Account.create(Array.from({ length: 40 }, (_, i) => ({ Note: `note ${i} ${'x'.repeat(60)}` })));
    for (let i = 0; i < 10; i++) await createAccount(db, { Note: `single ${i}` });
    sync.resume();
    await sync.inSync();
    expect(server.db.Account.size).toBeGreaterThanOrEqual(10);
    // A commit that is too large by itself stays, and says why.
    expect(sync.outbox.list().every(({ state, code }) => state === 'rejected' && code === 'SYNC_LIMIT')).toBe(true);
  });

  it('asks a server that answers with conflicts for ever no faster than one that fails', async () => {
    const db = await openDatabase({ name: 'client', objects: [Account, ...syncObjects] });
    let pushes = 0;
    const remote: Remote = {
      async *pull(): AsyncGenerator<PullPage> {
        yield { documents: [], checkpoint: 'c', done: true };
      },
      async push({ push, commits }: PushRequest) {
        pushes++;
        const document = (id: unknown) => ({ Id: id, Note: `theirs ${pushes}`, _deleted: false }) as WireDocument;
        const conflict = (id: unknown) => ({ status: 'conflict' as const, document: document(id) });
        return { push, commits: commits.map((rows) => rows.map((row) => conflict(row.newDocumentState.Id))) };
      },
    };
    const sync = replicate(db, { remote, objects: ['Account'], retry: { baseMs: 60_000, maxMs: 60_000 } });
    onTestFinished(() => sync.close());
    await createAccount(db, { Note: 'mine' });
    await expect.poll(() => sync.status.state).toBe('waiting');
    expect([pushes, sync.status.error?.code, sync.status.pending]).toEqual([10, 'SYNC_REFUSED', 1]);
  });

  it('puts by what cannot be stored, and takes the rest', async () => {
    const documents: WireDocument[] = [
      { Id: 'nonsense', _deleted: false },
      { _deleted: false },
      { Id: 'a0X000000000001AAA', Size: 'large', _deleted: false } as WireDocument,
    ];
    const db = await openDatabase({ name: 'client', objects: [Account, ...syncObjects] });
    const good = (await db.Account.create({ Note: 'x' })).id as string;
    const remote: Remote = {
      async *pull(): AsyncGenerator<PullPage> {
        yield {
          documents: [...documents, { Id: good, Note: 'theirs', _deleted: false }].map((one) => [0, one]),
          checkpoint: 'c',
          done: true,
        };
      },
      push: async ({ push, commits }: PushRequest) => ({
        push,
        commits: commits.map((rows) => rows.map(() => ({ status: 'applied' as const }))),
      }),
    };
    const sync = replicate(db, { remote, objects: ['Account'], conflicts: 'theirs' });
    onTestFinished(() => sync.close());
    await sync.inSync();
    expect(sync.status.quarantined).toBe(3);
    expect(db.Account.get(good)?.Note).toBe('theirs');
    for (const { Message } of db.SyncQuarantine.find({})) expect(Message).not.toContain('nonsense');
  });

  it('takes another name where another client has its own, as after a copied profile', async () => {
    const server = await openServer();
    const storage = memoryStorage();
    const objects = [Account, Item, ...syncObjects] as const;
    const first = await openDatabase({ name: 'client', objects, storage });
    const remote = () =>
      http({ url: 'http://server.test', fetch: (url, init) => server.line.answer(new Request(url, init)) });
    const sync = replicate(first, { remote: remote(), objects: ['Account', 'Item'] });
    await createAccount(first, { Note: 'before' });
    await sync.inSync();
    const { restoreBackup } = await import('../../src/index.ts');
    const copied = memoryStorage();
    await restoreBackup(copied, 'client', first.backup());
    const second = await openDatabase({ name: 'client', objects, storage: copied });
    const other = replicate(second, { remote: remote(), objects: ['Account', 'Item'] });
    await createAccount(first, { Note: 'of the first' });
    await sync.inSync();
    await createAccount(second, { Note: 'of the second' });
    await other.inSync();
    await sync.inSync();
    expect(
      server.db.Account.find({})
        .map(({ Note }) => Note)
        .toSorted(),
    ).toEqual(['before', 'of the first', 'of the second']);
    expect(second.SyncState.find({})[0]?.Client).not.toBe(first.SyncState.find({})[0]?.Client);
    await sync.close();
    await other.close();
  });

  it('tells nothing and leaves nothing behind once it is closed', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    let heard = 0;
    let isComplete = false;
    sync.status$.subscribe({ next: () => heard++, complete: () => (isComplete = true) });
    await sync.close();
    expect([isComplete, sync.status.state]).toEqual([true, 'closed']);
    const before = heard;
    const requests = server.handler.stats().requests;
    await createAccount(db, {});
    sync.resume();
    sync.resync();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([heard, server.handler.stats().requests, server.handler.stats().streams]).toEqual([before, requests, 0]);
    await expect(sync.inSync()).rejects.toMatchObject({ code: 'ABORTED' });
    await sync.close();
  });

  it('ends with its database, and quietly when it is closed after it', async () => {
    const server = await openServer();
    const { db, sync } = await openClient(server);
    await db.close();
    await expect.poll(() => sync.status.state).toBe('closed');
    await sync.close();
    await expect.poll(() => server.handler.stats().streams).toBe(0);
  });

  it('refuses what cannot be meant', async () => {
    const plain = await openDatabase({ name: 'p', objects: [Account] });
    const db = await openDatabase({ name: 'd', objects: [Account, ...syncObjects] });
    const remote = http({ url: 'http://server.test' });
    const refused = (work: () => unknown, code: string) =>
      expect(work, code).toThrow(expect.objectContaining({ code }));
    refused(() => replicate({} as never, { remote, objects: [] }), 'INVALID_OPTION');
    refused(() => replicate(plain, { remote, objects: ['Account'] }), 'INVALID_OPTION');
    refused(() => replicate(db, { remote, objects: [] }), 'INVALID_OPTION');
    refused(() => replicate(db, { remote, objects: ['Nope' as never] }), 'INVALID_TYPE');
    refused(() => replicate(db, { remote, objects: ['SyncChange'] }), 'INVALID_TYPE');
    refused(() => replicate(db, { remote, objects: ['Account', 'Account'] }), 'INVALID_OPTION');
    refused(() => replicate(db, { remote: {} as never, objects: ['Account'] }), 'INVALID_OPTION');
    refused(() => replicate(db, { remote, objects: ['Account'], batch: { push: 0 } }), 'INVALID_OPTION');
    refused(() => replicate(db, { remote, objects: [{ name: 'Account', where: { Nope: 1 } }] }), 'INVALID_FIELD');
    refused(() => replicate(db, { remote, objects: ['Account'], conflicts: 'nobody' as never }), 'INVALID_OPTION');
    refused(() => replicate(db, { remote, objects: ['Account'], retry: { baseMs: -1 } }), 'INVALID_OPTION');
    expect(() => replicate(db, { remote, objects: ['Account'], conflict: 'ask' } as never)).toThrow(/conflicts/);
    const named = (options: object, text: RegExp) =>
      expect(() => replicate(db, { remote, objects: ['Account'], ...options })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(text) }),
      );
    named({ objects: [{ name: 'Account', wehre: {} }] }, /objects: .*wehre/);
    named({ objects: [{ name: 'Account', where: 7 }] }, /objects: .*where/);
    named({ objects: [null] }, /objects/);
    named({ remote: 'http://server.test' }, /^remote takes an object, not a string$/);
    named({ remote: {} }, /^remote takes what http\(\), rxdbHttp\(\) or endpoints\(\) gave/);
    named({ pollMs: null }, /^pollMs takes a number, not null$/);
    named({ conflicts: { Acount: 'ask' } }, /conflicts: .*Acount/);
    named({ conflicts: { Account: 'nobody' } }, /conflicts: .*Account/);
    const sync = replicate(db, { remote, objects: ['Account'], paused: true });
    refused(() => replicate(db, { remote, objects: ['Account'] }), 'INVALID_OPTION');
    refused(() => replicate(db, { remote, objects: ['Account'], name: 'second' }), 'INVALID_OPTION');
    await sync.close();
    const again = replicate(db, { remote, objects: ['Account'], paused: true, signal: AbortSignal.abort() });
    expect(again.status.state).toBe('closed');
  });
});
