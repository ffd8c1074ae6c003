import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { http } from '../../src/replication/http.ts';
import { PROTOCOL } from '../../src/replication/wire.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { never, pullOf, pushOf } from './requests.ts';
import { failureOf, sendJson, serve } from './serve.ts';

const SILENT = 'the server did not answer in time, or stopped in the middle of an answer';

const JSON_TYPE = { 'content-type': 'application/json' };
const LINES = { 'content-type': 'application/x-ndjson' };
const answerWith = (headers: Record<string, string>, body: string | Buffer) =>
  serve((_, response) => response.writeHead(200, headers).end(body));
const failWith = async (headers: Record<string, string>, body: string | Buffer) =>
  failureOf(http({ url: (await answerWith(headers, body)).url }).pull(pullOf(['Visit']), never));
const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const page = (document: string) => `{"documents":[[0,${document}]],"checkpoint":"c","done":true}`;
const head = JSON.stringify({ protocol: PROTOCOL, fields: [['Id', 'Name']], total: 1 });
const end = '{"checkpoint":"c","done":true}\n';

describe('an answer is refused as one that may pass where it is', () => {
  test.each<[string, Record<string, string>, string | Buffer]>([
    ['the page of a portal', { 'content-type': 'text/html' }, '<html>Please log in</html>'],
    ['of no media type', {}, page('{}')],
    ['of another charset', { 'content-type': 'application/json; charset=iso-8859-1' }, page('{}')],
    ['of UTF-16 that claims to be UTF-8', JSON_TYPE, Buffer.from(page('{}'), 'utf16le')],
    ['not UTF-8', JSON_TYPE, Buffer.from(page('{"Name":"é"}'), 'latin1')],
    ['empty', JSON_TYPE, ''],
    ['cut off', JSON_TYPE, page('{"Id":"1"}').slice(0, -3)],
    ['null', JSON_TYPE, 'null'],
    ['an array', JSON_TYPE, '[]'],
    ['100,000 levels deep', JSON_TYPE, page(`{"a":${deep(100_000)}}`)],
    ['a document that is an array', JSON_TYPE, page('[]')],
    ['a number without end', JSON_TYPE, page('{"Id":"1","a":1e999}')],
    ['NaN', JSON_TYPE, page('{"Id":"1","a":NaN}')],
    ['a key that names a prototype', JSON_TYPE, page('{"__proto__":{"isAdmin":true}}')],
    ['of an object that was not asked for', JSON_TYPE, page('{}').replace('[0', '[1')],
    ['of a place below nothing', JSON_TYPE, page('{}').replace('[0', '[-1')],
    ['without a checkpoint', JSON_TYPE, '{"documents":[],"done":true}'],
    ['lines without a head', LINES, `[0,"1","a"]\n${end}`],
    ['lines whose head has fields of more objects', LINES, `${head.replace(']]', '],[]]')}\n${end}`],
    ['lines whose field names a prototype', LINES, `${head.replace('Name', '__proto__')}\n[0,"1",{"a":1}]\n${end}`],
    ['a row too short', LINES, `${head}\n[0,"1"]\n${end}`],
    ['a row too long', LINES, `${head}\n[0,"1","a","b"]\n${end}`],
    ['a row of another object', LINES, `${head}\n[1,"1","a"]\n${end}`],
    ['a row of the place "0"', LINES, `${head}\n["0","1","a"]\n${end}`],
    ['a row of the place 0.5', LINES, `${head}\n[0.5,"1","a"]\n${end}`],
    ['an empty row', LINES, `${head}\n[]\n${end}`],
    ['a row with a number without end', LINES, `${head}\n[0,"1",-1e999]\n${end}`],
    ['a row 100,000 levels deep', LINES, `${head}\n[0,"1",${deep(100_000)}]\n${end}`],
    ['a row with a prototype in a value', LINES, `${head}\n[0,"1",{"__proto__":{}}]\n${end}`],
    ['a line that is neither', LINES, `${head}\n{"hello":1}\n${end}`],
    ['a line of text', LINES, `${head}\nhello\n${end}`],
    ['a document with a prototype', LINES, `${head}\n{"document":[0,{"__proto__":{}}]}\n${end}`],
  ])('%s', async (_, headers, body) => {
    const failure = await failWith(headers, body);
    expect(failure).toMatchObject({ kind: 'retry', code: 'SYNC_MALFORMED' });
    expect(failure.cause).toBeUndefined();
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test('lines of another version of the protocol', async () => {
    const failure = await failWith(LINES, `${head.replace(String(PROTOCOL), '2')}\n${end}`);
    expect(failure).toMatchObject({ kind: 'outdated', code: 'SYNC_OUTDATED' });
  });

  test('larger than was allowed, counted as it unfolds, so that a gzip bomb is not unfolded', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 2 ** 20, ' '));
    expect(bomb.length).toBeLessThan(200_000);
    const { url } = await answerWith({ ...JSON_TYPE, 'content-encoding': 'gzip' }, bomb);
    const before = process.memoryUsage().rss;
    const failure = await failureOf(http({ url, maxBytes: 2 ** 20 }).pull(pullOf(['Visit']), never));
    expect(failure).toMatchObject({ kind: 'retry', code: 'SYNC_LIMIT' });
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 2 ** 20);
  });

  test('without end, and is left there', async () => {
    const { url, left } = await serve((_, response) => {
      response.writeHead(200, LINES);
      response.write(`${head}\n`);
      const more = () => {
        while (response.writable && response.write(`${'[0,"1","aaaaaaaaaaaaaaaaaaaa"]\n'.repeat(500)}`));
        response.once('drain', more);
      };
      more();
    });
    const failure = await failureOf(http({ url, maxBytes: 2 ** 21 }).pull(pullOf(['Visit']), never));
    expect(failure).toMatchObject({ kind: 'retry', code: 'SYNC_LIMIT' });
    await left;
  });
});

describe('a server that cannot be reached is one that may be later:', () => {
  test('nobody listens', async () => {
    const failure = await failureOf(http({ url: 'http://127.0.0.1:1/' }).pull(pullOf(['Visit']), never));
    expect(failure).toMatchObject({ kind: 'retry', code: 'SYNC_UNREACHABLE' });
    expect(failure.cause).toBeInstanceOf(Error);
  });

  test('it speaks no TLS', async () => {
    const { url } = await serve((_, response) => response.end());
    const failure = await failureOf(http({ url: url.replace('http:', 'https:') }).pull(pullOf(['Visit']), never));
    expect(failure).toMatchObject({ kind: 'retry', code: 'SYNC_UNREACHABLE' });
  });

  test('it never answers', async () => {
    const env = createFakeEnvironment();
    const { url, left } = await serve(() => env.advance(5_000));
    const failure = await failureOf(http({ url, env, timeoutMs: 5_000 }).pull(pullOf(['Visit']), never));
    expect(failure).toMatchObject({ kind: 'retry', code: 'SYNC_UNREACHABLE', message: SILENT });
    await left;
  });

  test('it takes long to send much to, which is no silence', async () => {
    const env = createFakeEnvironment();
    const row = { object: 'Visit', newDocumentState: { Id: 'x'.repeat(320_000) } };
    const { url } = await serve((_, response) => {
      env.advance(14_999);
      sendJson(response, { push: 1, commits: [[{ status: 'applied' }]] });
    });
    const remote = http({ url, env, timeoutMs: 5_000 });
    expect((await remote.push(pushOf([[row]]), never)).push).toBe(1);
    expect(await failureOf(remote.push(pushOf([]), never))).toMatchObject({ kind: 'retry', code: 'SYNC_UNREACHABLE' });
  });

  test('what makes the requests heeds no signal', async () => {
    const env = createFakeEnvironment();
    let isCancelled = false;
    const body = new ReadableStream({
      cancel() {
        isCancelled = true;
      },
    });
    let answer: ((response: Response) => void) | undefined;
    const fetch = () =>
      new Promise<Response>((resolve) => {
        answer = resolve;
      });
    const failed = failureOf(http({ url: 'http://sync.test', env, fetch }).pull(pullOf(['Visit']), never));
    await expect.poll(() => answer).toBeDefined();
    env.advance(30_000);
    expect(await failed).toMatchObject({ kind: 'retry', code: 'SYNC_UNREACHABLE' });
    answer?.(new Response(body));
    await expect.poll(() => isCancelled).toBe(true);
  });
});
