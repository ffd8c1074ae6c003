import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { StreamMessage } from '../../src/replication/remote.ts';
import { rxdbHttp } from '../../src/replication/rxdb-http.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { never, pullOf, pushOf } from './requests.ts';
import { collect, failureOf, sendJson, serve } from './serve.ts';

type Stored = { id: string; text: string; updatedAt: number; _deleted: boolean };
const byAge = (left: Stored, right: Stored) => left.updatedAt - right.updatedAt || (left.id < right.id ? -1 : 1);

/** A small backend as RxDB's documentation has it: it knows `{id, updatedAt}` as checkpoint, whole documents, and no more. */
async function serveRxdb(counts: Record<string, number> = {}) {
  const stores = new Map<string, Map<string, Stored>>();
  const streams = new Map<string, Set<ServerResponse>>();
  const storeOf = (object: string) =>
    stores.get(object) ?? (stores.set(object, new Map()).get(object) as Map<string, Stored>);
  let clock = 0;
  const write = (object: string, { id, text, _deleted }: Omit<Stored, 'updatedAt'>) => {
    const stored = { id, text, updatedAt: ++clock, _deleted };
    storeOf(object).set(id, stored);
    const event = JSON.stringify({ documents: [stored], checkpoint: { id, updatedAt: clock } });
    for (const response of streams.get(object) ?? []) response.write(`data: ${event}\n\n`);
  };
  for (const [object, count] of Object.entries(counts))
    for (let i = 0; i < count; i++) write(object, { id: `${object}${i}`, text: 't', _deleted: false });
  const served = await serve(({ method, path, body }, response) => {
    const { pathname, searchParams } = new URL(path, 'http://x');
    const [, object = '', route] = pathname.split('/').map(decodeURIComponent);
    if (method === 'GET' && route === 'pull') {
      const id = searchParams.get('id') ?? '';
      const updatedAt = Number(searchParams.get('updatedAt') ?? 0);
      const documents = [...storeOf(object).values()]
        .filter((stored) => stored.updatedAt > updatedAt || (stored.updatedAt === updatedAt && stored.id > id))
        .sort(byAge)
        .slice(0, Number(searchParams.get('limit')));
      const last = documents.at(-1);
      sendJson(response, {
        documents,
        checkpoint: last ? { id: last.id, updatedAt: last.updatedAt } : { id, updatedAt },
      });
    } else if (method === 'POST' && route === 'push') {
      const conflicts: Stored[] = [];
      for (const { assumedMasterState, newDocumentState } of JSON.parse(body)) {
        const held = storeOf(object).get(newDocumentState.id);
        if (held !== undefined && held.updatedAt !== assumedMasterState?.updatedAt) conflicts.push(held);
        else write(object, newDocumentState);
      }
      sendJson(response, conflicts);
    } else if (method === 'GET' && route === 'stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      streams.set(object, (streams.get(object) ?? new Set()).add(response));
    } else response.writeHead(404).end();
  });
  return { ...served, storeOf, write, streams };
}

describe('a backend of RxDB’s convention', () => {
  test('is pulled object by object, with the fields of its checkpoint in the query', async () => {
    const { url, got } = await serveRxdb({ 'A b': 5, C: 1 });
    const remote = rxdbHttp({ url: `${url}/` });
    const pages = await collect(remote.pull(pullOf(['A b', 'C'], { limit: 2 }), never));
    expect(pages.map(({ documents, done }) => [documents.length, done])).toEqual([
      [2, false],
      [2, false],
      [1, false],
      [1, true],
    ]);
    expect(got.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /A%20b/pull?limit=2',
      'GET /A%20b/pull?id=A+b1&updatedAt=2&limit=2',
      'GET /A%20b/pull?id=A+b3&updatedAt=4&limit=2',
      'GET /C/pull?limit=2',
    ]);
    const checkpoint = pages.at(-1)?.checkpoint ?? null;
    const rest = await collect(remote.pull(pullOf(['A b', 'C'], { checkpoint }), never));
    expect(rest.flatMap(({ documents }) => documents)).toEqual([]);
  });

  test('takes what is pushed, and answers with what it holds where that is something else', async () => {
    const { url, storeOf, write } = await serveRxdb({ A: 2 });
    write('A', { id: 'A1', text: 'theirs', _deleted: false });
    const remote = rxdbHttp({ url });
    const change = (id: string, updatedAt: number, text: string) => ({
      object: 'A',
      assumedMasterState: { id, text: 't', updatedAt, _deleted: false },
      newDocumentState: { id, text, updatedAt, _deleted: false },
    });
    const made = { object: 'A', newDocumentState: { id: 'new', text: 'n', _deleted: false } };
    const answer = await remote.push(pushOf([[change('A0', 1, 'mine'), change('A1', 2, 'mine')], [made]]), never);
    const held = { id: 'A1', text: 'theirs', updatedAt: 3, _deleted: false };
    expect(answer.commits).toEqual([
      [{ status: 'applied' }, { status: 'conflict', document: held }],
      [{ status: 'applied' }],
    ]);
    expect([...storeOf('A').values()].map(({ text }) => text)).toEqual(['mine', 'theirs', 'n']);
  });

  test('streams each object: a pull once all are open, then what happens', async () => {
    const { url, write, streams, got } = await serveRxdb({ A: 1, B: 1 });
    const remote = rxdbHttp({ url, token: () => 'abc' });
    const request = pullOf(['A', 'B']);
    await collect(remote.pull(request, never));
    const controller = new AbortController();
    const told: StreamMessage[] = [];
    const failure = failureOf(
      (async () => {
        for await (const message of remote.stream?.(request, controller.signal) ?? []) {
          if (message.kind !== 'alive') told.push(message);
          if (told.length === 1 && message.kind === 'resync') {
            expect(streams.size).toBe(2);
            write('B', { id: 'B1', text: 'new', _deleted: false });
            for (const response of streams.get('A') ?? []) response.write('data: RESYNC\n\nevent: other\ndata: 1\n\n');
          }
          if (told.length === 3) controller.abort();
        }
      })(),
    );
    expect((await failure).code).toBe('ABORTED');
    expect(told.map(({ kind }) => kind).sort()).toEqual(['documents', 'resync', 'resync']);
    const documents = { id: 'B1', text: 'new', updatedAt: 3, _deleted: false };
    expect(told).toContainEqual(expect.objectContaining({ kind: 'documents', documents: [[1, documents]] }));
    expect(got.every(({ headers }) => headers.authorization === 'Bearer abc')).toBe(true);
    while ([...streams.values()].some((open) => [...open].some((response) => !response.closed)))
      await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('whose one stream falls silent has all of them opened anew', async () => {
    const { url, streams } = await serveRxdb();
    const env = createFakeEnvironment();
    const messages = rxdbHttp({ url, env })
      .stream?.(pullOf(['A', 'B']), never)
      [Symbol.asyncIterator]();
    expect(await messages?.next()).toEqual({ done: false, value: { kind: 'resync' } });
    const next = failureOf(messages?.next() as Promise<unknown>);
    await new Promise((resolve) => setTimeout(resolve, 20));
    env.advance(120_000);
    expect(await next).toMatchObject({ kind: 'retry', code: 'SYNC_UNREACHABLE' });
    while ([...streams.values()].some((open) => [...open].some((response) => !response.closed)))
      await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('may have other paths, no streams, and what is not an answer is refused', async () => {
    const { url, got } = await serve(({ path }, response) =>
      sendJson(response, path.startsWith('/v1/pull') ? { documents: [], checkpoint: null } : { error: 'x' }),
    );
    const remote = rxdbHttp({
      url: `${url}/v1`,
      streams: false,
      paths: { pull: ({ object, limit }) => `pull/${object}?n=${limit}`, push: ({ object }) => `push/${object}` },
    });
    expect(remote.stream).toBeUndefined();
    await collect(remote.pull(pullOf(['A']), never));
    const rows = [{ object: 'A', newDocumentState: { id: '1' } }];
    expect(await failureOf(remote.push(pushOf([rows]), never))).toMatchObject({
      kind: 'retry',
      code: 'SYNC_MALFORMED',
    });
    expect(got.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/pull/A?n=100', 'POST /v1/push/A']);
  });

  test.each([
    ['a path that is a text', { paths: { pull: 'x' } }],
    ['an unknown path', { paths: { post: () => 'x' } }],
    ['gzip, which it does not know', { gzip: true }],
  ])('is not asked with %s', (_, more) => {
    expect(() => rxdbHttp({ url: 'http://a.test', ...more } as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
