import { afterEach, describe, expect, it } from 'vitest';
import { createSyncHandler } from '../../src/server/create-sync-handler.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import type { SyncEvent, SyncHandlerOptions } from '../../src/server/sync-options.ts';
import { openDatabase } from '../../src/soql/soql-database.ts';
import { Desk } from './master-checks.ts';
import { made, pull, push, readEvents, type Tried, tryHandler, zip } from './try-handler.ts';

let tried: Tried;
const open = async (options: Partial<SyncHandlerOptions> = {}) => {
  tried = await tryHandler(options);
  return tried;
};
afterEach(() => tried?.end());

const codeOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; reason?: string } };
  return [response.status, error.code, ...(error.reason === undefined ? [] : [error.reason])];
};
const mine = (user: string, _object: string, record: Readonly<Record<string, unknown>>) => record.Owner === user;

describe('a handler says what it offers', () => {
  it('to those who are let in alone', async () => {
    const { ask, handler } = await open();
    expect(await (await ask('/')).json()).toMatchObject({
      protocol: 1,
      objects: { Desk: { version: 1, serverFields: ['SystemModstamp', 'Number'] } },
      limits: { pushRows: 5_000 },
    });
    expect(await codeOf(await handler(new Request('http://sync.test/')))).toEqual([401, 'SYNC_UNAUTHORIZED']);
  });

  it('and refuses options that are none', async () => {
    await using db = await openDatabase({ name: 'bare', objects: [Desk] });
    const options = { objects: ['Desk'], authorize: () => ({ user: 'ann' }) };
    expect(() => createSyncHandler(db, options)).toThrow(/masterObjects/);
    await using full = await openDatabase({ name: 'full', objects: [Desk, ...masterObjects] });
    const wrong: object[] = [
      { authorize: undefined },
      { objects: ['SyncClient'] },
      { objects: ['Nothing'] },
      { cors: { origins: ['*'] } },
      { cors: { origins: ['null'] } },
      { limits: { depth: 0 } },
      { limits: { heigth: 1 } },
      { basePath: 'sync' },
      { typo: 1 },
      { versions: { Dsek: [1] } },
      { versions: { Desk: 1 } },
    ];
    for (const each of wrong)
      expect(() => createSyncHandler(full, { ...options, ...each } as never)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });
});

describe('versions of a definition', () => {
  it('are taken as the options list them', async () => {
    const { post } = await open({ versions: { Desk: [1, 2] } });
    const of = (version: number) => post('/pull', pull(null, { objects: [{ name: 'Desk', version }] }));
    expect([(await of(1)).status, (await of(2)).status, (await of(3)).status]).toEqual([200, 200, 426]);
  });
});

describe('a push and the pulls after it', () => {
  it('take records in and give them, from the beginning and from a checkpoint', async () => {
    const { post } = await open();
    const answer = await (
      await post('/push', push([[made({ Id: 'a', Title: 'one' }), made({ Id: 'c', DeskId: 'a' }, 'Chair')]]))
    ).json();
    expect(answer).toMatchObject({
      commits: [[{ status: 'applied', set: { Number: 'D-0001' } }, { status: 'applied' }]],
    });
    const first = (await (await post('/pull', pull())).json()) as { documents: unknown[]; checkpoint: string };
    expect(first).toMatchObject({
      documents: [
        [0, { Id: 'a', Title: 'one', Number: 'D-0001', _deleted: false }],
        [1, { Id: 'c', DeskId: 'a' }],
      ],
      done: true,
    });
    expect(await (await post('/pull', pull(first.checkpoint))).json()).toEqual({
      documents: [],
      checkpoint: first.checkpoint,
      done: true,
    });
  });

  it('stream as lines of gzip, with the fields said once and a last line', async () => {
    const { db, post } = await open();
    await db.Desk.create(Array.from({ length: 2_500 }, (_, at) => ({ Title: `desk ${at}` })));
    const response = await post('/pull', pull(), 'ann', {
      accept: 'application/x-ndjson',
      'accept-encoding': 'br, gzip',
    });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const body = response.body as ReadableStream<Uint8Array>;
    const text = await new Response(body.pipeThrough(new DecompressionStream('gzip') as never)).text();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ protocol: 1, total: 2_500 });
    const records = lines.filter((line) => Array.isArray(line));
    expect(records.length).toBe(2_500);
    expect((records[7] as unknown[])[1 + lines[0].fields[0].indexOf('Title')]).toBe('desk 7');
    expect(lines.at(-1)).toMatchObject({ done: true });
  });

  it('tell what is deleted while they stream, of records that were sent already', async () => {
    const { db, post } = await open();
    await db.Desk.create(Array.from({ length: 10 }, (_, at) => ({ Title: `desk ${at}` })));
    for (let at = 0; at < 30; at++)
      await db.Desk.create(Array.from({ length: 100 }, (_, each) => ({ Title: `more ${at} ${each}` })));
    const gone = db.Desk.find({ where: { Title: 'desk 3' } })[0] as { Id: string };
    const response = await post('/pull', pull(), 'ann', { accept: 'application/x-ndjson' });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = '';
    while (!text.includes('desk 3')) text += decoder.decode((await reader.read()).value, { stream: true });
    await db.Desk.delete(gone.Id);
    for (let read = await reader.read(); !read.done; read = await reader.read())
      text += decoder.decode(read.value, { stream: true });
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const told = lines.filter(({ document }) => document !== undefined).map(({ document }) => document);
    expect(told).toMatchObject([[0, { Id: gone.Id, _deleted: true }]]);
    expect(lines.at(-1)).toMatchObject({ done: true });
  });

  it('come as gzip as well, and are counted as they are inflated', async () => {
    const { post } = await open({ limits: { bodyBytes: 2_000 } });
    const gzip = { 'content-encoding': 'gzip' };
    expect((await post('/push', zip(JSON.stringify(push([[made({ Id: 'a' })]]))), 'ann', gzip)).status).toBe(200);
    const bomb = zip(`"${' '.repeat(5_000_000)}"`);
    expect(await codeOf(await post('/push', bomb, 'ann', gzip))).toEqual([413, 'SYNC_LIMIT']);
    expect(await codeOf(await post('/push', '{}', 'ann', gzip))).toEqual([400, 'SYNC_MALFORMED']);
  });

  it('answer a number used twice, and one that is outdated, with 409', async () => {
    const { post } = await open();
    const body = push([[made({ Id: 'a' })]], { push: 50 });
    const first = await (await post('/push', body)).json();
    expect(await (await post('/push', body)).json()).toEqual(first);
    expect(await codeOf(await post('/push', { ...body, commits: [] }))).toEqual([409, 'SYNC_CLIENT']);
    expect(await codeOf(await post('/push', { ...body, push: 49 }))).toEqual([409, 'SYNC_CLIENT']);
    expect((await post('/push', { ...body, commits: [] }, 'bob')).status).toBe(200);
  });
});

describe('a request that is none is refused', () => {
  it('by its path, its method and its type', async () => {
    const { ask, post } = await open({ basePath: '/sync' });
    expect(await codeOf(await ask('/'))).toEqual([404, 'NOT_FOUND']);
    expect(await codeOf(await ask('/sync/SyncClient/pull'))).toEqual([404, 'NOT_FOUND']);
    const wrong = await ask('/sync/pull');
    expect(wrong.headers.get('allow')).toBe('POST, OPTIONS');
    expect(await codeOf(wrong)).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(await codeOf(await post('/sync/pull', '{}', 'ann', { 'content-type': 'text/plain' }))).toEqual([
      415,
      'SYNC_MALFORMED',
    ]);
    expect(await codeOf(await post('/sync/pull', '{}', 'ann', { 'content-encoding': 'br' }))).toEqual([
      415,
      'SYNC_MALFORMED',
    ]);
    expect((await ask('/sync')).status).toBe(200);
  });

  it('by what it holds', async () => {
    const { post } = await open({ limits: { depth: 12, pushRows: 2 } });
    const cases: [unknown, number][] = [
      ['', 400],
      ['{', 400],
      ['null', 400],
      ['[]', 400],
      [pull(null, { limit: 0 }), 400],
      [pull(null, { objects: [] }), 400],
      [pull(null, { objects: [{ name: 'Desk', version: 1, where: { $ago: 1 } }] }), 400],
      [pull(null, { objects: [{ name: 'Desk', version: 1, where: { Nothing: 1 } }] }), 400],
      [pull(null, { objects: [{ name: 'Chair', version: 1, where: { 'Desk.Title': 'x' } }] }), 400],
      [pull(null, { objects: [{ name: 'Desk', version: 1, where: { SystemModstamp: { $gt: { $ago: 5 } } } }] }), 400],
      [pull(null, { objects: [{ name: 'SyncClient', version: 1 }] }), 404],
      [pull(null, { objects: [{ name: 'Desk', version: 2 }] }), 426],
      [pull(null, { protocol: 2 }), 426],
      ['['.repeat(100) + ']'.repeat(100), 413],
    ];
    for (const [body, status] of cases) expect([body, (await post('/pull', body)).status]).toEqual([body, status]);
    const three = ['a', 'b', 'c'].map((Id) => [made({ Id })]);
    expect(await codeOf(await post('/push', push(three)))).toEqual([413, 'SYNC_LIMIT']);
    expect((await post('/push', push([[made({ Id: 'a' })]], { versions: { Desk: 7 } }))).status).toBe(426);
    expect((await post('/push', push([[made({ Id: 'a' })]], { versions: {} }))).status).toBe(400);
  });

  it('with what does not fit, for whoever has to see to it', async () => {
    const { post } = await open({ versions: { Desk: [3, 4] } });
    const errorOf = async (body: unknown, path = '/pull') =>
      ((await (await post(path, body)).json()) as { error: Record<string, unknown> }).error;
    expect(await errorOf(pull(null, { objects: [{ name: 'Nope', version: 1 }] }))).toEqual({
      code: 'NOT_FOUND',
      message: 'Nope is not served here: it is not among the objects of the handler',
      object: 'Nope',
    });
    const outdated = { code: 'SYNC_OUTDATED', object: 'Desk', versions: [3, 4] };
    expect(await errorOf(pull())).toMatchObject(outdated);
    expect(await errorOf(push([[made({ Id: 'a' })]]), '/push')).toMatchObject(outdated);
    expect(await errorOf(pull(null, { protocol: 2 }))).toMatchObject({ code: 'SYNC_OUTDATED', protocol: 1 });
  });

  it('row by row where only a row is wrong, and keys of prototypes do no harm', async () => {
    const { db, post } = await open();
    const body = JSON.stringify(
      push(
        [
          [made({ Id: 'a' }), made({ Id: 5 })],
          [made({ Id: 'b' }, 'SyncClient')],
          [made({ Id: 'b', IsDeleted: 'x', Nothing: 1 })],
          [made({ Id: 'ok' })],
        ],
        { versions: { Desk: 1, SyncClient: 1 } },
      ),
    ).replace('"Id":"ok"', '"Id":"ok","__proto__":{"polluted":true},"constructor":1');
    const { commits } = (await (await post('/push', body)).json()) as {
      commits: { status: string; code?: string }[][];
    };
    expect(commits.map((rows) => rows.map(({ status, code }) => code ?? status))).toEqual([
      ['held', 'MALFORMED_ID'],
      ['SYNC_FORBIDDEN'],
      [expect.any(String)],
      ['INVALID_FIELD'],
    ]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(db.Desk.size).toBe(0);
  });

  it('by a checkpoint that is of no use', async () => {
    const { post } = await open();
    const { checkpoint } = (await (await post('/pull', pull())).json()) as { checkpoint: string };
    expect(await codeOf(await post('/pull', pull(checkpoint), 'bob'))).toEqual([410, 'SYNC_CHECKPOINT', 'rights']);
    expect(await codeOf(await post('/pull', pull('rubbish')))).toEqual([410, 'SYNC_CHECKPOINT', 'lost']);
    const { e, s, r } = JSON.parse(atob(checkpoint.replaceAll('-', '+').replaceAll('_', '/')));
    const forged = (value: object) => btoa(JSON.stringify(value)).replaceAll('=', '');
    for (const each of [
      { e, s: s + 99, r },
      { e: 'x', s, r },
      { e, s: -1, r },
      { e, s: 0.5, r },
    ])
      expect(await codeOf(await post('/pull', pull(forged(each))))).toEqual([410, 'SYNC_CHECKPOINT', 'lost']);
  });

  it('when there are too many, with when to come again', async () => {
    const { ask } = await open({ limits: { requestsPerMinute: 2 } });
    await ask('/');
    await ask('/');
    const third = await ask('/');
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await codeOf(third)).toEqual([429, 'SYNC_LIMIT']);
    expect((await ask('/', {}, 'bob')).status).toBe(200);
  });

  it('and a fault of the server is told without a word of it', async () => {
    const events: SyncEvent[] = [];
    const { ask } = await open({
      authorize: () => {
        throw new Error('password=hunter2');
      },
      onRequest: (event) => events.push(event),
    });
    const response = await ask('/');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
    expect(events).toMatchObject([{ method: 'GET', route: 'GET /', status: 500, rows: 0 }]);
  });
});

describe('what a user may not see', () => {
  it('leaves his pulls when it ceases to be his, and is never named before', async () => {
    const { db, post } = await open({ canRead: mine });
    const { id } = await db.Desk.create({ Title: 'ann’s', Owner: 'ann' });
    const other = await db.Desk.create({ Title: 'bob’s', Owner: 'bob' });
    const first = (await (await post('/pull', pull())).json()) as { documents: unknown[]; checkpoint: string };
    expect(first.documents).toMatchObject([[0, { Id: id }]]);
    await db.Desk.update({ Id: id as string, Owner: 'bob' });
    await db.Desk.update({ Id: other.id as string, Title: 'still bob’s' });
    const text = await (await post('/pull', pull(first.checkpoint))).text();
    expect(JSON.parse(text).documents).toEqual([[0, { Id: id, _deleted: true, _removed: true }]]);
    expect(text).not.toContain(other.id);
  });

  it('is not looked for by a filter of more tests than each change can be put to', async () => {
    const { post } = await open();
    const filter = (tests: number) => ({
      objects: [{ name: 'Desk', version: 1, where: { Size: { $in: Array.from({ length: tests }, (_, i) => i) } } }],
    });
    expect((await post('/pull', pull(null, filter(100)))).status).toBe(200);
    expect((await post('/pull', pull(null, filter(101)))).status).toBe(400);
  });

  it('leaves a filter as it leaves his rights', async () => {
    const { db, post } = await open();
    const { id } = await db.Desk.create({ Size: 5 });
    const small = { objects: [{ name: 'Desk', version: 1, where: { Size: { $lt: 10 } } }] };
    const first = (await (await post('/pull', pull(null, small))).json()) as { checkpoint: string };
    await db.Desk.update({ Id: id as string, Size: 50 });
    await db.Desk.create({ Size: 60 });
    const second = (await (await post('/pull', pull(first.checkpoint, small))).json()) as { documents: unknown[] };
    expect(second.documents).toEqual([[0, { Id: id, _deleted: true, _removed: true }]]);
  });

  it('is not in the answer to a push, nor that it is there', async () => {
    const { db, post } = await open({ canRead: mine });
    const { id } = await db.Desk.create({ Title: 'SECRET', Owner: 'bob' });
    const edit = (Id: unknown) => [
      [{ object: 'Desk', assumedMasterState: { Id, Title: 'x' }, newDocumentState: { Id, Title: 'y' } }],
      [{ object: 'Desk', assumedMasterState: { Id, Title: 'SECRET' }, newDocumentState: { Id, Title: 'SECRET' } }],
    ];
    const there = (await (await post('/push', push(edit(id)))).json()) as { commits: unknown };
    const none = (await (await post('/push', push(edit('no-such-id')))).json()) as { commits: unknown };
    expect(there.commits).toEqual(none.commits);
    const text = await (await post('/push', push([[made({ Id: id })]]))).text();
    expect(JSON.parse(text).commits).toMatchObject([[{ status: 'refused', code: 'SYNC_FORBIDDEN' }]]);
    expect(text).not.toContain('SECRET');
    const rx = await (await post('/Desk/push', [{ newDocumentState: { Id: id, _deleted: false } }])).json();
    expect(rx).toEqual([{ Id: id, _deleted: true }]);
  });

  it('is not named as what took along a record that he may see', async () => {
    const { db, post } = await open({ canRead: (_user, object) => object === 'Chair' });
    const { id } = await db.Desk.create({ Title: 'SECRET' });
    await db.Chair.create({ DeskId: null, Title: 'seen' });
    await db.transact((tx) => tx.Chair.create({ DeskId: id, Title: 'below' }));
    const { checkpoint } = (await (await post('/pull', pull())).json()) as { checkpoint: string };
    await db.Desk.delete(id as string);
    const { documents } = (await (await post('/pull', pull(checkpoint))).json()) as { documents: [number, object][] };
    expect(documents).toMatchObject([[1, { Title: 'below', _deleted: true }]]);
    expect(documents[0]?.[1]).not.toHaveProperty('_deletedWith');
  });

  it('is told as gone when it goes for good, to those alone who saw it', async () => {
    const { db, post } = await open({ canRead: mine });
    const seen = await db.Desk.create({ Owner: 'ann' });
    const unseen = await db.Desk.create({ Owner: 'bob' });
    const { checkpoint } = (await (await post('/pull', pull())).json()) as { checkpoint: string };
    const ids = [seen.id as string, unseen.id as string];
    await db.Desk.delete(ids);
    await db.Desk.emptyRecycleBin(ids);
    const { documents } = (await (await post('/pull', pull(checkpoint))).json()) as { documents: unknown[] };
    expect(documents).toEqual([[0, { Id: seen.id, _deleted: true, _purged: true }]]);
    const fresh = (await (await post('/pull', pull(), 'cid')).json()) as { documents: unknown[] };
    expect(fresh.documents).toEqual([]);
  });

  it('is what a rule that throws is asked about', async () => {
    const { db, post } = await open({
      canRead: () => {
        throw new Error('broken');
      },
    });
    await db.Desk.create({ Title: 'x' });
    expect(((await (await post('/pull', pull())).json()) as { documents: unknown[] }).documents).toEqual([]);
  });

  it('and what he may not write is refused by the rule’s own words', async () => {
    const { post } = await open({
      canWrite: (_user, _object, _before, after) =>
        after?.Size === 1 ? { code: 'TOO_SMALL', message: 'a larger one' } : after?.Size !== 2,
    });
    const commits = [1, 2, 3].map((Size) => [made({ Id: `d${Size}`, Size })]);
    expect(await (await post('/push', push(commits))).json()).toMatchObject({
      commits: [[{ code: 'TOO_SMALL' }], [{ code: 'SYNC_FORBIDDEN' }], [{ status: 'applied' }]],
    });
  });
});

describe('a stream', () => {
  it('tells everything after its checkpoint, and then what happens', async () => {
    const { db, post, handler } = await open();
    await db.Desk.create({ Title: 'one' });
    const stream = readEvents(await post('/stream', pull()));
    await expect.poll(() => stream.events.length).toBe(1);
    await db.Desk.create({ Title: 'two' });
    await expect.poll(() => stream.events.length).toBe(2);
    const [first, second] = stream.events.map(({ data }) => data as { after: string; checkpoint: string });
    expect(second?.after).toBe(first?.checkpoint);
    expect(stream.events[1]).toMatchObject({ event: 'documents', data: { documents: [[0, { Title: 'two' }]] } });
    const here = (await (await post('/pull', pull())).json()) as { checkpoint: string };
    expect(here.checkpoint).toBe(second?.checkpoint);
    expect(handler.stats().streams).toBe(1);
    await stream.cancel();
    expect(handler.stats().streams).toBe(0);
  });

  it('asks for filters and rights at each event', async () => {
    const { db, post } = await open({ canRead: mine });
    const { id } = await db.Desk.create({ Owner: 'ann' });
    const stream = readEvents(await post('/stream', pull()));
    await expect.poll(() => stream.events.length).toBe(1);
    await db.Desk.create({ Owner: 'bob' });
    await db.Desk.update({ Id: id as string, Owner: 'bob' });
    await expect.poll(() => stream.events.length).toBe(2);
    expect(stream.events[1]).toMatchObject({ data: { documents: [[0, { Id: id, _removed: true }]] } });
    await stream.cancel();
  });

  it('ends when the user is let in no longer, or his time is over', async () => {
    const { post } = await open({ authorize: () => ({ user: 'ann', until: Date.now() + 500 }), heartbeatMs: 20 });
    const stream = readEvents(await post('/stream', pull()));
    await stream.ended;
    // It says that it is alive meanwhile, and how far it has come.
    expect(stream.comments() + stream.events.length).toBeGreaterThan(1);
  });

  it('sends a slow reader to pull instead of keeping what it does not read', async () => {
    const { db, post } = await open({ limits: { streamBacklog: 2_000 } });
    const response = await post('/stream', pull());
    for (let at = 0; at < 50; at++) {
      await db.Desk.create({ Title: 'x'.repeat(200) });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const stream = readEvents(response);
    await expect.poll(() => stream.events.some(({ event }) => event === 'resync')).toBe(true);
    expect(stream.events.length).toBeLessThan(20);
    await db.Desk.create({ Title: 'after' });
    await expect.poll(() => JSON.stringify(stream.events.at(-1))).toContain('after');
    await stream.cancel();
  });

  it('is one of a thousand, which read each commit once', async () => {
    const { db, post, handler } = await open({ limits: { streamsPerUser: 1_000 } });
    const streams = await Promise.all(
      Array.from({ length: 1_000 }, async () => readEvents(await post('/stream', pull()))),
    );
    expect(await codeOf(await post('/stream', pull()))).toEqual([429, 'SYNC_LIMIT']);
    await db.Desk.create({ Title: 'for all' });
    await expect.poll(() => streams.every(({ events }) => events.length === 1)).toBe(true);
    await handler.close();
    await Promise.all(streams.map(({ ended }) => ended));
  });
});

describe('RxDB’s convention', () => {
  it('pulls page by page until there is no more', async () => {
    const { db, ask } = await open({ canRead: (_user, _object, record) => record.Size !== 0 });
    for (let at = 0; at < 30; at++) await db.Desk.create({ Title: `d${at}`, Size: at % 3 === 0 ? 1 : 0 });
    const titles: unknown[] = [];
    let checkpoint: unknown = null;
    for (;;) {
      const path = `/Desk/pull?limit=4&checkpoint=${encodeURIComponent(JSON.stringify(checkpoint))}`;
      const page = (await (await ask(path)).json()) as { documents: { Title: string }[]; checkpoint: object };
      titles.push(...page.documents.map(({ Title }) => Title));
      checkpoint = page.checkpoint;
      if (page.documents.length < 4) break;
    }
    expect(titles).toEqual(Array.from({ length: 10 }, (_, at) => `d${at * 3}`));
    const last = await (await ask(`/Desk/pull?checkpoint=${encodeURIComponent(JSON.stringify(checkpoint))}`)).json();
    expect(last).toEqual({ documents: [], checkpoint });
    expect((await ask('/Desk/pull?limit=100000')).status).toBe(413);
    expect((await ask('/Desk/pull?checkpoint={')).status).toBe(400);
  });

  it('answers a push with what is held of the rows that were not taken', async () => {
    const { post } = await open();
    const one = { Id: 'a', Title: 'one', _deleted: false };
    expect(await (await post('/Desk/push', [{ newDocumentState: one }])).json()).toEqual([]);
    expect(await (await post('/Desk/push', [{ newDocumentState: one }])).json()).toEqual([]);
    const edit = { assumedMasterState: { ...one, Title: 'zero' }, newDocumentState: { ...one, Title: 'two' } };
    expect(await (await post('/Desk/push', [edit])).json()).toMatchObject([{ Id: 'a', Title: 'one', _deleted: false }]);
    const wrong = { newDocumentState: { Id: 'b', Size: 'large', _deleted: false } };
    expect(await (await post('/Desk/push', [wrong])).json()).toEqual([{ Id: 'b', Size: 'large', _deleted: true }]);
    const purge = { assumedMasterState: { Id: 'a', _deleted: false }, newDocumentState: { Id: 'a', _purged: true } };
    await post('/push', push([[{ object: 'Desk', ...purge }]]));
    expect(await (await post('/Desk/push', [edit])).json()).toMatchObject([{ Id: 'a', _deleted: true }]);
  });

  it('streams what happens after RESYNC', async () => {
    const { db, ask } = await open();
    const stream = readEvents(await ask('/Desk/stream'));
    await expect.poll(() => stream.events).toEqual([{ event: 'RESYNC', data: 'RESYNC' }]);
    await db.Chair.create({ Title: 'not asked for' });
    await db.Desk.create({ Title: 'new' });
    await expect
      .poll(() => stream.events[1])
      .toMatchObject({
        data: { documents: [{ Title: 'new', _deleted: false }], checkpoint: { position: expect.any(String) } },
      });
    await stream.cancel();
  });

  it('goes on after the event that a client had last, and lets one go that names none of this server', async () => {
    const { db, ask } = await open();
    await db.Desk.create({ Title: 'one' });
    const { checkpoint } = (await (await ask('/Desk/pull')).json()) as { checkpoint: { position: string } };
    await db.Desk.create({ Title: 'two' });
    const more = readEvents(await ask('/Desk/stream', { headers: { 'last-event-id': checkpoint.position } }));
    await expect.poll(() => more.events).toMatchObject([{ data: { documents: [{ Title: 'two' }] } }]);
    await more.cancel();
    const lost = await (await ask('/Desk/stream', { headers: { 'last-event-id': 'of another' } })).text();
    expect(lost).toMatch(/^id: [\w-]+\nevent: RESYNC\ndata: "RESYNC"\n\n$/);
  });

  it('takes a checkpoint as JSON or as the field that it has', async () => {
    const { db, ask } = await open();
    await db.Desk.create({ Title: 'one' });
    const page = (await (await ask('/Desk/pull')).json()) as { checkpoint: { position: string } };
    const { position } = page.checkpoint;
    for (const query of [`position=${position}`, `checkpoint=${encodeURIComponent(JSON.stringify({ position }))}`])
      expect(await (await ask(`/Desk/pull?${query}`)).json()).toEqual({ documents: [], checkpoint: { position } });
    expect((await ask(`/Desk/pull?position=${'x'.repeat(2_000)}`)).status).toBe(400);
  });

  it('ends the stream of a slow reader, who is told of all he missed when he comes back', async () => {
    const { db, ask } = await open({ limits: { streamBacklog: 2_000 } });
    const response = await ask('/Desk/stream');
    for (let at = 0; at < 50; at++) {
      await db.Desk.create({ Title: 'x'.repeat(200) });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const text = await response.text();
    expect(text.match(/^id: (.+)\nevent: RESYNC/gm)).toHaveLength(2);
    const last = text
      .match(/^id: .+$/gm)
      ?.at(-1)
      ?.slice(4) as string;
    const stream = readEvents(await ask('/Desk/stream', { headers: { 'last-event-id': last } }));
    const told = text.match(/"Title"/g)?.length as number;
    await expect
      .poll(() => stream.events.flatMap(({ data }) => (data as { documents: unknown[] }).documents).length)
      .toBe(50 - told);
    await stream.cancel();
  });
});

describe('a page of another origin', () => {
  const cors = { origins: ['https://desk.example'], credentials: true };
  const from = (origin: string) => ({ headers: { origin } });

  it('is let in when it is listed, letter by letter', async () => {
    const { ask } = await open({ cors });
    const good = await ask('/', from('https://desk.example'));
    expect(good.headers.get('access-control-allow-origin')).toBe('https://desk.example');
    expect(good.headers.get('access-control-allow-credentials')).toBe('true');
    expect(good.headers.get('vary')).toContain('Origin');
    for (const origin of [
      'null',
      'https://desk.example.evil.example',
      'http://desk.example',
      'https://x.desk.example',
    ]) {
      expect((await ask('/', from(origin))).headers.get('access-control-allow-origin')).toBeNull();
      expect((await ask('/pull', { method: 'OPTIONS', ...from(origin) })).status).toBe(403);
    }
    const preflight = await ask('/pull', { method: 'OPTIONS', ...from('https://desk.example') });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, POST']);
  });

  it('is not when none is', async () => {
    const { ask } = await open();
    expect((await ask('/', from('https://desk.example'))).headers.get('access-control-allow-origin')).toBeNull();
  });
});
