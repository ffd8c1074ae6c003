import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { genesys, salesforce, twilio } from '../../../src/collections/catalog.ts';
import { openDatabase } from '../../../src/index.ts';
import { http } from '../../../src/replication/http.ts';
import { replicate } from '../../../src/replication/replicate.ts';
import { syncObjects } from '../../../src/replication/sync-objects.ts';
import { openPostgres } from '../../instruments/open-postgres.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const ANNA = '0055g00000ABcdeAAD';
const TOKEN = 'a-token-of-20-letters';
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serve-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The built program, which serves. */
async function serve(args: readonly string[], variables: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', ...args], {
    env: { ...process.env, ...variables },
  });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece;
  });
  const errors = text(child.stderr);
  const ended = once(child, 'close').then(async ([code]) => ({ code, errors: await errors, output }));
  await Promise.race([expect.poll(() => output).toMatch(/"listening".*\n/), ended]);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '';
  return {
    child,
    url,
    ended,
    /** What it has logged in whole lines: the last may be under way. */
    lines: () =>
      output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
  };
}

async function openDesk(url: string) {
  const objects = [...salesforce, ...genesys, ...twilio, ...syncObjects] as const;
  const db = await openDatabase({ name: 'desk', objects, user: ANNA });
  const remote = http({ url, token: () => TOKEN });
  return { db, sync: replicate(db, { remote, objects: ['LiveAgentSession', 'Case'] }) };
}

test('two databases agree through the program, which keeps what it was given over a stop', async () => {
  const data = join(folder, 'data');
  const tokens = join(folder, 'tokens');
  await writeFile(tokens, `${ANNA} ${TOKEN}\n`);
  await chmod(tokens, 0o600);
  const first = await serve(['--data', data, '--token-file', tokens]);
  const desk = await openDesk(first.url);
  const { id } = await desk.db.Case.create({ Subject: 'never to be seen in a log' });
  await desk.sync.inSync();
  expect(desk.db.Case.get(id ?? '')?.CaseNumber).toBe('00000001');
  await desk.sync.close();
  first.child.kill('SIGTERM');
  expect(await first.ended).toMatchObject({ code: 0, errors: '' });
  const requests = first.lines().filter(({ route }) => route !== undefined);
  expect(requests).toContainEqual(
    expect.objectContaining({ level: 'info', route: 'POST /push', method: 'POST', status: 200, rows: 1 }),
  );
  for (const line of requests)
    expect(Object.keys(line)).toEqual(['time', 'level', 'route', 'method', 'status', 'ms', 'rows', 'requestId']);
  const said = JSON.stringify(first.lines());
  for (const secret of ['never to be seen', TOKEN, id ?? '', ANNA]) expect(said).not.toContain(secret);

  const second = await serve(['--data', data, '--token-file', tokens]);
  const other = await openDesk(second.url);
  await other.sync.inSync();
  expect(other.db.Case.get(id ?? '')?.Subject).toBe('never to be seen in a log');
  await other.sync.close();
  second.child.kill('SIGINT');
  expect((await second.ended).code).toBe(0);
});

test('records in PostgreSQL outlast the program, and its log does not name where they are', async () => {
  const postgres = await openPostgres();
  try {
    const variables = { SOJOURN_DATABASE: postgres.url, SOJOURN_TOKENS: `${ANNA} ${TOKEN}` };
    const first = await serve([], variables);
    const desk = await openDesk(first.url);
    const { id } = await desk.db.Case.create({ Subject: 'kept far away' });
    await desk.sync.inSync();
    await desk.sync.close();
    first.child.kill('SIGTERM');
    expect(await first.ended).toMatchObject({ code: 0, errors: '' });
    expect(JSON.stringify(first.lines())).not.toContain(new URL(postgres.url).password);
    const second = await serve([], variables);
    const other = await openDesk(second.url);
    await other.sync.inSync();
    expect(other.db.Case.get(id ?? '')?.Subject).toBe('kept far away');
    await other.sync.close();
    second.child.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
  } finally {
    await postgres.stop();
  }
});

test('in memory it says loudly that nothing is kept', async () => {
  const { child, lines, ended } = await serve([]);
  expect(lines()).toContainEqual(
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('NOTHING') }),
  );
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

test('it is not opened to a network without tokens, nor with a file of tokens that others can read', async () => {
  const open = await serve(['--host', '0.0.0.0']);
  expect(await open.ended).toMatchObject({ code: 1, output: '', errors: expect.stringMatching(/^without tokens/) });
  const tokens = join(folder, 'loose');
  await writeFile(tokens, `${ANNA} ${TOKEN}\n`);
  await chmod(tokens, 0o644);
  const loose = await serve(['--token-file', tokens]);
  expect(await loose.ended).toMatchObject({ code: 1, errors: expect.stringContaining('chmod 600') });
});

test('who asks a second time does not wait for what is under way', async () => {
  const { child, url, lines, ended } = await serve([]);
  const { port } = new URL(url);
  const { connect } = await import('node:net');
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  const begun =
    'POST /push HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{';
  await new Promise((resolve) => socket.write(begun, resolve));
  // What is answered now was asked after it.
  await fetch(`${url}/healthz`);
  child.kill('SIGTERM');
  await expect.poll(lines).toContainEqual(expect.objectContaining({ event: 'stopping' }));
  child.kill('SIGTERM');
  expect((await ended).code).toBe(1);
  socket.destroy();
});

test('a port that is taken is named', async () => {
  const { child, url, ended } = await serve([]);
  const second = await serve(['--port', new URL(url).port]);
  expect(await second.ended).toMatchObject({
    code: 1,
    errors: expect.stringContaining('another program listens there'),
  });
  child.kill('SIGTERM');
  await ended;
});
