import { describe, expect, it } from 'vitest';
import type { PushRequest } from '../../src/replication/wire.ts';
import { createAccount, openClient, openServer } from '../instruments/open-synced.ts';

type Server = Awaited<ReturnType<typeof openServer>>;

/** The pushes that reach a server, as the notes of their rows by commit. */
function watchPushes({ line }: Server): string[][][] {
  const pushes: string[][][] = [];
  const own = line.answer;
  line.answer = async (request) => {
    if (new URL(request.url).pathname === '/push') {
      const { commits } = (await request.clone().json()) as PushRequest;
      pushes.push(commits.map((rows) => rows.map(({ newDocumentState }) => String(newDocumentState.Id))));
    }
    return own(request);
  };
  return pushes;
}

/** A client that is paused, and accounts with a code each that both sides know. */
async function openPaused(codes: readonly string[], more: { batch?: { push: number } } = {}) {
  const server = await openServer();
  const { db, sync } = await openClient(server, more);
  const ids: string[] = [];
  for (const code of codes) ids.push(await createAccount(db, { Code: code }));
  await sync.inSync();
  sync.pause();
  const code = (id: string, value: string | null) => db.Account.update({ Id: id, Code: value });
  const codesThere = () => ids.map((id) => server.db.Account.get(id)?.Code);
  const back = async () => {
    sync.resume();
    await sync.inSync();
  };
  return { server, db, sync, ids: ids as [string, string, string], code, codesThere, back };
}

describe('unique values that change hands in commits of their own', () => {
  it('are swapped on the server too', async () => {
    const { sync, ids, code, codesThere, back } = await openPaused(['1', '2']);
    const [a, b] = ids;
    await code(a, '3');
    await code(b, '1');
    await code(a, '2');
    await back();
    expect(sync.outbox.list()).toEqual([]);
    expect(codesThere()).toEqual(['2', '1']);
  });

  it('go round among three', async () => {
    const { sync, ids, code, codesThere, back } = await openPaused(['1', '2', '3']);
    const [a, b, c] = ids;
    await code(a, null);
    await code(c, '1');
    await code(b, '3');
    await code(a, '2');
    await back();
    expect(sync.outbox.list()).toEqual([]);
    expect(codesThere()).toEqual(['2', '3', '1']);
  });

  it('are swapped where each was in a push of its own', async () => {
    const { sync, db, ids, code, codesThere, back } = await openPaused(['1', '2', '9'], { batch: { push: 2 } });
    const [a, b, c] = ids;
    await code(a, '3');
    await db.Account.update({ Id: c, Note: 'between' });
    await code(b, '1');
    await code(a, '2');
    await back();
    expect(sync.outbox.list()).toEqual([]);
    expect(codesThere()).toEqual(['2', '1', '9']);
  });

  it('stay refused where they would be more together than a push has, as they would be sent apart', async () => {
    const { sync, ids, code, codesThere, back } = await openPaused(['1', '2'], { batch: { push: 1 } });
    const [a, b] = ids;
    await code(a, '3');
    await code(b, '1');
    await code(a, '2');
    await back();
    const refused = { state: 'rejected', code: 'DUPLICATE_VALUE' };
    expect(sync.outbox.list()).toMatchObject([refused, refused]);
    expect(codesThere()).toEqual(['1', '2']);
  });

  it('are taken once they are free, where they were given up in a later commit of the same push', async () => {
    const { sync, db, ids, code, codesThere, back } = await openPaused(['1', '2']);
    const [a, b] = ids;
    await db.Account.update({ Id: a, Note: 'first' });
    await code(b, '3');
    await code(a, '2');
    await back();
    expect(sync.outbox.list()).toEqual([]);
    expect(codesThere()).toEqual(['2', '3']);
  });

  it('are taken from a record that went to the bin in a later commit', async () => {
    const { sync, db, ids, code, server, back } = await openPaused(['1', '2']);
    const [a, b] = ids;
    await db.Account.update({ Id: a, Note: 'first' });
    await db.Account.delete(b);
    await code(a, '2');
    await back();
    expect(sync.outbox.list()).toEqual([]);
    expect(server.db.Account.get(a)?.Code).toBe('2');
    expect(server.db.Account.get(b)).toBeUndefined();
  });

  it('are sent together with what else was written with them', async () => {
    const { sync, db, ids, code, codesThere, back, server } = await openPaused(['1', '2', '9']);
    const [a, b, c] = ids;
    await code(a, '3');
    await db.transaction((tx) => {
      tx.Account.update({ Id: b, Code: '1' });
      tx.Account.update({ Id: c, Note: 'with it' });
    });
    await code(a, '2');
    await back();
    expect(sync.outbox.list()).toEqual([]);
    expect(codesThere()).toEqual(['2', '1', '9']);
    expect(server.db.Account.get(c)?.Note).toBe('with it');
  });

  it('are sent together once: what is refused then stays refused', async () => {
    const { sync, ids, code, codesThere, back, server } = await openPaused(['1', '2']);
    const [a, b] = ids;
    await code(a, '3');
    await code(b, '1');
    await code(a, '2');
    const pushes = watchPushes(server);
    const own = server.line.answer;
    // Someone takes one of the two values while they are on their way together.
    let isTaken = false;
    server.line.answer = async (request) => {
      const response = await own(request);
      if (new URL(request.url).pathname === '/push' && !isTaken) {
        isTaken = true;
        await server.db.Account.update({ Id: b, Code: '4' });
        await createAccount(server.db, { Code: '2' });
      }
      return response;
    };
    await back();
    await sync.inSync();
    expect(pushes).toEqual([[[a], [b]], [[a, b]], [[a, b]]]);
    expect(
      sync.outbox
        .list()
        .map(({ state }) => state)
        .toSorted(),
    ).toEqual(['pending', 'rejected']);
    expect(codesThere()).toEqual(['1', '4']);
  });

  it('stay refused where nobody here gives them up', async () => {
    const { sync, ids, code, back, server, db } = await openPaused(['1', '2']);
    const [a, b] = ids;
    await createAccount(server.db, { Code: '7' });
    await db.Account.update({ Id: b, Note: 'else' });
    await code(a, '7');
    const pushes = watchPushes(server);
    await back();
    await sync.inSync();
    expect(sync.outbox.list()).toMatchObject([{ id: a, state: 'rejected', code: 'DUPLICATE_VALUE' }]);
    expect(pushes).toEqual([[[b], [a]]]);
  });
});
