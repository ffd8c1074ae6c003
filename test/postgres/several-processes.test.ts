import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresMaster } from '../../src/postgres/postgres.ts';
import type { Master } from '../../src/server/master.ts';
import { bundledScript } from '../instruments/bundle-script.ts';
import { type OpenPostgres, openPostgres } from '../instruments/open-postgres.ts';
import { made, objects, pushOf, readAll, write } from './tickets.ts';
import { writeTickets } from './writer.ts';

const script = bundledScript(join(import.meta.dirname, 'writer.ts'));
const POLL_NEVER = 86_400_000;

let server: OpenPostgres;
/** Of the tests themselves, to do what no master does. */
let sql: Sql;
const open: Master[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  [server] = await Promise.all([openPostgres(), script.build()]);
  sql = postgres(server.url, { onnotice: () => undefined });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(open.map((master) => master.close()));
  await sql?.end({ timeout: 1 });
  await server?.stop();
  script.remove();
});

async function openMaster(schema: string): Promise<Master> {
  const master = await postgresMaster({ url: server.url, objects, schema, pollMs: POLL_NEVER });
  open.push(master);
  return master;
}

/** A master in a process of its own. */
async function startProcess(schema: string) {
  const child = spawn(process.execPath, [script.path, server.url, schema], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  expect(await next()).toBe('ready');
  return {
    async write(name: string, writers: number, pushes: number): Promise<string[]> {
      child.stdin.write(`${name} ${writers} ${pushes}\n`);
      return JSON.parse(await next()) as string[];
    },
    async end(): Promise<void> {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      expect(await ended).toBe(0);
    },
  };
}

/** Reads on and on from a checkpoint until told that nothing more comes, and gives the ids in the order they were read in. */
async function follow(master: Master, limit: number, isOver: () => boolean): Promise<string[]> {
  const seen: string[] = [];
  for (let after = 0; ; ) {
    const wasOver = isOver();
    const page = await master.read({ objects: ['Ticket'], after, limit, withBefore: false, heldOnly: false });
    for (const { id, sequence } of page.entries) {
      expect(sequence).toBeGreaterThan(after);
      expect(sequence).toBeLessThanOrEqual(page.sequence);
      seen.push(id);
    }
    expect(page.sequence).toBeGreaterThanOrEqual(after);
    after = page.sequence;
    if (wasOver && page.done) return seen;
  }
}

test('readers that go by checkpoints get every row of eight writers in two processes, none twice, and no number is given twice', async () => {
  const master = await openMaster('writers');
  const other = await startProcess('writers');
  let isOver = false;
  const readers = [1, 7, 1000].map((limit) => follow(master, limit, () => isOver));
  const written = (await Promise.all([writeTickets(master, 'here', 4, 30), other.write('there', 4, 30)])).flat();
  isOver = true;
  expect(written).toHaveLength(8 * 60);
  for (const reader of readers) {
    const seen = await reader;
    expect(seen).toHaveLength(written.length);
    expect(seen.toSorted()).toEqual(written.toSorted());
  }
  const names = (await readAll(master)).map(({ record }) => record?.Name as string);
  const expected = names.map((_, at) => `T-${String(at + 1).padStart(4, '0')}`);
  expect(names.toSorted()).toEqual(expected.toSorted());
  expect((await master.position()).sequence).toBe(8 * 30);
  await other.end();
});

test('a writer that takes its time holds back others, and no reader passes over what it brings', async () => {
  const master = await openMaster('slow');
  await write(master, [made('a')]);
  const slow = await sql.reserve();
  try {
    await slow`BEGIN`;
    await slow`UPDATE slow.clock SET sequence = sequence + 1`;
    await slow`
      INSERT INTO slow.record (object, id, sequence, born, at, live, purged, body)
      SELECT object, 'late', sequence + 1, sequence + 1, at, live, purged, body FROM slow.record`;
    let isWritten = false;
    const writing = write(master, [made('b')]).then(() => {
      isWritten = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isWritten).toBe(false);
    expect(await readAll(master, 1)).toEqual([]);
    expect((await master.position()).sequence).toBe(1);
    await slow`COMMIT`;
    await writing;
  } finally {
    slow.release();
  }
  expect((await readAll(master, 1)).map(({ id, sequence }) => [id, sequence])).toEqual([
    ['late', 2],
    ['b', 3],
  ]);
});

test('a writer that gives up leaves no hole', async () => {
  const master = await openMaster('hole');
  const slow = await sql.reserve();
  try {
    await slow`BEGIN`;
    await slow`UPDATE hole.clock SET sequence = sequence + 1`;
    const writing = write(master, [made('a')]);
    await slow`ROLLBACK`;
    await writing;
  } finally {
    slow.release();
  }
  expect((await readAll(master)).map(({ sequence }) => sequence)).toEqual([1]);
});

test('a commit of one process is heard of in another', async () => {
  const master = await openMaster('heard');
  const elsewhere = await startProcess('heard');
  const heard: number[] = [];
  master.watch((sequence) => heard.push(sequence));
  await elsewhere.write('there', 1, 2);
  await expect.poll(() => heard.at(-1)).toBe(2);
  await elsewhere.end();
});

test('schemas of one database do not hear each other', async () => {
  const [one, two] = [await openMaster('one'), await openMaster('two')];
  const heard: number[] = [];
  one.watch((sequence) => heard.push(sequence));
  await write(two, [made('a')]);
  await write(two, [made('b')]);
  await write(one, [made('a')]);
  await expect.poll(() => heard).toEqual([1]);
});

test('connections that are cut off in the middle lose no push and carry none out twice', async () => {
  const master = await openMaster('cut');
  const other = await startProcess('cut');
  let isOver = false;
  const cutting = (async () => {
    let cuts = 0;
    // Not for ever: on a machine that is too busy nobody would ever get through.
    while (!isOver && cuts < 30) {
      await sql`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND query LIKE '%"cut".%'`;
      cuts++;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return cuts;
  })();
  const written = await Promise.all([writeTickets(master, 'here', 4, 40), other.write('there', 4, 40)])
    .then((lists) => lists.flat())
    .finally(() => {
      isOver = true;
    });
  expect(await cutting).toBeGreaterThan(1);
  expect(written).toHaveLength(4 * 2 * (40 + 40));
  const entries = await readAll(master);
  expect(entries.map(({ id }) => id).toSorted()).toEqual(written.toSorted());
  const names = entries.map(({ record }) => record?.Name);
  expect(new Set(names).size).toBe(names.length);
  expect((await master.position()).sequence).toBe(4 * 2 * 40);
  await other.end();
});

test('a process whose listening connection was lost begins an era, and hears of what it missed', async () => {
  const master = await openMaster('deaf');
  const other = await openMaster('deaf');
  await write(other, [made('a')]);
  const heard: number[] = [];
  master.watch((sequence) => heard.push(sequence));
  const eras = async () => Number((await sql`SELECT count(*) AS n FROM deaf.era`)[0]?.n);
  const before = await eras();
  const { era } = await master.position();
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE '%listen "deaf"%' AND pid <> pg_backend_pid()`;
  await write(other, [made('b')]);
  await expect.poll(() => heard.at(-1)).toBe(2);
  await expect.poll(eras).toBeGreaterThan(before);
  // What a client holds from before stays good: nothing was lost.
  expect(await master.check({ sequence: 1, era })).toBe('known');
  await write(other, [made('c')]);
  await expect.poll(() => heard.at(-1)).toBe(3);
});

test('a push that is asked again by another process has the answer it had', async () => {
  const [one, two] = [await openMaster('asked'), await openMaster('asked')];
  const push = pushOf([[made('a')]], { push: 1 });
  const [first, second] = await Promise.all([one.write(push), two.write(push)]);
  expect([first, second].map((outcome) => outcome.kind === 'done' && outcome.repeated).toSorted()).toEqual([
    false,
    true,
  ]);
  expect({ ...first, repeated: true }).toEqual({ ...second, repeated: true });
  expect((await one.position()).sequence).toBe(1);
});
