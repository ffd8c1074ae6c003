import { expect, it, onTestFinished } from 'vitest';
import type { SyncHandlerOptions } from '../../src/server/sync-options.ts';
import { made, pull, push, readEvents, tryHandler } from './try-handler.ts';

/** A new record with all that a client owns of it, as clients send them. */
const whole = (fields: Record<string, unknown>) =>
  made({ Title: null, Code: null, Owner: null, Size: null, _deleted: false, ...fields });

async function open(options: Partial<SyncHandlerOptions> = {}) {
  const tried = await tryHandler(options);
  onTestFinished(tried.end);
  const begin = async (user: string) =>
    ((await (await tried.post('/pull', pull(), user)).json()) as { checkpoint: string }).checkpoint;
  const first = new Map([
    ['ann', await begin('ann')],
    ['bob', await begin('bob')],
  ]);
  /** The stream of a name, from the beginning on, and the titles that it has told. */
  const follow = async (name: string | undefined, user = 'ann') => {
    const stream = readEvents(await tried.post('/stream', pull(first.get(user), { stream: name }), user));
    onTestFinished(() => stream.cancel());
    const told = () =>
      stream.events.flatMap(({ data }) =>
        (data as { documents: [number, { Title?: string }][] }).documents.map(([, { Title }]) => Title),
      );
    return { events: stream.events, told };
  };
  const send = async (commits: unknown, name?: string, user = 'ann') =>
    (await (await tried.post('/push', push(commits, { stream: name }), user)).json()) as { commits: unknown[][] };
  return { ...tried, follow, send };
}

it('what a push makes comes back by every stream but the one that it names', async () => {
  const { follow, send, post } = await open();
  const own = await follow('mine');
  const other = await follow('other');
  const unnamed = await follow(undefined);
  await send(
    [[whole({ Id: 'a', Title: 'a' })], [whole({ Id: 'b', Title: 'b' }), whole({ Id: 'c', Title: 'c' })]],
    'mine',
  );
  await expect.poll(other.told).toEqual(['a', 'b', 'c']);
  await expect.poll(unnamed.told).toEqual(['a', 'b', 'c']);
  // It says how far it has come all the same, where a pull would be as well.
  await expect.poll(() => own.events.length).toBe(1);
  const here = (await (await post('/pull', pull())).json()) as { checkpoint: string };
  expect(own.events[0]).toMatchObject({ data: { documents: [], checkpoint: here.checkpoint } });
});

it('by a stream of the name that is another user’s it comes, and by one that is opened afterwards', async () => {
  const { follow, send } = await open();
  const own = await follow('mine');
  const others = await follow('mine', 'bob');
  await send([[whole({ Id: 'a', Title: 'a' })]], 'mine');
  await expect.poll(others.told).toEqual(['a']);
  const later = await follow('mine');
  await expect.poll(later.told).toEqual(['a']);
  expect(own.told()).toEqual([]);
});

it('a record that is not to the letter what was sent comes back', async () => {
  const { follow, send } = await open();
  const own = await follow('mine');
  await send([[whole({ Id: 'a', Title: ' a ' })]], 'mine');
  await expect.poll(own.told).toEqual(['a']);
  await send([[whole({ Id: 'b', Title: 'b', Number: 'D-7000' })]], 'mine');
  await expect.poll(own.told).toEqual(['a', 'b']);
  await send([[whole({ Id: 'c', Title: 'c', _deleted: true })]], 'mine');
  await expect.poll(own.told).toEqual(['a', 'b', 'c']);
  await send([[made({ Id: 'd', Title: 'd' })]], 'mine');
  await expect.poll(own.told).toEqual(['a', 'b', 'c', 'd']);
});

it('what a push changes comes back, as others may have changed the rest of it', async () => {
  const { db, follow, send } = await open();
  const own = await follow('mine');
  await send([[whole({ Id: 'a', Title: 'a', Owner: 'ann' })]], 'mine');
  await db.Desk.update({ Id: 'a', Owner: 'bob' });
  await expect.poll(own.told).toEqual(['a']);
  const edit = {
    object: 'Desk',
    assumedMasterState: { Id: 'a', Title: 'a' },
    newDocumentState: { Id: 'a', Title: 'b' },
  };
  await send([[edit]], 'mine');
  await expect.poll(own.told).toEqual(['a', 'b']);
});

it('what others make of it before the stream has come so far is told', async () => {
  const { db, follow, send, handler } = await open();
  const own = await follow('mine');
  const sent = send([[whole({ Id: 'a', Title: 'a' })]], 'mine');
  db.changes$.subscribe(({ changes }) => {
    if (changes.some(({ id, before }) => id === 'a' && before === undefined))
      queueMicrotask(() => void db.Desk.update({ Id: 'a', Title: 'changed' }));
  });
  await sent;
  await expect.poll(own.told).toEqual(['changed']);
  expect(handler.stats().streams).toBe(1);
});

it('a commit that is not taken leaves nothing out', async () => {
  const { follow, send } = await open();
  const own = await follow('mine');
  const commit = [whole({ Id: 'a', Title: 'a' }), whole({ Id: 'b', Size: 'large' })];
  expect(await send([commit], 'mine')).toMatchObject({ commits: [[{ status: 'held' }, { status: 'refused' }]] });
  await send([[whole({ Id: 'a', Title: 'again' })]]);
  await expect.poll(own.told).toEqual(['again']);
});

it('what its maker may not see is told as hidden, and left out of no stream', async () => {
  const { follow, send, db } = await open({ canRead: (user, _object, { Owner }) => Owner === user });
  const own = await follow('mine');
  const answer = await send([[whole({ Id: 'a', Title: 'a', Owner: 'bob' })]], 'mine');
  expect(answer).toMatchObject({ commits: [[{ status: 'applied', hidden: true }]] });
  await db.Desk.update({ Id: 'a', Owner: 'ann' });
  await expect.poll(own.told).toEqual(['a']);
});

it('what leaves its maker’s sight is taken away, though it was never told', async () => {
  const { follow, send, db } = await open({ canRead: (user, _object, { Owner }) => Owner === user });
  const own = await follow('mine');
  await send([[whole({ Id: 'a', Title: 'a', Owner: 'ann' })]], 'mine');
  await expect.poll(() => own.events.length).toBe(1);
  await db.Desk.update({ Id: 'a', Owner: 'bob' });
  await expect.poll(() => own.events[1]).toMatchObject({ data: { documents: [[0, { Id: 'a', _removed: true }]] } });
});
