import { describe, expect, test } from 'vitest';
import { createQuestion } from '../../src/react/question.ts';
import { RowStore } from '../../src/react/row-store.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { openWatched } from '../instruments/open-watched.ts';
import { CHAT, errorOf, idOf } from '../instruments/session-database.ts';

const IDLE = { select: ['Id', 'TimeIdle'], orderBy: [{ TimeIdle: 'asc' }] };

async function openStore(query: object = IDLE, options: object = {}) {
  const watched = openWatched({ env: createFakeEnvironment() });
  const sessions = watched.db.LiveAgentSession;
  const made = await sessions.create([3, 5, 8].map((TimeIdle) => ({ ...CHAT, TimeIdle })));
  const ask = (other: object, before?: RowStore) =>
    new RowStore(createQuestion(sessions as never, other, options), before);
  return { ...watched, sessions, ids: made.map(idOf), ask, store: ask(query) };
}

const idles = (store: RowStore) => store.getSnapshot().map(({ TimeIdle }) => TimeIdle);

describe('a store without a subscription', () => {
  test('reads once a commit and leaves nothing open', async () => {
    const { store, sessions, openNow, openedEver } = await openStore();
    const first = store.getSnapshot();
    expect(store.getSnapshot()).toBe(first);
    expect([openNow(), openedEver()]).toEqual([0, 1]);
    await sessions.create({ ...CHAT, TimeIdle: 4 });
    expect(idles(store)).toEqual([3, 4, 5, 8]);
    expect(store.getSnapshot()[2]).toBe(first[1]);
    expect([openNow(), openedEver()]).toEqual([0, 2]);
  });

  test('gives the same array after a commit that concerns it not', async () => {
    const { store, sessions, ids } = await openStore();
    const first = store.getSnapshot();
    await sessions.update({ Id: ids[0] ?? '', TimeInChats: 9 });
    expect(store.getSnapshot()).toBe(first);
  });

  test('cannot read what is half written', async () => {
    const { store, db } = await openStore();
    const { code } = await errorOf(() =>
      db.transaction((tx) => {
        tx.LiveAgentSession.create(CHAT);
        store.getSnapshot();
      }),
    );
    expect(code).toBe('TRANSACTION_OPEN');
  });
});

describe('a store with a subscription', () => {
  test('has one live query open, and none when it is over', async () => {
    const { store, openNow } = await openStore();
    const stop = store.subscribe(() => undefined);
    expect(openNow()).toBe(1);
    stop();
    stop();
    expect(openNow()).toBe(0);
  });

  test('keeps array and rows when it begins, ends and begins again', async () => {
    const { store, sessions, ids } = await openStore();
    const first = store.getSnapshot();
    store.subscribe(() => undefined)();
    const stop = store.subscribe(() => undefined);
    expect(store.getSnapshot()).toBe(first);
    await sessions.update({ Id: ids[1] ?? '', TimeIdle: 6 });
    const second = store.getSnapshot();
    expect(second.map((row, at) => row === first[at])).toEqual([true, false, true]);
    expect(Object.isFrozen(second)).toBe(true);
    stop();
    expect(store.getSnapshot()).toBe(second);
  });

  test('calls its listener for each commit that changed the rows, and never again when it is over', async () => {
    const { store, sessions, ids } = await openStore();
    let calls = 0;
    const stop = store.subscribe(() => calls++);
    await sessions.update({ Id: ids[0] ?? '', TimeIdle: 1 });
    await sessions.update({ Id: ids[0] ?? '', TimeInChats: 1 });
    await sessions.delete(ids[1] ?? '');
    expect(calls).toBe(2);
    stop();
    await sessions.create(CHAT);
    expect(calls).toBe(2);
    expect(idles(store)).toEqual([null, 1, 8]);
  });

  test('is in step though one that began before it ends after it', async () => {
    const { store, sessions, openNow } = await openStore();
    const stopFirst = store.subscribe(() => undefined);
    const stopSecond = store.subscribe(() => undefined);
    stopSecond();
    await sessions.create({ ...CHAT, TimeIdle: 4 });
    expect(idles(store)).toEqual([3, 4, 5, 8]);
    stopFirst();
    expect(openNow()).toBe(0);
  });

  test('shows what is so though its listener hears of it later', async () => {
    const { store, sessions } = await openStore(IDLE, { deliver: 'microtask' });
    let calls = 0;
    store.subscribe(() => calls++);
    const writes = [4, 6].map((TimeIdle) => sessions.create({ ...CHAT, TimeIdle }));
    expect([calls, idles(store)]).toEqual([0, [3, 4, 5, 6, 8]]);
    await Promise.all(writes);
    expect(calls).toBe(1);
  });
});

describe('a store that comes after another', () => {
  test('goes on with the rows that both have, and shows none that it has not', async () => {
    const { store, ask } = await openStore();
    const [, five] = store.getSnapshot();
    const next = ask({ ...IDLE, where: { TimeIdle: 5 } }, store);
    expect(next.getSnapshot()).toEqual([five]);
    expect(next.getSnapshot()[0]).toBe(five);
    const other = ask({ select: ['Id'], where: { TimeIdle: 5 } }, store);
    expect(other.getSnapshot()).toEqual([{ Id: five?.Id }]);
  });
});

describe('when the database is closed', () => {
  test('a store keeps what it has shown, with a subscription, without, and with a new one', async () => {
    const { store, ask, sessions, db } = await openStore();
    const before = ask(IDLE);
    before.getSnapshot();
    const stop = store.subscribe(() => undefined);
    await sessions.create({ ...CHAT, TimeIdle: 9 });
    const last = store.getSnapshot();
    await db.close();
    expect(store.getSnapshot()).toBe(last);
    stop();
    store.subscribe(() => undefined)();
    expect(store.getSnapshot()).toBe(last);
    // This one has not seen the last commit, and never will.
    expect(idles(before)).toEqual([3, 5, 8]);
  });

  test('a store that has shown nothing has nothing to show', async () => {
    const { store, db } = await openStore();
    await db.close();
    expect((await errorOf(() => store.getSnapshot())).code).toBe('DATABASE_CLOSED');
  });
});
