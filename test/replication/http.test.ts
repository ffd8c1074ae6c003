import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { http } from '../../src/replication/http.ts';
import { documentOfRow, type PulledRow } from '../../src/replication/pulled-row.ts';
import type { PullPage, StreamMessage } from '../../src/replication/remote.ts';
import { PROTOCOL } from '../../src/replication/wire.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { never, pullOf, pushOf } from './requests.ts';
import { collect, failureOf, sendJson, serve } from './serve.ts';

const SILENT = 'the server did not answer in time, or stopped in the middle of an answer';

const LINES = { 'content-type': 'application/x-ndjson; charset=utf-8' };
const EVENTS = { 'content-type': 'text/event-stream' };
const head = { protocol: PROTOCOL, fields: [['Id', 'Name'], ['sid']], total: 4 };
const linesOf = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const serveLines = (text: string) =>
  serve((_, response) => {
    response.writeHead(200, LINES);
    response.end(text);
  });
const visits = pullOf(['Visit', 'Call']);

/** A page with the documents that its rows stand for. */
const inDocuments = (page: PullPage) => ({
  ...page,
  documents: page.documents.map((one) => ('line' in one ? [one.place, documentOfRow(one)] : one)),
});

describe('a pull over HTTP', () => {
  test('sends the request as it is, and gives the page that JSON holds', async () => {
    const answer = { documents: [[1, { sid: 'CA1', _deleted: true }]], checkpoint: 'c2', done: true };
    const { url, got } = await serve((_, response) => sendJson(response, answer));
    const request = pullOf(['Visit', 'Call'], { checkpoint: 'c1' });
    expect(await collect(http({ url: `${url}/sync/` }).pull(request, never))).toEqual([answer]);
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({ method: 'POST', path: '/sync/pull' });
    expect(JSON.parse(got[0]?.body ?? '')).toEqual(request);
    expect(got[0]?.headers.accept).toBe('application/json');
  });

  test('goes on from page to page, over connections it has, until the one that is done', async () => {
    const { url, got } = await serve(({ body }, response) => {
      const at = Number(JSON.parse(body).checkpoint ?? 0);
      sendJson(response, { documents: [[0, { Id: String(at) }]], checkpoint: String(at + 1), done: at === 3 });
    });
    const pages = await collect(http({ url }).pull(visits, never));
    expect(pages.map(({ checkpoint, done }) => [checkpoint, done])).toEqual([
      ['1', false],
      ['2', false],
      ['3', false],
      ['4', true],
    ]);
    // A connection is free again a moment after its answer, so the very next request may open a second one.
    expect(new Set(got.map(({ port }) => port)).size).toBeLessThanOrEqual(2);
  });

  test('that does not move on, or goes round in a circle, fails', async () => {
    for (const next of [(at: number) => at, (at: number) => (at + 1) % 3]) {
      const { url } = await serve(({ body }, response) => {
        const at = Number(JSON.parse(body).checkpoint ?? 0);
        sendJson(response, { documents: [], checkpoint: String(next(at)), done: false });
      });
      expect(await failureOf(http({ url }).pull(visits, never))).toMatchObject({
        kind: 'retry',
        code: 'SYNC_MALFORMED',
      });
    }
  });

  test('asks for lines where much is to be expected, and gives records of rows', async () => {
    const other = { Id: '2', Name: 'x', _deleted: false, _deletedWith: ['Call', 'CA1'] };
    const { url, got } = await serveLines(
      linesOf(head, [0, '1', 'é€😀'], [1, 'CA1'], { document: [0, other] }, { checkpoint: 'a', done: false }) +
        linesOf([0, '3', null], { checkpoint: 'b', done: true }),
    );
    const pages = await collect(http({ url }).pull(visits, never));
    expect(pages.map(inDocuments)).toEqual([
      {
        documents: [
          [0, { Id: '1', Name: 'é€😀', _deleted: false }],
          [1, { sid: 'CA1', _deleted: false }],
          [0, other],
        ],
        checkpoint: 'a',
        done: false,
        total: 4,
      },
      { documents: [[0, { Id: '3', Name: null, _deleted: false }]], checkpoint: 'b', done: true, total: 4 },
    ]);
    expect(got[0]?.headers.accept).toBe('application/x-ndjson, application/json');
  });

  test('of 20,000 rows comes in pages of a thousand', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `Field${i}__c`);
    const rows = Array.from({ length: 20_000 }, (_, i) => [0, `id${i}`, ...names.slice(1).map((name) => name + i)]);
    const text = linesOf({ protocol: PROTOCOL, fields: [names], total: rows.length }, ...rows, {
      checkpoint: 'z',
      done: true,
    });
    const { url } = await serve((_, response) => {
      response.writeHead(200, { ...LINES, 'content-encoding': 'gzip' });
      response.end(gzipSync(text, { level: 1 }));
    });
    const pages = await collect(http({ url }).pull(pullOf(['Visit']), never));
    expect(pages.map(({ documents }) => documents.length)).toEqual(Array(20).fill(1_000));
    expect(pages.map(({ checkpoint }) => checkpoint)).toEqual([...Array(19).fill(undefined), 'z']);
    expect(documentOfRow(pages[19]?.documents[999] as PulledRow)).toMatchObject({
      Field0__c: 'id19999',
      Field19__c: 'Field19__c19999',
    });
  });

  test('that is cut off gives what was marked, and fails', async () => {
    const whole = linesOf(head, [0, '1', 'a'], { checkpoint: 'a', done: false }, [0, '2', 'b'], {
      checkpoint: 'b',
      done: true,
    });
    for (let length = 0; length < whole.length - 1; length += 7) {
      const { url } = await serveLines(whole.slice(0, length));
      const pages: unknown[] = [];
      const pull = async () => {
        for await (const { checkpoint, done } of http({ url }).pull(visits, never)) pages.push([checkpoint, done]);
      };
      expect(await failureOf(pull())).toMatchObject({ kind: 'retry', code: 'SYNC_MALFORMED' });
      expect(pages.length).toBeLessThanOrEqual(1);
    }
  });

  test('whose connection breaks fails as one that may pass', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, LINES);
      response.write(linesOf(head, [0, '1', 'a']));
      setTimeout(() => response.destroy(), 20);
    });
    expect(await failureOf(http({ url }).pull(visits, never))).toMatchObject({
      kind: 'retry',
      code: 'SYNC_UNREACHABLE',
    });
  });

  test('that is left early lets the server know', async () => {
    const { url, left } = await serve((_, response) => {
      response.writeHead(200, LINES);
      response.write(linesOf(head, { checkpoint: 'a', done: false }));
    });
    for await (const { checkpoint } of http({ url }).pull(visits, never)) {
      expect(checkpoint).toBe('a');
      break;
    }
    await left;
  });

  test('that is aborted ends with ABORTED, before, at the answer and within the body', async () => {
    const { url, left } = await serve(({ path }, response) => {
      if (path.startsWith('/body')) response.writeHead(200, LINES).write(linesOf(head));
    });
    for (const base of [url, `${url}/body`]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 50);
      expect((await failureOf(http({ url: base }).pull(visits, controller.signal))).code).toBe('ABORTED');
      expect((await failureOf(http({ url: base }).pull(visits, controller.signal))).code).toBe('ABORTED');
    }
    await left;
  });
});

describe('a push over HTTP', () => {
  const row = { object: 'Visit', newDocumentState: { Id: '1', Note: 'n'.repeat(20_000) } };
  const request = pushOf([[row], [row, row]], 7);
  const answer = {
    push: 7,
    commits: [[{ status: 'applied', set: { Name: 'V-1' } }], [{ status: 'missing' }, { status: 'held' }]],
  };

  test('sends the rows and gives the answers', async () => {
    const { url, got } = await serve((_, response) => sendJson(response, answer));
    expect(await http({ url }).push(request, never)).toEqual(answer);
    expect(got[0]).toMatchObject({ method: 'POST', path: '/push' });
    expect(got[0]?.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(got[0]?.body ?? '')).toEqual(request);
  });

  test('is compressed where that is wished for and worth it', async () => {
    const { url, got } = await serve(({ body }, response) =>
      sendJson(response, { ...answer, commits: JSON.parse(body).commits.length === 2 ? answer.commits : [] }),
    );
    await http({ url, gzip: true }).push(request, never);
    await http({ url, gzip: true }).push(pushOf([], 7), never);
    expect(got.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', undefined]);
    expect(Number(got[0]?.headers['content-length'])).toBeLessThan(1_000);
    expect(JSON.parse(got[0]?.body ?? '')).toEqual(request);
  });

  test.each([
    ['another number', { ...answer, push: 8 }],
    ['a commit too few', { ...answer, commits: answer.commits.slice(1) }],
    ['a row too many', { ...answer, commits: [answer.commits[1], answer.commits[0]] }],
    ['a status that is none', { ...answer, commits: [[{ status: 'fine' }], answer.commits[1]] }],
    ['nothing', null],
  ])('is not answered by %s', async (_, wrong) => {
    const { url } = await serve((_got, response) => sendJson(response, wrong));
    expect(await failureOf(http({ url }).push(request, never))).toMatchObject({
      kind: 'retry',
      code: 'SYNC_MALFORMED',
    });
  });
});

describe('a stream over HTTP', () => {
  const told = { documents: [[0, { Id: '1', _deleted: false }]], after: 'a', checkpoint: 'b' };
  const eventOf = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  const streamed = async (text: string) => {
    const { url, got } = await serve((_, response) => response.writeHead(200, EVENTS).end(text));
    const messages = await collect(http({ url }).stream?.(visits, never) as AsyncIterable<StreamMessage>);
    expect(got[0]).toMatchObject({ method: 'POST', path: '/stream' });
    expect(messages.some(({ kind }) => kind === 'alive')).toBe(true);
    return messages.filter(({ kind }) => kind !== 'alive');
  };

  test('tells what its events say, passes over those it does not know, and ends with it', async () => {
    const text = `: hello\n\n${eventOf('documents', told)}${eventOf('weather', 1)}data: x\n\n${eventOf('resync', {})}`;
    expect(await streamed(text)).toEqual([{ kind: 'documents', ...told }, { kind: 'resync' }]);
  });

  test.each([
    ['no JSON', 'event: documents\ndata: {"doc\n\n'],
    ['another shape', eventOf('documents', { ...told, after: 1 })],
    ['an object that was not asked for', eventOf('documents', { ...told, documents: [[2, {}]] })],
    [
      'a number without end',
      'event: documents\ndata: {"documents":[[0,{"a":1e999}]],"after":"a","checkpoint":"b"}\n\n',
    ],
  ])('asks to pull after an event of %s', async (_, text) => {
    expect(await streamed(text + eventOf('documents', told))).toEqual([
      { kind: 'resync' },
      { kind: 'documents', ...told },
    ]);
  });

  test('that falls silent is given up, and not before', async () => {
    const { url, left } = await serve((_, response) => response.writeHead(200, EVENTS).write(': hello\n\n'));
    const env = createFakeEnvironment();
    const remote = http({ url, env });
    const messages = remote.stream?.(visits, never)[Symbol.asyncIterator]() as AsyncIterator<StreamMessage>;
    expect(await messages.next()).toEqual({ done: false, value: { kind: 'alive' } });
    let isOver = false;
    const next = failureOf(messages.next() as Promise<unknown>).then((failure) => {
      isOver = true;
      return failure;
    });
    env.advance(39_999);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isOver).toBe(false);
    env.advance(1);
    expect(await next).toMatchObject({ kind: 'retry', code: 'SYNC_UNREACHABLE', message: SILENT });
    await left;
  });

  test('lives as long as the server makes itself heard', async () => {
    const env = createFakeEnvironment();
    let beat = () => {};
    const { url } = await serve((_, response) => {
      let beats = 0;
      beat = () => (++beats === 5 ? response.end() : response.write(':\n\n'));
      response.writeHead(200, EVENTS);
      beat();
    });
    for await (const message of http({ url, env }).stream?.(visits, never) ?? []) {
      expect(message).toEqual({ kind: 'alive' });
      env.advance(30_000);
      beat();
    }
    expect(env.now()).toBeGreaterThan(createFakeEnvironment().now() + 60_000);
  });

  test('ends with ABORTED when it is aborted, and closes its connection', async () => {
    const { url, left } = await serve((_, response) => response.writeHead(200, EVENTS).write(':\n\n'));
    const controller = new AbortController();
    const stream = http({ url }).stream?.(visits, controller.signal) as AsyncIterable<StreamMessage>;
    const end = failureOf(
      (async () => {
        for await (const _ of stream) setTimeout(() => controller.abort(), 10);
      })(),
    );
    expect((await end).code).toBe('ABORTED');
    await left;
  });
});
