import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { createSyncHandler } from '../../src/server/create-sync-handler.ts';
import { databaseMaster } from '../../src/server/database-master.ts';
import type { Master } from '../../src/server/master.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import type { SyncHandlerOptions } from '../../src/server/sync-options.ts';
import { Chair, Desk } from './master-checks.ts';
import { made, pull, push, readEvents } from './try-handler.ts';

type Heard = [error: unknown, context: { route: string; user?: string }];

/** A handler over a master of which some methods are `faults`, and what it is told of errors. */
async function open(options: Partial<SyncHandlerOptions> = {}, faults: Partial<Master> = {}) {
  const db = await openDatabase({ name: 'served', objects: [Desk, Chair, ...masterObjects] as const });
  const sound = await databaseMaster(db);
  const faulty = new Proxy(sound, {
    get(of, name) {
      const own = Reflect.get(faults, name) ?? Reflect.get(of, name);
      return typeof own === 'function' ? own.bind(of) : own;
    },
  });
  const heard: Heard[] = [];
  const handler = createSyncHandler(faulty, {
    objects: ['Desk', 'Chair'],
    authorize: () => ({ user: 'ann' }),
    onError: (error, context) => heard.push([error, context]),
    ...options,
  });
  onTestFinished(async () => {
    await handler.close();
    await sound.close();
    await db.close();
  });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    handler(
      new Request(`http://sync.test${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    );
  return { db, post, heard, faults };
}

const fault = new TypeError('of Jane Doe');
const fail = () => {
  throw fault;
};

describe('onError hears', () => {
  it('what authorize throws, and the client no more than that something did', async () => {
    const { post, heard } = await open({ authorize: fail });
    const response = await post('/pull', pull());
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('Jane')]);
    expect(heard).toEqual([[fault, { route: 'POST /pull' }]]);
  });

  it('what canRead and canWrite throw, which deny', async () => {
    const { db, post, heard } = await open({ canRead: fail, canWrite: fail });
    await db.Desk.create({ Title: 'one' });
    const pulled = (await (await post('/pull', pull())).json()) as { documents: unknown[] };
    expect(pulled.documents).toEqual([]);
    const answer = await (await post('/push', push([[made({ Id: 'b' })]]))).json();
    expect(answer).toMatchObject({ commits: [[{ status: 'refused', code: 'SYNC_FORBIDDEN' }]] });
    expect(heard).toEqual([
      [fault, { route: 'POST /pull', user: 'ann' }],
      [fault, { route: 'POST /push', user: 'ann' }],
    ]);
  });

  it('what the master throws, before an answer has begun and in the middle of one', async () => {
    const { db, post, heard, faults } = await open({}, { write: fail });
    expect((await post('/push', push([[made({ Id: 'b' })]]))).status).toBe(500);
    expect(heard.splice(0)).toEqual([[fault, { route: 'POST /push', user: 'ann' }]]);
    await db.Desk.create({ Title: 'one' });
    Object.assign(faults, { read: fail });
    const lines = await post('/pull', pull(), { accept: 'application/x-ndjson' });
    expect(lines.status).toBe(200);
    await expect(lines.text()).rejects.toThrow();
    expect(heard).toEqual([[fault, { route: 'POST /pull', user: 'ann' }]]);
  });

  it('what ends a stream: of its user alone, or of all', async () => {
    let isGood = true;
    const { db, post, heard, faults } = await open({ authorize: () => (isGood ? { user: 'ann' } : fail()) });
    const stream = readEvents(await post('/stream', pull()));
    await db.Desk.create({ Title: 'one' });
    await expect.poll(() => stream.events.length).toBeGreaterThan(0);
    Object.assign(faults, { read: fail });
    await db.Desk.create({ Title: 'one' });
    await stream.ended;
    expect(heard.splice(0)).toEqual([[fault, { route: 'POST /stream' }]]);
    Reflect.deleteProperty(faults, 'read');
    const second = readEvents(await post('/stream', pull()));
    await expect.poll(() => second.events.length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    isGood = false;
    await db.Desk.create({ Title: 'one' });
    await second.ended;
    expect(heard).toEqual([[fault, { route: 'POST /stream', user: 'ann' }]]);
  });

  it('nothing of requests that are refused as they should be', async () => {
    const { post, heard } = await open({ authorize: () => undefined });
    expect((await post('/pull', pull())).status).toBe(401);
    expect((await post('/nowhere', {})).status).toBe(404);
    expect(heard).toEqual([]);
  });
});

describe('what onError throws', () => {
  it.each([
    ['at once', fail],
    ['later', () => Promise.reject(fault)],
  ])('%s hurts nothing', async (_, onError) => {
    const { post } = await open({ onError: onError as () => void, canRead: fail, canWrite: fail });
    expect((await post('/push', push([[made({ Id: 'b' })]]))).status).toBe(200);
    expect((await post('/pull', pull())).status).toBe(200);
    // What nobody has caught would fail this run by now.
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
