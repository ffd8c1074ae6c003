import { request as ask } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { openServed, type Served } from '../../../src/cli/serve/open-served.ts';
import type { LoggedRequest } from '../../../src/cli/serve/request-log.ts';
import { SESSION_OBJECT_NAMES } from '../../../src/cli/serve/session-objects.ts';
import { SyncServer } from '../../../src/cli/serve/sync-server.ts';
import { TokenBook } from '../../../src/cli/serve/token-book.ts';
import { systemEnvironment } from '../../../src/index.ts';

const TOKEN = 'a-token-of-20-letters';
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function bound(of: Served['master'], name: string | symbol, write: Served['master']['write']): unknown {
  const own: unknown = name === 'write' ? write : Reflect.get(of, name);
  return typeof own === 'function' ? own.bind(of) : own;
}

async function start(
  more: { tokens?: boolean; failure?: Served['failure']; origins?: string[]; write?: Served['master']['write'] } = {},
) {
  const { random, wake } = systemEnvironment();
  const served = await openServed({ store: { kind: 'memory' }, key: undefined, onFault: () => {} });
  const log: LoggedRequest[] = [];
  const faults: unknown[] = [];
  const { write } = more;
  const master =
    write === undefined ? served.master : new Proxy(served.master, { get: (of, name) => bound(of, name, write) });
  const server = new SyncServer({
    served: { ...served, master, ...(more.failure !== undefined && { failure: more.failure }) },
    objects: SESSION_OBJECT_NAMES,
    tokens: more.tokens === true ? TokenBook.read(`anna ${TOKEN}`, 'tokens') : undefined,
    origins: more.origins ?? [],
    elapsed: () => performance.now(),
    random,
    wake,
    readProcess: () => ({ residentBytes: 1_000, loopDelay: { half: 0.001, most: 0.002 } }),
    onRequest: (request) => log.push(request),
    onFault: (...fault) => faults.push(fault),
  });
  const port = await server.listen(0, '127.0.0.1');
  closing.push(async () => {
    await server.stop(0);
    await served.close();
  });
  return { server, log, faults, url: `http://127.0.0.1:${port}`, port };
}

/** A push whose body is sent in two pieces, once the server has taken it up. */
async function slowPush(port: number, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ protocol: 1, client: 'c'.repeat(32), push: 1, versions: {}, commits: [] });
  const request = ask({
    port,
    host: '127.0.0.1',
    path: '/push',
    method: 'POST',
    headers: { 'content-type': 'application/json', expect: '100-continue', ...headers },
  });
  const answered = new Promise<{ status: number; connection: string | undefined }>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      response.resume();
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, connection: response.headers.connection }),
      );
    });
  });
  request.flushHeaders();
  await new Promise((resolve) => request.once('continue', resolve));
  request.write(body.slice(0, 10));
  return { finish: () => request.end(body.slice(10)), answered };
}

test('it says that it is well, and with which sequence', async () => {
  const { url } = await start();
  const response = await fetch(`${url}/healthz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ok', sequence: 0, uptime: 0 });
});

test('it says that its storage has failed', async () => {
  const { url } = await start({ failure: () => 'STORAGE_FAILED' });
  const response = await fetch(`${url}/healthz`);
  expect([response.status, await response.json()]).toEqual([503, { status: 'failed', uptime: 0 }]);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('\nsojourn_storage_up 0\n');
});

test('figures are in the form of Prometheus, and count each request by route and status', async () => {
  const { url } = await start();
  await fetch(`${url}/`);
  await fetch(`${url}/nothing/of/the/kind`);
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toContain('version=0.0.4');
  const text = await response.text();
  expect(text).toContain('\nsojourn_requests_total{route="GET /",status="200"} 1\n');
  expect(text).toContain('\nsojourn_requests_total{route="other",status="404"} 1\n');
  expect(text).toContain('\nsojourn_request_duration_seconds_bucket{route="GET /",le="+Inf"} 1\n');
  expect(text).toContain('\nprocess_resident_memory_bytes 1000\n');
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^# (HELP|TYPE) \w+ .+$|^\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+$/);
});

test('what the master throws is told by its class and its code, and the client hears of neither', async () => {
  const write = () => Promise.reject(Object.assign(new RangeError('of Jane Doe'), { name: 'Jane', code: 'X_1' }));
  const { url, log, faults } = await start({ write });
  const response = await fetch(`${url}/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ protocol: 1, client: 'c', push: 1, versions: {}, commits: [] }),
  });
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringMatching(/Jane|Range|X_1/)]);
  expect(faults).toEqual([['POST /push', { error: 'RangeError', code: 'X_1' }]]);
  expect(log).toMatchObject([{ route: 'POST /push', status: 500 }]);
});

test('with tokens nothing but its health is told without one', async () => {
  const { url } = await start({ tokens: true });
  const status = async (path: string, token?: string) =>
    (await fetch(url + path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })).status;
  expect([await status('/'), await status('/metrics'), await status('/healthz')]).toEqual([401, 401, 200]);
  expect([await status('/', `${TOKEN}x`), await status('/', TOKEN), await status('/metrics', TOKEN)]).toEqual([
    401, 200, 200,
  ]);
});

test('without tokens a page that reached this machine by a name of its own is refused', async () => {
  const { port, log } = await start();
  const status = await new Promise((resolve) => {
    ask({ port, host: '127.0.0.1', path: '/', headers: { host: 'evil.example' } }, ({ statusCode }) =>
      resolve(statusCode),
    ).end();
  });
  expect(status).toBe(421);
  expect(log).toMatchObject([{ route: 'other', method: 'GET', status: 421, rows: 0 }]);
});

test('pages of origins that are listed may ask, others not', async () => {
  const { url } = await start({ origins: ['https://desk.example'] });
  const allowed = async (origin: string) =>
    (await fetch(url, { headers: { origin } })).headers.get('access-control-allow-origin');
  expect(await allowed('https://desk.example')).toBe('https://desk.example');
  expect(await allowed('https://other.example')).toBeNull();
});

test('a request has an id, which is that of the proxy before it where there is one, also in the log', async () => {
  const { url, log } = await start();
  const id = async (headers: Record<string, string>) => (await fetch(url, { headers })).headers.get('x-request-id');
  expect(await id({ 'x-request-id': 'edge-7' })).toBe('edge-7');
  expect(await id({ 'x-request-id': 'two words' })).toMatch(/^[0-9a-f]{16}$/);
  expect(log[0]).toMatchObject({ id: 'edge-7', route: 'GET /', status: 200 });
});

test('it stops when what is under way is answered, and takes nothing new meanwhile', async () => {
  const { server, url, port } = await start();
  const stream = await fetch(`${url}/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      protocol: 1,
      client: 'c',
      checkpoint: null,
      limit: 10,
      objects: [{ name: 'Case', version: 1 }],
    }),
  });
  expect(stream.status).toBe(200);
  const push = await slowPush(port);
  const stopping = server.stop(5_000);
  const refused = await fetch(`${url}/`);
  expect([refused.status, refused.headers.get('connection')]).toEqual([503, 'close']);
  expect((await fetch(`${url}/healthz`)).status).toBe(503);
  await stream.text();
  push.finish();
  expect((await push.answered).status).toBe(200);
  expect(await stopping).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});

test('what does not finish in time is cut off, and counted', async () => {
  const { server, port } = await start();
  const push = await slowPush(port);
  const failed = push.answered.catch((error: NodeJS.ErrnoException) => error.code);
  expect(await server.stop(50)).toBe(1);
  expect(await failed).toBe('ECONNRESET');
});
