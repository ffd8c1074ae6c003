import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresMaster } from '../../src/postgres/postgres.ts';
import type { Master, ReadRequest } from '../../src/server/master.ts';
import { type OpenPostgres, openPostgres } from '../instruments/open-postgres.ts';
import { binned, edited, made, objects, purged, pushOf, readAll, USER, write } from './tickets.ts';

let server: OpenPostgres;
let master: Master;
let schemas = 0;
const open: Master[] = [];

beforeAll(async () => {
  server = await openPostgres();
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  await server?.stop();
});

async function openMaster(options: Partial<Parameters<typeof postgresMaster>[0]> = {}): Promise<Master> {
  const opened = await postgresMaster({ url: server.url, objects, schema: `contract${++schemas}`, ...options });
  open.push(opened);
  return opened;
}

const all = (more: Partial<ReadRequest> = {}): ReadRequest => ({
  objects: ['Ticket', 'Memo'],
  after: 0,
  limit: 1000,
  withBefore: false,
  heldOnly: false,
  ...more,
});

test('a new master stands at its beginning and has nothing', async () => {
  master = await openMaster();
  const position = await master.position();
  expect(position.sequence).toBe(0);
  expect(position.era).toMatch(/^[0-9a-f]{24}$/);
  expect(await master.eraAt(0)).toBe(position.era);
  expect(await master.check(position)).toBe('known');
  expect(await master.read(all())).toEqual({ entries: [], sequence: 0, done: true });
  expect(await master.count(['Ticket', 'Memo'])).toBe(0);
});

test('a record that is made comes back as it is kept, with what the server sets', async () => {
  master = await openMaster();
  const [answer] = await write(master, [made('a', { Subject: ' as written ', Size: 1.5 })]);
  expect(answer).toMatchObject({
    status: 'applied',
    set: { Name: 'T-0001', CreatedById: USER, LastModifiedById: USER },
  });
  const { entries, sequence, done } = await master.read(all());
  expect({ sequence, done }).toEqual({ sequence: 1, done: true });
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({ object: 'Ticket', id: 'a', sequence: 1 });
  const record = entries[0]?.record;
  expect(record).toMatchObject({
    Id: 'a',
    Name: 'T-0001',
    Subject: ' as written ',
    Size: 1.5,
    Code: null,
    IsDeleted: false,
  });
  expect(Object.keys(record ?? {})).toEqual(objects[0]?.fields.map(({ name }) => name));
  expect(Object.isFrozen(record)).toBe(true);
  expect(await master.count(['Ticket'])).toBe(1);
});

test('an edit is taken where its fields are as assumed, and is a conflict with what is held where not', async () => {
  master = await openMaster();
  await write(master, [made('a', { Subject: 'one', Size: 1 })]);
  expect(await write(master, [edited('a', { Size: 1 }, { Size: 2 })])).toMatchObject([{ status: 'applied' }]);
  const [answer] = await write(master, [edited('a', { Size: 1 }, { Size: 3 })]);
  expect(answer).toMatchObject({ status: 'conflict', record: { Id: 'a', Subject: 'one', Size: 2 } });
  expect(await write(master, [edited('b', { Size: 1 }, { Size: 3 })])).toEqual([{ status: 'missing' }]);
  expect((await master.position()).sequence).toBe(2);
});

test('what is so already is applied, and moves nothing', async () => {
  master = await openMaster();
  await write(master, [made('a', { Size: 1 })]);
  const before = await readAll(master);
  expect(await write(master, [made('a', { Size: 1 })])).toMatchObject([{ status: 'applied', set: { Name: 'T-0001' } }]);
  expect(await write(master, [purged('never')])).toEqual([{ status: 'applied' }]);
  expect((await master.position()).sequence).toBe(1);
  expect(await readAll(master)).toEqual(before);
});

test('a commit is taken whole or not at all, and those beside it are not touched', async () => {
  master = await openMaster();
  await write(master, [made('a', { Size: 1 })]);
  const outcome = await master.write(
    pushOf([
      [made('b'), edited('a', { Size: 7 }, { Size: 8 }), made('c', { Nonsense: 1 })],
      [made('d'), edited('d', { Size: null }, { Size: 4 })],
    ]),
  );
  expect(outcome).toMatchObject({
    kind: 'done',
    repeated: false,
    commits: [
      [{ status: 'held' }, { status: 'conflict' }, { status: 'refused', code: 'INVALID_FIELD', fields: ['Nonsense'] }],
      [{ status: 'applied' }, { status: 'applied' }],
    ],
  });
  const entries = await readAll(master);
  expect(entries.map(({ id }) => id)).toEqual(['a', 'd']);
  expect(entries[1]?.record).toMatchObject({ Name: 'T-0002', Size: 4 });
});

test('a push that comes again has the answer it had, byte for byte, and is carried out once', async () => {
  master = await openMaster();
  await write(master, [made('a', { Size: 1 })]);
  const push = pushOf([[made('b')], [edited('a', { Size: 9 }, { Size: 8 })]], { client: 'c\u0000\ud800"', push: 4 });
  const first = await master.write(push);
  expect(first).toMatchObject({ kind: 'done', repeated: false });
  await write(master, [edited('a', { Size: 1 }, { Size: 2 })]);
  expect(await master.write(push)).toEqual({ ...first, repeated: true });
  expect(await master.write({ ...push, push: 3 })).toEqual({ kind: 'outdated' });
  expect(await master.write({ ...push, hash: 'other' })).toEqual({ kind: 'cloned' });
  expect(await master.write({ ...push, client: 'another' })).toMatchObject({ kind: 'done', repeated: false });
  expect((await master.position()).sequence).toBe(3);
});

test('a push in which nothing was taken is remembered too', async () => {
  master = await openMaster();
  const push = pushOf([[edited('a', { Size: 9 }, { Size: 8 })]], { push: 1 });
  expect(await master.write(push)).toMatchObject({ kind: 'done', repeated: false, commits: [[{ status: 'missing' }]] });
  await write(master, [made('a', { Size: 9 })]);
  expect(await master.write(push)).toMatchObject({ kind: 'done', repeated: true, commits: [[{ status: 'missing' }]] });
});

test('who may write is asked with the record as it is and as it would be, and may answer otherwise', async () => {
  master = await openMaster();
  await write(master, [made('a', { Size: 1 })]);
  const asked: unknown[] = [];
  const judge: Parameters<Master['write']>[0]['judge'] = (row, current, next) => {
    asked.push([row.id, current?.Size, next?.Size]);
    return row.id === 'a' ? { status: 'refused', code: 'SYNC_FORBIDDEN', message: 'no' } : undefined;
  };
  const outcome = await master.write(
    pushOf([[edited('a', { Size: 1 }, { Size: 2 })], [made('b', { Size: 3 })]], { judge }),
  );
  expect(outcome).toMatchObject({
    commits: [[{ status: 'refused', code: 'SYNC_FORBIDDEN' }], [{ status: 'applied' }]],
  });
  expect(asked).toEqual([
    ['a', 1, 2],
    ['b', undefined, 3],
  ]);
  expect((await readAll(master)).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('a judge that throws takes the whole push back', async () => {
  master = await openMaster();
  const judge = () => {
    throw new Error('out of order');
  };
  await expect(master.write(pushOf([[made('a')]], { judge }))).rejects.toThrow('out of order');
  expect((await master.position()).sequence).toBe(0);
  expect(await readAll(master)).toEqual([]);
});

test('a unique key is refused without a word of who has it, and is free again from the recycle bin on', async () => {
  master = await openMaster();
  await write(master, [made('first-holder', { Code: 'X1' })]);
  const [answer] = await write(master, [made('b', { Code: 'x1' })]);
  expect(answer).toMatchObject({ status: 'refused', code: 'DUPLICATE_VALUE', fields: ['Code'] });
  expect(JSON.stringify(answer)).not.toContain('first-holder');
  const within = await master.write(pushOf([[made('c', { Code: 'Y' })], [made('d', { Code: 'y' })]]));
  expect(within).toMatchObject({
    commits: [[{ status: 'applied' }], [{ status: 'refused', code: 'DUPLICATE_VALUE' }]],
  });
  // Handed on within one commit.
  const passed = [edited('c', { Code: 'Y' }, { Code: 'Z' }), made('e', { Code: 'Y' })];
  expect(await write(master, passed)).toMatchObject([{ status: 'applied' }, { status: 'applied' }]);
  await write(master, [binned('first-holder')]);
  expect(await write(master, [made('b', { Code: 'x1' })])).toMatchObject([{ status: 'applied' }]);
  expect(await write(master, [binned('first-holder', false)])).toMatchObject([{ code: 'DUPLICATE_VALUE' }]);
  await write(master, [binned('b')]);
  expect(await write(master, [binned('first-holder', false)])).toMatchObject([{ status: 'applied' }]);
});

test('numbers have no gaps where commits are refused, and what a client sends in their place is passed over', async () => {
  master = await openMaster();
  await write(master, [made('a', { Name: 'T-0900', Code: 'K' })]);
  await write(master, [made('b'), made('c', { Code: 'K' })]);
  await write(master, [made('d', { Code: 'L' }), made('e')]);
  const names = (await readAll(master)).map(({ record }) => record?.Name);
  expect(names).toEqual(['T-0001', 'T-0002', 'T-0003']);
});

test('what was purged is told of without a record, and cannot come back', async () => {
  master = await openMaster();
  await write(master, [made('a', { Code: 'K' }), made('b')]);
  expect(await write(master, [purged('a')])).toMatchObject([{ status: 'conflict', record: { Id: 'a' } }]);
  const root = { object: 'Ticket', id: 'b' };
  const taken = edited('a', { _deleted: false }, { _deleted: true, _deletedWith: ['Ticket', 'b'] });
  await write(master, [taken]);
  expect(await master.count(['Ticket'])).toBe(2);
  expect((await readAll(master, 1))[0]).toMatchObject({ id: 'a', record: { IsDeleted: true }, root });
  expect(await write(master, [purged('a')])).toEqual([{ status: 'applied' }]);
  const [entry] = await readAll(master, 2);
  expect(entry).toEqual({ object: 'Ticket', id: 'a', sequence: 3, record: undefined });
  expect(await write(master, [made('a')])).toMatchObject([{ status: 'refused', code: 'ENTITY_IS_DELETED' }]);
  expect((await master.read(all({ heldOnly: true }))).entries.map(({ id }) => id)).toEqual(['b']);
});

test('pages end at the end of a commit and leave nothing out', async () => {
  master = await openMaster();
  for (let commit = 0; commit < 6; commit++) {
    const ids = Array.from({ length: 1 + (commit % 3) }, (_, at) => `${commit}.${at}`);
    await write(
      master,
      ids.map((id, at) => made(id, {}, at === 1 ? 'Memo' : 'Ticket')),
    );
  }
  for (const limit of [1, 2, 3, 4, 12]) {
    const seen: string[] = [];
    let after = 0;
    for (;;) {
      const page = await master.read(all({ after, limit }));
      const commits = page.entries.map(({ sequence }) => sequence);
      expect(commits).toEqual(commits.toSorted((left, right) => left - right));
      for (const { id } of page.entries) seen.push(id);
      // All of a commit or none of it.
      expect(page.entries.filter(({ sequence }) => sequence === page.sequence)).toHaveLength(
        page.sequence === 0 ? 0 : 1 + ((page.sequence - 1) % 3),
      );
      after = page.sequence;
      if (page.done) break;
    }
    expect(seen.toSorted()).toEqual((await readAll(master)).map(({ id }) => id).toSorted());
    expect(new Set(seen).size).toBe(12);
  }
  expect((await master.read(all({ objects: ['Memo'] }))).entries).toHaveLength(4);
  expect(await master.read(all({ objects: ['Memo'], after: 5 }))).toMatchObject({ sequence: 6, done: true });
});

test('what was there before is the state at the position that is read from', async () => {
  master = await openMaster();
  await write(master, [made('a', { Size: 1 })]);
  await write(master, [edited('a', { Size: 1 }, { Size: 2 }), made('b', { Size: 5 })]);
  await write(master, [edited('a', { Size: 2 }, { Size: 3 })]);
  await write(master, [binned('b')]);
  await write(master, [purged('b')]);
  const before = async (after: number) => {
    const { entries } = await master.read(all({ after, withBefore: true }));
    return Object.fromEntries(
      entries.map((entry) => [entry.id, entry.before && [entry.before.Size, entry.before.IsDeleted]]),
    );
  };
  expect(await before(0)).toEqual({ a: undefined, b: undefined });
  expect(await before(1)).toEqual({ a: [1, false], b: undefined });
  expect(await before(2)).toEqual({ a: [2, false], b: [5, false] });
  expect(await before(3)).toEqual({ b: [5, false] });
  expect(await before(4)).toEqual({ b: [5, true] });
  expect(await before(5)).toEqual({});
});

test('positions of another history, or beyond this one, are lost', async () => {
  master = await openMaster();
  await write(master, [made('a')]);
  const { sequence, era } = await master.position();
  expect(await master.check({ sequence, era })).toBe('known');
  expect(await master.check({ sequence: sequence + 1, era })).toBe('lost');
  expect(await master.check({ sequence, era: 'another' })).toBe('lost');
  expect(await master.check({ sequence: -1, era })).toBe('lost');
  expect(await master.check({ sequence: Number.NaN, era })).toBe('lost');
});

test('listeners hear of commits, of nothing that was none, and no more once they have left', async () => {
  master = await openMaster();
  const heard: number[] = [];
  const stop = master.watch((sequence) => heard.push(sequence));
  const others: number[] = [];
  master.watch((sequence) => others.push(sequence));
  await write(master, [made('a')]);
  await write(master, [made('a')]);
  await write(master, [made('b')]);
  stop();
  await write(master, [made('c')]);
  expect(heard).toEqual([1, 2]);
  await expect.poll(() => others).toEqual([1, 2, 3]);
});

test('a thousand rows are written in one push', async () => {
  master = await openMaster();
  const rows = (from: number) =>
    Array.from({ length: 1000 }, (_, at) => [made(`r${from + at}`, { Subject: 'x'.repeat(300) })]);
  await master.write(pushOf(rows(0)));
  const times: number[] = [];
  for (let from = 1000; from < 6000; from += 1000) {
    const began = performance.now();
    await master.write(pushOf(rows(from)));
    times.push(performance.now() - began);
  }
  expect(await master.count(['Ticket'])).toBe(6000);
  // Far above what it takes: a machine may be busy. One statement a row would take longer.
  expect(Math.min(...times)).toBeLessThan(500);
  expect(await readAll(master)).toHaveLength(6000);
});

test('after close every call is refused, and closing again does nothing', async () => {
  master = await openMaster();
  await master.close();
  await master.close();
  await expect(master.position()).rejects.toMatchObject({ code: 'DATABASE_CLOSED' });
  await expect(master.write(pushOf([[made('a')]]))).rejects.toMatchObject({ code: 'DATABASE_CLOSED' });
  expect(() => master.watch(() => undefined)).toThrow(expect.objectContaining({ code: 'DATABASE_CLOSED' }));
});

test('options that make no sense are refused, and a database that is not there is said to be out of reach', async () => {
  const { url } = server;
  for (const options of [
    { objects },
    { url, objects, schema: 'a"; DROP' },
    { url, objects, retentionMs: -1 },
    { url, objects, pollMs: 0 },
    { url, objects, nonsense: 1 },
    { url: 'nonsense://', objects, sql: () => undefined },
  ])
    await expect(postgresMaster(options as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  await expect(postgresMaster({ url: 'postgres://a:secret@127.0.0.1:1/none', objects })).rejects.toSatisfy(
    (error: Error) => 'code' in error && error.code === 'SYNC_UNREACHABLE' && !/secret|127/.test(String(error.stack)),
  );
});
