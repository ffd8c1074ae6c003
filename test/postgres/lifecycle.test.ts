import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineObject } from '../../src/engine/definition/define-object.ts';
import { systemEnvironment } from '../../src/engine/ground/environment.ts';
import { postgresMaster } from '../../src/postgres/postgres.ts';
import type { Master } from '../../src/server/master.ts';
import { type OpenPostgres, openPostgres } from '../instruments/open-postgres.ts';
import { binned, edited, Memo, made, objects, pushOf, readAll, Ticket, write } from './tickets.ts';

const DAY_MS = 86_400_000;

let server: OpenPostgres;
let sql: Sql;
const open: Master[] = [];

beforeAll(async () => {
  server = await openPostgres();
  sql = postgres(server.url, { onnotice: () => undefined });
});
afterAll(async () => {
  await Promise.all(open.map((master) => master.close()));
  await sql?.end({ timeout: 1 });
  await server?.stop();
});

type Options = Partial<Parameters<typeof postgresMaster>[0]>;

async function openMaster(schema: string, options: Options = {}): Promise<Master> {
  const master = await postgresMaster({ url: server.url, objects, schema, ...options });
  open.push(master);
  return master;
}

/** The world with a clock that can be set on. */
function createClock() {
  let aheadMs = 0;
  const env = { ...systemEnvironment(), now: () => Date.now() + aheadMs };
  return {
    env,
    advance(ms: number) {
      aheadMs += ms;
    },
  };
}

test('masters that start at once on bare schemas are none in the way of another', async () => {
  for (let round = 0; round < 6; round++) {
    const masters = await Promise.all(Array.from({ length: 4 }, () => openMaster(`bare${round}`)));
    for (const one of masters) await one.close();
  }
});

test('masters that start at once on a bare database make the tables once', async () => {
  const masters = await Promise.all(Array.from({ length: 4 }, () => openMaster('together')));
  for (const [at, master] of masters.entries()) await write(master, [made(`${at}`)]);
  for (const master of masters) expect(await readAll(master)).toHaveLength(4);
  expect(await sql`SELECT number FROM together.step ORDER BY number`).toMatchObject([{ number: 0 }, { number: 1 }]);
});

test('all is there after a new start, and numbers go on', async () => {
  const first = await openMaster('again');
  await write(first, [made('a', { Code: 'K' }), made('b')]);
  const push = pushOf([[made('c')]], { push: 7 });
  const answer = await first.write(push);
  const position = await first.position();
  const entries = await readAll(first);
  await first.close();
  const second = await openMaster('again');
  expect(await second.position()).toEqual(position);
  expect(await second.check(position)).toBe('known');
  expect(await readAll(second)).toEqual(entries);
  expect(await second.write(push)).toEqual({ ...answer, repeated: true });
  expect(await write(second, [made('d')])).toMatchObject([{ set: { Name: 'T-0004' } }]);
  expect(await write(second, [made('e', { Code: 'k' })])).toMatchObject([{ code: 'DUPLICATE_VALUE' }]);
  // The commit after the start is of an era of its own; what came before is of that which it was of.
  expect((await second.position()).era).not.toBe(position.era);
  expect(await second.eraAt(position.sequence)).toBe(position.era);
});

test('a restored backup makes what came after it lost, and keeps what came before', async () => {
  const first = await openMaster('restored');
  await write(first, [made('a')]);
  const early = await first.position();
  // The backup: all tables as they are now.
  const tables = ['clock', 'era', 'record', 'before', 'client', 'number', 'uniq'];
  for (const table of tables)
    await sql`CREATE TABLE ${sql(`restored.${table}_copy`)} AS SELECT * FROM ${sql(`restored.${table}`)}`;
  await write(first, [made('b')]);
  await write(first, [made('c')]);
  const late = await first.position();
  await first.close();
  await sql.begin((tx) =>
    tables.flatMap((table) => [
      tx`DELETE FROM ${tx(`restored.${table}`)}`,
      tx`INSERT INTO ${tx(`restored.${table}`)} SELECT * FROM ${tx(`restored.${table}_copy`)}`,
    ]),
  );
  const second = await openMaster('restored');
  expect(await second.check(early)).toBe('known');
  expect(await second.check(late)).toBe('lost');
  for (const id of ['d', 'e', 'f', 'g']) await write(second, [made(id)]);
  // The sequence has passed it, and it is lost all the same.
  expect((await second.position()).sequence).toBeGreaterThan(late.sequence);
  expect(await second.check(late)).toBe('lost');
  expect(await second.check(early)).toBe('known');
  expect((await readAll(second, early.sequence)).map(({ id }) => id)).toEqual(['d', 'e', 'f', 'g']);
});

test('a backup that is restored under a running process is noticed with its next write', async () => {
  const master = await openMaster('under');
  await write(master, [made('a')]);
  const early = await master.position();
  await write(master, [made('b')]);
  const late = await master.position();
  await sql.begin((tx) => [tx`UPDATE under.clock SET sequence = 1`, tx`DELETE FROM under.record WHERE sequence > 1`]);
  expect(await master.check(late)).toBe('lost');
  await write(master, [made('c')]);
  await write(master, [made('d')]);
  expect(await master.check(late)).toBe('lost');
  expect(await master.check(early)).toBe('known');
  expect(await master.check(await master.position())).toBe('known');
});

test('a purge forgets what is older than a client may stay away, and tells those who stood before it', async () => {
  const clock = createClock();
  const master = await openMaster('purge', { env: clock.env, retentionMs: 30 * DAY_MS, purgeDeletedMs: 10 * DAY_MS });
  await master.write(pushOf([[made('a', { Size: 1 }), made('b', { Code: 'K' })]], { push: 1 }));
  const first = await master.position();
  await write(master, [edited('a', { Size: 1 }, { Size: 2 }), binned('b')]);
  const second = await master.position();
  await master.purge();
  expect(await master.check(first)).toBe('known');
  clock.advance(11 * DAY_MS);
  const heard: number[] = [];
  master.watch((sequence) => heard.push(sequence));
  await master.purge();
  // That it is gone is a commit like any other.
  expect(heard).toEqual([3]);
  expect(await readAll(master, 2)).toEqual([{ object: 'Ticket', id: 'b', sequence: 3, record: undefined }]);
  expect(await master.check(first)).toBe('known');
  clock.advance(20 * DAY_MS);
  await master.purge();
  expect(await master.check(first)).toBe('too-old');
  expect(await master.check(second)).toBe('known');
  const request = { objects: ['Ticket'], limit: 10, withBefore: true, heldOnly: false };
  await expect(master.read({ ...request, after: 1 })).rejects.toMatchObject({ code: 'SYNC_CHECKPOINT' });
  // From the beginning all can be read at any time.
  expect((await master.read({ ...request, after: 0 })).entries.map(({ id }) => id)).toEqual(['a', 'b']);
  clock.advance(20 * DAY_MS);
  await master.purge();
  expect(await master.check(second)).toBe('too-old');
  expect(await master.check(await master.position())).toBe('known');
  expect(await readAll(master)).toHaveLength(1);
  // The answer to the push is forgotten too.
  expect(await sql`SELECT * FROM purge.client`).toEqual([]);
  expect(await sql`SELECT * FROM purge.before`).toEqual([]);
});

test('stamps do not go back where the clock of another process is behind', async () => {
  const clock = createClock();
  const ahead = await openMaster('clocks', { env: clock.env });
  const behind = await openMaster('clocks');
  clock.advance(DAY_MS);
  await write(ahead, [made('a')]);
  await write(behind, [made('b')]);
  const [first, second] = await readAll(behind);
  expect(String(second?.record?.SystemModstamp) >= String(first?.record?.SystemModstamp)).toBe(true);
});

test('without a notice the poll tells of commits', async () => {
  const master = await openMaster('polled', { pollMs: 50 });
  const heard: number[] = [];
  master.watch((sequence) => heard.push(sequence));
  await sql`UPDATE polled.clock SET sequence = 5`;
  await expect.poll(() => heard).toEqual([5]);
});

test('a listener that throws stops no other, and its error is told', async () => {
  const errors: unknown[] = [];
  const master = await openMaster('thrown', { onError: (error) => errors.push(error) });
  const heard: number[] = [];
  master.watch(() => {
    throw new Error('mine');
  });
  master.watch((sequence) => heard.push(sequence));
  await write(master, [made('a')]);
  expect(heard).toEqual([1]);
  expect(errors).toMatchObject([{ message: 'mine' }]);
});

test('a field that has come since is there with its default, and a new unique key holds for what is there', async () => {
  const first = await openMaster('grown');
  await write(first, [made('a', { Text: 'same' }, 'Memo'), made('b', { Text: 'other' }, 'Memo')]);
  await first.close();
  const Grown = defineObject({
    ...Memo.spec,
    unique: ['Text'],
    fields: {
      ...Memo.spec.fields,
      Urgent: { type: 'boolean', properties: 'Create, Defaulted on create, Filter, Update', defaultValue: true },
    },
  });
  const second = await openMaster('grown', { objects: [Ticket, Grown] });
  expect((await readAll(second)).map(({ record }) => record?.Urgent)).toEqual([true, true]);
  expect(await write(second, [made('c', { Text: 'SAME' }, 'Memo')])).toMatchObject([{ code: 'DUPLICATE_VALUE' }]);
  await second.close();
  const third = await openMaster('grown');
  await write(third, [made('c', { Text: 'same' }, 'Memo')]);
  await third.close();
  await expect(openMaster('grown', { objects: [Ticket, Grown] })).rejects.toMatchObject({ code: 'MIGRATION_FAILED' });
});

test('tables and objects of a later version are refused', async () => {
  const Later = defineObject({ ...Memo.spec, version: 2 });
  const later = await openMaster('later', { objects: [Later] });
  await later.close();
  await expect(openMaster('later')).rejects.toMatchObject({ code: 'STORAGE_NEWER' });
  await sql`INSERT INTO later.step (number, at) VALUES (99, 0)`;
  await expect(openMaster('later', { objects: [Later] })).rejects.toMatchObject({ code: 'STORAGE_NEWER' });
});

test('after close nothing of it is connected', async () => {
  const named = postgres(server.url, { connection: { application_name: 'leaving' }, onnotice: () => undefined });
  const master = await postgresMaster({ sql: named, objects, schema: 'leaving' });
  await Promise.all(Array.from({ length: 20 }, (_, at) => write(master, [made(`${at}`)])));
  const count = async () =>
    Number((await sql`SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'leaving'`)[0]?.n);
  expect(await count()).toBeGreaterThan(1);
  await master.close();
  await expect.poll(count).toBe(0);
});

test('what is asked while a master closes is answered or refused, and nothing hangs', async () => {
  const master = await openMaster('closing');
  const writes = Array.from({ length: 40 }, (_, at) => write(master, [made(`${at}`)]));
  const reads = Array.from({ length: 40 }, () => readAll(master));
  const settled = Promise.allSettled([...writes, ...reads]);
  await master.close();
  for (const result of await settled)
    if (result.status === 'rejected')
      expect(['SYNC_UNREACHABLE', 'DATABASE_CLOSED']).toContain((result.reason as { code: string }).code);
});

test('a server that is away for a while is found again', async () => {
  const master = await openMaster('away', { pollMs: 50 });
  await write(master, [made('a')]);
  const heard: number[] = [];
  master.watch((sequence) => heard.push(sequence));
  const other = await openMaster('away');
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`;
  await write(other, [made('b')]);
  await write(master, [made('c')]);
  await expect.poll(() => heard.at(-1)).toBe(3);
  expect(await readAll(master)).toHaveLength(3);
});
