import { describe, expect, test } from 'vitest';
import { readEvents } from '../../src/replication/read-events.ts';
import { collect, failureOf } from './serve.ts';

async function* split(bytes: Uint8Array, ...at: number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const to of [...at, bytes.length]) {
    yield bytes.slice(from, to);
    from = to;
  }
}
const eventsOf = async (chunks: AsyncIterable<Uint8Array>) =>
  (await collect(readEvents(chunks, 1_000))).flat().map(({ event, data }) => [event, data]);

describe('the events of a stream', () => {
  test.each(['\n', '\r\n', '\r'])(
    'are the same wherever its bytes are cut, with %j at the end of a line',
    async (end) => {
      const text = [
        ': hello',
        'event: documents',
        'data: {"é":"€😀"}',
        '',
        'retry: 5',
        'data: one',
        'data: two',
        '',
        '',
      ];
      const bytes = new TextEncoder().encode(text.concat(':').join(end));
      const events = [
        ['documents', '{"é":"€😀"}'],
        [undefined, 'one\ntwo'],
      ];
      for (let i = 0; i <= bytes.length; i++) expect(await eventsOf(split(bytes, i))).toEqual(events);
      expect(await eventsOf(split(bytes, ...bytes.keys()))).toEqual(events);
    },
  );

  test('are given up where one has no end', async () => {
    const endless = async function* () {
      for (;;) yield new TextEncoder().encode(`data: ${'a'.repeat(100)}\n`);
    };
    expect(await failureOf(eventsOf(endless()))).toMatchObject({ kind: 'retry', code: 'SYNC_LIMIT' });
  });
});
