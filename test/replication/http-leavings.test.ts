import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { http } from '../../src/replication/http.ts';
import { PROTOCOL } from '../../src/replication/wire.ts';
import { countTimers } from './count-timers.ts';
import { pullOf, pushOf } from './requests.ts';
import { collect, sendJson, serve } from './serve.ts';

const answers: Record<string, (response: ServerResponse) => void> = {
  '/good/pull': (response) => sendJson(response, { documents: [], checkpoint: 'a', done: true }),
  '/good/push': (response) => sendJson(response, { push: 1, commits: [] }),
  '/good/stream': (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(':\n\n'),
  '/lines/pull': (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(`{"protocol":${PROTOCOL},"fields":[[]],"total":0}\n{"checkpoint":"a","done":false}\n`);
  },
  '/wrong/pull': (response) => sendJson(response, { documents: 1 }),
  '/cut/pull': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{');
    setTimeout(() => response.destroy(), 5);
  },
  '/refused/pull': (response) => sendJson(response, {}, 401),
};

test('no request leaves a timer, or a listener on its signal, however it ends', async () => {
  const { url } = await serve(({ path }, response) => answers[path]?.(response));
  const { env, live } = countTimers();
  const { signal } = new AbortController();
  const remoteOf = (base: string, more = {}) => http({ url: url + base, env, token: () => 'abc', ...more });
  const request = pullOf(['Visit']);
  const ends: (() => Promise<unknown>)[] = [
    () => collect(remoteOf('/good').pull(request, signal)),
    () => remoteOf('/good').push(pushOf([]), signal),
    () => collect(remoteOf('/good').stream?.(request, signal) as AsyncIterable<unknown>),
    async () => {
      for await (const _ of remoteOf('/lines').pull(request, signal)) break;
    },
    ...['/wrong', '/cut', '/refused'].map((base) => () => collect(remoteOf(base).pull(request, signal))),
    () => collect(remoteOf('/good', { maxBytes: 5 }).pull(request, signal)),
    () => collect(remoteOf('/good', { fetch: () => Promise.reject(new Error('offline')) }).pull(request, signal)),
    () => collect(remoteOf('/good', { token: () => Promise.reject(new Error('offline')) }).pull(request, signal)),
    () => collect(remoteOf('/good', { headers: () => Promise.reject(new Error('offline')) }).pull(request, signal)),
    () => collect(http({ url: 'http://127.0.0.1:1', env }).pull(request, signal)),
  ];
  let failed = 0;
  for (const end of ends) {
    await end().catch(() => {
      failed++;
    });
    expect(live.size).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  }
  expect(failed).toBe(8);
});

test('a request that is aborted leaves none either', async () => {
  const { url } = await serve(({ path }, response) => answers[path]?.(response));
  const { env, live } = countTimers();
  for (const base of ['/never', '/lines']) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await expect(
      collect(http({ url: url + base, env }).pull(pullOf(['Visit']), controller.signal)),
    ).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(live.size).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  }
});
