import { expect, it } from 'vitest';
import { createAccount, openClient, openServer } from '../instruments/open-synced.ts';

type Server = Awaited<ReturnType<typeof openServer>>;

/** Everything that streams have said. */
function listen({ line }: Server) {
  const own = line.answer;
  let text = '';
  line.answer = async (request) => {
    const isStream = new URL(request.url).pathname === '/stream';
    const response = await own(request);
    if (!isStream || response.body === null) return response;
    const decoder = new TextDecoder();
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        text += decoder.decode(chunk, { stream: true });
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(heard), response);
  };
  return () => text;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('what is made here does not come back, and what others make of it does', async () => {
  const server = await openServer();
  const heard = listen(server);
  const { db, sync } = await openClient(server);
  const id = await createAccount(db, { Note: 'made here' });
  await expect.poll(() => sync.stateOf('Account', id)).toBe('synced');
  expect(db.Account.get(id)).toEqual(server.db.Account.get(id));
  await server.db.Account.update({ Id: id, Region: 'north' });
  await expect.poll(() => db.Account.get(id)?.Region).toBe('north');
  expect(heard().match(/made here/g)).toHaveLength(1);
});

it('writes that waited when the server was reached do not come back either', async () => {
  const server = await openServer();
  const heard = listen(server);
  const { db, sync } = await openClient(server, { batch: { push: 5 } });
  sync.pause();
  for (let i = 0; i < 20; i++) await createAccount(db, { Note: 'made here' });
  sync.resume();
  await expect.poll(() => sync.status).toMatchObject({ state: 'live', pending: 0 });
  await sync.inSync();
  expect(db.Account.find({})).toEqual(server.db.Account.find({}));
  // Those of the first push may, which can be there before the stream is.
  expect(heard().match(/made here/g)?.length ?? 0).toBeLessThanOrEqual(5);
});

it('a push that was taken, whose answer was lost and which is then refused, is found out', async () => {
  const server = await openServer();
  const { db, sync } = await openClient(server);
  const own = server.line.answer;
  let pushes = 0;
  server.line.answer = async (request) => {
    if (new URL(request.url).pathname !== '/push') return own(request);
    pushes++;
    if (pushes > 1) return new Response('{}', { status: 413, headers: { 'content-type': 'application/json' } });
    await own(request);
    await wait(50);
    throw new TypeError('the connection was lost');
  };
  const id = await createAccount(db, { Note: 'a' });
  await expect.poll(() => pushes).toBe(2);
  await expect.poll(() => sync.status).toMatchObject({ state: 'live', pending: 0, rejected: 0 });
  expect(sync.stateOf('Account', id)).toBe('synced');
  expect(db.Account.get(id)).toEqual(server.db.Account.get(id));
});

it('where an answer cannot be taken as it is, the record comes after all', async () => {
  const server = await openServer();
  const { db, sync } = await openClient(server);
  const own = server.line.answer;
  server.line.answer = async (request) => {
    const response = await own(request);
    if (new URL(request.url).pathname !== '/push') return response;
    const text = (await response.text()).replace(/"Name":"[^"]*"/, '"Name":7');
    return new Response(text, response);
  };
  const id = await createAccount(db, { Note: 'a' });
  await expect.poll(() => sync.stateOf('Account', id)).toBe('synced');
  await expect.poll(() => db.Account.get(id)).toEqual(server.db.Account.get(id));
});
