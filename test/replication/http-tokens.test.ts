import { describe, expect, test } from 'vitest';
import { http } from '../../src/replication/http.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { never, pushOf } from './requests.ts';
import { failureOf, sendJson, serve } from './serve.ts';

const SILENT = 'the server did not answer in time, or stopped in the middle of an answer';
const NO_TOKEN = 'token() gave no token: it gives a text of visible characters, without spaces';

/** A server that takes one token. */
const serveTo = (good: string) =>
  serve(({ headers, body }, response) => {
    const isGood = headers.authorization === `Bearer ${good}`;
    setTimeout(() => sendJson(response, { push: JSON.parse(body).push, commits: [] }, isGood ? 200 : 401), 20);
  });
const push = pushOf([]);

describe('a token', () => {
  test('is sent with each request, with the headers that were given', async () => {
    const { url, got } = await serveTo('good');
    await http({ url, token: () => 'good', headers: { 'x-tenant': 'a' } }).push(push, never);
    await http({ url, token: async () => 'good', headers: async () => ({ 'x-tenant': 'b' }) }).push(push, never);
    expect(got.map(({ headers }) => headers['x-tenant'])).toEqual(['a', 'b']);
  });

  test('is refreshed once for ten requests that were refused together', async () => {
    const { url, got } = await serveTo('new');
    const asked: boolean[] = [];
    let current = 'old';
    const token = async (refresh: boolean) => {
      asked.push(refresh);
      if (refresh) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        current = 'new';
      }
      return current;
    };
    const remote = http({ url, token });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => remote.push({ ...push, push: i }, never)));
    expect(answers.map((answer) => answer.push)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(asked.filter((refresh) => refresh)).toHaveLength(1);
    expect(got).toHaveLength(20);
  });

  test('that was refused after another had it refreshed is replaced without asking again', async () => {
    let slow = () => {};
    const { url } = await serve(({ headers, body }, response) => {
      const isGood = headers.authorization === 'Bearer new';
      const { push: number } = JSON.parse(body);
      const answer = () => sendJson(response, { push: number, commits: [] }, isGood ? 200 : 401);
      if (number === 1 && !isGood) slow = answer;
      else answer();
    });
    const asked: boolean[] = [];
    const token = (refresh: boolean) => {
      asked.push(refresh);
      return refresh ? 'new' : 'old';
    };
    const remote = http({ url, token });
    const late = remote.push({ ...push, push: 1 }, never);
    await remote.push({ ...push, push: 2 }, never);
    slow();
    await late;
    expect(asked).toEqual([false, false, true]);
  });

  test('that is refused even when it is new is a failure, after two requests', async () => {
    const { url, got } = await serveTo('good');
    const failure = await failureOf(http({ url, token: (refresh) => (refresh ? 'worse' : 'bad') }).push(push, never));
    expect(failure).toMatchObject({ kind: 'unauthorized', code: 'SYNC_UNAUTHORIZED' });
    expect(got.map(({ headers }) => headers.authorization)).toEqual(['Bearer bad', 'Bearer worse']);
  });

  test.each([['two\r\nlines'], [''], ['with space'], [undefined], [5]])(
    'that is %j is none, and is not shown',
    async (bad) => {
      const { url, got } = await serveTo('good');
      const failure = await failureOf(http({ url, token: () => bad as string }).push(push, never));
      expect(failure).toMatchObject({ kind: 'unauthorized', message: NO_TOKEN });
      expect(failure.cause).toBeUndefined();
      expect(got).toEqual([]);
    },
  );

  test('that cannot be had now may be had later', async () => {
    const { url } = await serveTo('good');
    const cause = new Error('offline');
    const failure = await failureOf(http({ url, token: () => Promise.reject(cause) }).push(push, never));
    expect(failure).toMatchObject({ kind: 'retry', code: 'SYNC_UNREACHABLE', cause });
  });

  test('that never comes is waited for no longer than an answer, and asked for anew', async () => {
    const { url } = await serveTo('new');
    const env = createFakeEnvironment();
    let refreshes = 0;
    const token = (refresh: boolean) => {
      if (!refresh) return 'old';
      refreshes++;
      return refreshes === 1 ? new Promise<string>(() => {}) : 'new';
    };
    const remote = http({ url, env, token });
    const first = failureOf(remote.push(push, never));
    while (refreshes === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    env.advance(30_000);
    expect(await first).toMatchObject({ kind: 'retry', message: SILENT });
    expect(await remote.push(push, never)).toEqual({ push: 1, commits: [] });
  });
});

describe('options that are wrong are refused:', () => {
  const url = 'https://sync.test';
  test.each<[string, unknown]>([
    ['none', undefined],
    ['null', null],
    ['no url', {}],
    ['a path', { url: '/sync' }],
    ['a file', { url: 'file:///etc' }],
    ['a user in the url', { url: 'https://me@sync.test' }],
    ['a password in the url', { url: 'https://:pw@sync.test' }],
    ['a query in the url', { url: `${url}?a=1` }],
    ['an unknown one', { url, retries: 5 }],
    ['a token that is a text', { url, token: 'secret' }],
    ['headers that are a text', { url, headers: 'x' }],
    ['a header of two lines', { url, headers: { a: 'b\r\nc: d' } }],
    ['a time that is none', { url, timeoutMs: Number.NaN }],
    ['no time at all', { url, streamTimeoutMs: 0 }],
    ['half a byte', { url, maxBytes: 0.5 }],
    ['gzip by name', { url, gzip: 'yes' }],
  ])('%s', (_, options) => {
    expect(() => http(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
