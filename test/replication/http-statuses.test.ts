import { describe, expect, test } from 'vitest';
import { http } from '../../src/replication/http.ts';
import { createFakeEnvironment, NOON_MS } from '../instruments/fake-environment.ts';
import { never, pullOf } from './requests.ts';
import { failureOf, sendJson, serve } from './serve.ts';

const secret = 'Jane Doe, 0171-555';
const fail = async (status: number, error: object = {}, headers: Record<string, string> = {}) => {
  const { url } = await serve((_, response) =>
    sendJson(response, { error: { code: 'X', message: secret, ...error } }, status, headers),
  );
  const env = { ...createFakeEnvironment(), wake: () => () => {} };
  return failureOf(http({ url, env }).pull(pullOf(['Visit']), never));
};

describe('a status stands for a failure:', () => {
  test.each([
    [301, 'retry', 'SYNC_MALFORMED'],
    [302, 'retry', 'SYNC_MALFORMED'],
    [307, 'retry', 'SYNC_MALFORMED'],
    [400, 'refused', 'SYNC_REFUSED'],
    [401, 'unauthorized', 'SYNC_UNAUTHORIZED'],
    [403, 'unauthorized', 'SYNC_FORBIDDEN'],
    [408, 'retry', 'SYNC_UNREACHABLE'],
    [409, 'refused', 'SYNC_REFUSED'],
    [410, 'reset', 'SYNC_CHECKPOINT'],
    [413, 'large', 'SYNC_LIMIT'],
    [415, 'refused', 'SYNC_REFUSED'],
    [418, 'refused', 'SYNC_REFUSED'],
    [425, 'retry', 'SYNC_UNREACHABLE'],
    [426, 'outdated', 'SYNC_OUTDATED'],
    [429, 'retry', 'SYNC_LIMIT'],
    [500, 'retry', 'SYNC_UNREACHABLE'],
    [501, 'retry', 'SYNC_UNREACHABLE'],
    [502, 'retry', 'SYNC_UNREACHABLE'],
    [503, 'retry', 'SYNC_UNREACHABLE'],
    [504, 'retry', 'SYNC_UNREACHABLE'],
    [599, 'retry', 'SYNC_UNREACHABLE'],
  ])('%i is %s with %s, in words of ours alone', async (status, kind, code) => {
    const failure = await fail(status, {}, { location: 'http://127.0.0.1:9/' });
    expect(failure).toMatchObject({ kind, code, message: `the server answered ${status}` });
    expect(failure.retryAfterMs).toBeUndefined();
  });

  test.each([404, 405])('%i says that nothing there speaks the format, and may pass', async (status) => {
    expect(await fail(status)).toMatchObject({
      kind: 'retry',
      code: 'NOT_FOUND',
      message: `nothing at /pull speaks this format (${status}): check the url, or wait until the server is there`,
    });
  });

  test('404 for an object names the object, if it was asked for, and takes no other name over', async () => {
    const named = await fail(404, { code: 'NOT_FOUND', object: 'Visit' });
    expect(named).toMatchObject({ kind: 'retry', code: 'NOT_FOUND' });
    expect(named.message).toBe('the server does not serve Visit: add it to its objects, or leave it out here');
    for (const object of [secret, 'toString', 7])
      expect((await fail(404, { object })).message).toMatch(/^nothing at \/pull speaks/);
  });

  test('426 names the object with both its versions, or those of the format', async () => {
    const ofObject = await fail(426, { object: 'Visit', versions: [2, 3] });
    expect(ofObject.message).toBe('the server takes Visit in version 2 or 3, and this database has version 0');
    expect((await fail(426, { protocol: 2 })).message).toBe(
      'the server speaks version 2 of the wire format, and this program version 1',
    );
    for (const wrong of [{ object: secret, versions: [2] }, { object: 'Visit', versions: [secret] }, { protocol: '2' }])
      expect((await fail(426, wrong)).message).toBe('the server answered 426');
  });

  test('409 with SYNC_CLIENT says that the name is used by another', async () => {
    expect(await fail(409, { code: 'SYNC_CLIENT' })).toMatchObject({
      kind: 'cloned',
      code: 'SYNC_CLIENT',
      message: 'the server answered 409 (SYNC_CLIENT)',
    });
  });

  test.each([
    ['too-old', 'too-old'],
    ['lost', 'lost'],
    ['rights', 'rights'],
    ['whim', 'lost'],
    [undefined, 'lost'],
  ])('410 with the reason %s asks to begin anew because of %s', async (reason, taken) => {
    expect(await fail(410, { code: 'SYNC_CHECKPOINT', reason })).toMatchObject({ kind: 'reset', reason: taken });
  });

  test.each([
    ['17', 17_000],
    ['86400', 3_600_000],
    [new Date(NOON_MS + 42_000).toUTCString(), 42_000],
    ['never', undefined],
  ])('503 with a Retry-After of %s tells a wait of %s ms', async (header, ms) => {
    expect((await fail(503, {}, { 'retry-after': header })).retryAfterMs).toBe(ms);
  });

  test('an error whose body is HTML, cut off or huge is known by its status', async () => {
    for (const body of ['<html>', '{"error":{"code":"SYNC_CLI', `{"a":"${'a'.repeat(1_000_000)}"}`, 'null', '[]', '']) {
      const { url } = await serve((_, response) => {
        response.writeHead(409, { 'content-type': 'application/json' });
        response.end(body);
      });
      expect(await failureOf(http({ url }).pull(pullOf(['Visit']), never))).toMatchObject({ kind: 'refused' });
    }
  });

  test('a redirect is not followed, so that nothing is sent to another host', async () => {
    const other = await serve((_, response) => sendJson(response, {}));
    const { url } = await serve((_, response) => {
      response.writeHead(307, { location: `${other.url}/pull` });
      response.end();
    });
    expect(await failureOf(http({ url }).pull(pullOf(['Visit']), never))).toMatchObject({ kind: 'retry' });
    expect(other.got).toEqual([]);
  });
});
