import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { toNodeListener } from '../../src/server/node-listener.ts';
import { made, pull, push, readEvents, type Tried, tryHandler, zip } from './try-handler.ts';

let server: Server | undefined;
let tried: Tried | undefined;
afterEach(async () => {
  await tried?.end();
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

const addressOf = async (listening: Server) => {
  if (!listening.listening) await new Promise((resolve) => listening.once('listening', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
};
const headers = { authorization: 'ann', 'content-type': 'application/json' };

async function exchange(base: string): Promise<void> {
  const body = JSON.stringify(push([[made({ Id: 'a', Title: 'over the wire' })]]));
  const pushed = await fetch(`${base}/push`, {
    method: 'POST',
    headers: { ...headers, 'content-encoding': 'gzip' },
    body: zip(body),
  });
  expect(await pushed.json()).toMatchObject({ commits: [[{ status: 'applied' }]] });
  const lines = await fetch(`${base}/pull`, {
    method: 'POST',
    headers: { ...headers, accept: 'application/x-ndjson', 'accept-encoding': 'gzip' },
    body: JSON.stringify(pull()),
  });
  expect(lines.headers.get('content-encoding')).toBe('gzip');
  expect(await lines.text()).toContain('over the wire');
  expect((await fetch(`${base}/nothing`, { headers })).status).toBe(404);
}

describe('a handler is mounted', () => {
  it('in node:http, streams, and hears that a client goes', async () => {
    tried = await tryHandler();
    const { db, handler } = tried;
    server = createServer(toNodeListener(handler)).listen(0, '127.0.0.1');
    const base = await addressOf(server);
    await exchange(base);
    const going = new AbortController();
    const stream = readEvents(
      await fetch(`${base}/stream`, { method: 'POST', headers, body: JSON.stringify(pull()), signal: going.signal }),
    );
    await expect.poll(() => stream.events.length).toBe(1);
    await db.Desk.create({ Title: 'live' });
    await expect.poll(() => stream.events.length).toBe(2);
    going.abort();
    await expect(stream.ended).rejects.toThrow();
    await expect.poll(() => handler.stats().streams).toBe(0);
  });

  it('refuses a large body before it is all there', async () => {
    tried = await tryHandler({ limits: { bodyBytes: 1_000 } });
    server = createServer(toNodeListener(tried.handler)).listen(0, '127.0.0.1');
    const response = await fetch(`${await addressOf(server)}/push`, {
      method: 'POST',
      headers,
      body: ' '.repeat(100_000),
    });
    expect(response.status).toBe(413);
  });

  it('in Express, under a path', async () => {
    tried = await tryHandler({ basePath: '/sync' });
    const app = express();
    app.use('/sync', toNodeListener(tried.handler));
    server = app.listen(0, '127.0.0.1');
    await exchange(`${await addressOf(server)}/sync`);
  });

  it('in Hono, under a path', async () => {
    tried = await tryHandler({ basePath: '/sync' });
    const { handler } = tried;
    const app = new Hono();
    app.all('/sync/*', (context) => handler(context.req.raw));
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
    await exchange(`${await addressOf(server)}/sync`);
  });
});
