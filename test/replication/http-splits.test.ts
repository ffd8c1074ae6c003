import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { http } from '../../src/replication/http.ts';
import { RemoteFailure, type StreamMessage } from '../../src/replication/remote.ts';
import { PROTOCOL } from '../../src/replication/wire.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { never, pullOf } from './requests.ts';
import { collect } from './serve.ts';

const head = { protocol: PROTOCOL, fields: [['Id', 'Näme']], total: 2 };
const other = { document: [0, { Id: '3', _deleted: true }] };
const rows = [
  head,
  [0, '1', 'é€😀'],
  { checkpoint: 'a', done: false },
  other,
  [0, '2', null],
  { checkpoint: 'b', done: true },
];
const lines = new TextEncoder().encode(rows.map((row) => JSON.stringify(row)).join('\r\n'));
const told = { documents: [[0, { Id: 'é€😀', _deleted: false }]], after: 'a', checkpoint: 'b' };
const events = new TextEncoder().encode(
  `:\n\nevent: documents\r\ndata: ${JSON.stringify(told)}\r\n\r\nevent: resync\ndata:\n\n`,
);

/** A remote whose every answer is these bytes, in parts that end at these places. */
function remoteOf(type: string, bytes: Uint8Array, at: Iterable<number>) {
  const fetch = async () => {
    let from = 0;
    const parts = [...at, bytes.length].map((to) => {
      const part = bytes.slice(from, to);
      from = to;
      return part;
    });
    return new Response(ReadableStream.from(parts) as ReadableStream, { headers: { 'content-type': type } });
  };
  return http({ url: 'http://sync.test', fetch, env: createFakeEnvironment() });
}
const pulled = (bytes: Uint8Array, at: Iterable<number>) =>
  collect(remoteOf('application/x-ndjson', bytes, at).pull(pullOf(['Visit']), never));
const streamed = async (bytes: Uint8Array, at: Iterable<number>) => {
  const stream = remoteOf('text/event-stream', bytes, at).stream?.(pullOf(['Visit']), never);
  const messages = await collect(stream as AsyncIterable<StreamMessage>);
  return messages.filter(({ kind }) => kind !== 'alive');
};

describe('an answer cut anywhere is the same answer:', () => {
  test('a pull', async () => {
    const pages = await pulled(lines, []);
    expect(pages.map(({ documents }) => documents.length)).toEqual([1, 2]);
    for (let i = 0; i <= lines.length; i++) expect(await pulled(lines, [i])).toEqual(pages);
    expect(await pulled(lines, lines.keys())).toEqual(pages);
  });

  test('a stream', async () => {
    const messages = await streamed(events, []);
    expect(messages).toEqual([{ kind: 'documents', ...told }, { kind: 'resync' }]);
    for (let i = 0; i <= events.length; i++) expect(await streamed(events, [i])).toEqual(messages);
    expect(await streamed(events, events.keys())).toEqual(messages);
  });
});

describe('an answer with wrong bytes is taken, or refused by a failure, and nothing else:', () => {
  const wrongs = (length: number) =>
    fc.array(fc.tuple(fc.nat(length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });

  test.each([
    ['a pull', lines, pulled],
    ['a stream', events, streamed],
  ])('%s', async (_, bytes, read) => {
    await fc.assert(
      fc.asyncProperty(wrongs(bytes.length), fc.nat(bytes.length), async (changes, cut) => {
        const wrong = bytes.slice();
        for (const [at, byte] of changes) wrong[at] = byte;
        try {
          await read(wrong, [cut]);
        } catch (error) {
          if (!(error instanceof RemoteFailure)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
