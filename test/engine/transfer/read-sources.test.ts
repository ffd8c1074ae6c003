import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readRows } from '../../../src/engine/transfer/read-rows.ts';
import { bytesOf, cut, readAll, readRecords, VISIT } from './sample-objects.ts';

const RECORDS = [
  { Id: '1', Caption: 'Grüße 🎈' },
  { Id: '2', Caption: 'zwei' },
];
const NDJSON = RECORDS.map((record) => `${JSON.stringify(record)}\n`).join('');

async function* later<T>(chunks: Iterable<T>): AsyncGenerator<T> {
  for (const chunk of chunks) yield chunk;
}

function webStream(chunks: Iterable<unknown>, onCancel: () => void = () => {}): ReadableStream {
  const iterator = chunks[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: onCancel,
  });
}

describe('what a payload can be given as', () => {
  const bytes = bytesOf(NDJSON);
  const sources: [string, () => unknown][] = [
    ['a text', () => NDJSON],
    ['bytes', () => bytes],
    ['an ArrayBuffer', () => bytes.slice().buffer],
    ['a Node Buffer that is a part of its memory', () => Buffer.from(`xx${NDJSON}`).subarray(2)],
    ['an array of texts', () => [...cut(NDJSON, 7)]],
    ['a generator of bytes', () => cut(bytes, 3)],
    ['an async generator of bytes', () => later(cut(bytes, 5))],
    ['an async generator of texts', () => later(cut(NDJSON, 1))],
    ['a web stream of bytes', () => webStream(cut(bytes, 4))],
    ['a Node stream', () => Readable.from(cut(Buffer.from(bytes), 6))],
    ['a Blob', () => new Blob([bytes.slice()])],
    ['a Response', () => new Response(NDJSON)],
    ['a Request', () => new Request('http://localhost/', { method: 'POST', body: NDJSON })],
    ['a list of parsed records', () => RECORDS],
    ['a parsed envelope', () => ({ totalSize: 2, records: RECORDS })],
  ];
  test.each(sources)('%s', async (_, open) => {
    expect(await readRecords(open())).toEqual(RECORDS);
  });

  test('one parsed record', async () => {
    expect(await readAll(RECORDS[0])).toEqual([{ line: 1, value: RECORDS[0] }]);
  });

  test('a response without a body holds nothing', async () => {
    expect(await readAll(new Response(null))).toEqual([]);
  });

  test('a list of nothing and a text of blanks hold nothing', async () => {
    for (const empty of [[], '', ' \r\n\n', { records: [] }, bytesOf('\uFEFF\n'), later([])])
      expect(await readAll(empty)).toEqual([]);
  });

  test.each([null, undefined, 5, true, Symbol('x'), () => '[]', new Date(0), Promise.resolve([])])(
    'anything else is unreadable (%#)',
    async (source) => {
      await expect(readAll(source)).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
    },
  );
});

describe('text that comes in chunks', () => {
  const text = '\uFEFF{"Id":"1","Caption":"ä€🎈"}\r\n\r\n{"Id":"2"}';
  const expected = [
    { line: 1, value: { Id: '1', Caption: 'ä€🎈' } },
    { line: 3, value: { Id: '2' } },
  ];

  test('reads the same wherever the bytes are cut', async () => {
    for (let size = 1; size <= 60; size++) expect(await readAll(cut(bytesOf(text), size))).toEqual(expected);
  });

  test('reads the same wherever the text is cut, in the middle of a character too', async () => {
    for (let size = 1; size <= 40; size++) expect(await readAll([...cut(text, size)])).toEqual(expected);
  });

  test('takes texts and bytes in turn', async () => {
    expect(await readRecords(['{"Id":', bytesOf('"1"'), '}'])).toEqual([{ Id: '1' }]);
  });

  test('skips chunks without anything in them', async () => {
    expect(await readRecords(['', '\uFEFF', '', '{"Id":"1"}', ''])).toEqual([{ Id: '1' }]);
  });
});

describe('a source that fails', () => {
  test('bytes that are no UTF-8 make the whole unreadable', async () => {
    const latin1 = Buffer.from('{"Id":"1","Caption":"Grüße"}', 'latin1');
    await expect(readAll(latin1)).rejects.toMatchObject({
      code: 'UNREADABLE_PAYLOAD',
      message: expect.stringContaining('UTF-8'),
    });
  });

  test('bytes that end within a character make the whole unreadable', async () => {
    await expect(readAll(bytesOf('{"Id":"ä').slice(0, -1))).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
  });

  test('chunks that are neither text nor bytes make the whole unreadable', async () => {
    await expect(readAll(new Set([{ Id: '1' }]))).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
  });

  test('what the source throws goes along as the cause, after the rows read before', async () => {
    const cause = new Error('connection lost');
    async function* broken() {
      yield NDJSON;
      throw cause;
    }
    const rows: unknown[] = [];
    const reading = (async () => {
      for await (const row of readRows(broken(), { definition: VISIT, format: 'ndjson' })) rows.push(row);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD', cause });
    expect(rows).toHaveLength(2);
  });

  test('a response that reports a failure is not read', async () => {
    const response = new Response('{"message":"no"}', { status: 503 });
    await expect(readAll(response)).rejects.toMatchObject({
      code: 'UNREADABLE_PAYLOAD',
      message: expect.stringContaining('503'),
    });
  });

  test('a response or stream that has been read, or is being read, is not taken for an empty one', async () => {
    const response = new Response(NDJSON);
    await response.text();
    await expect(readAll(response)).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
    const drained = { text: async () => '', body: new Blob([]).stream(), bodyUsed: true };
    await expect(readAll(drained)).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
    const stream = webStream([NDJSON]);
    stream.getReader();
    await expect(readAll(stream)).rejects.toMatchObject({ code: 'UNREADABLE_PAYLOAD' });
  });

  test('an unknown format is refused', async () => {
    await expect(readAll('[]', { format: 'xml' as 'json' })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('leaving off', () => {
  const reason = new Error('enough');

  test('a signal raised before leaves the source alone', async () => {
    let touched = false;
    function* source() {
      touched = true;
      yield NDJSON;
    }
    const reading = readAll(source(), { signal: AbortSignal.abort(reason) });
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED', cause: reason });
    expect(touched).toBe(false);
  });

  test('a signal raised between two chunks ends reading and stops the source', async () => {
    const controller = new AbortController();
    let cancelled = false;
    function* chunks() {
      yield NDJSON;
      controller.abort(reason);
      yield NDJSON;
    }
    const stream = webStream(chunks(), () => {
      cancelled = true;
    });
    await expect(readAll(stream, { signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
      cause: reason,
    });
    expect(cancelled).toBe(true);
  });

  test.each([
    ['a stalled stream', (stop: () => void) => new ReadableStream({ cancel: stop })],
    [
      'a stalled iterator',
      (stop: () => void) => ({
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => {}),
          // A generator, too, does not return before what it waits for has come.
          return: () => {
            stop();
            return new Promise<never>(() => {});
          },
        }),
      }),
    ],
  ])('a signal raised while %s gives nothing ends reading at once', async (_, open) => {
    const controller = new AbortController();
    let stopped = false;
    const source = open(() => {
      stopped = true;
    });
    const reading = readAll(source, { signal: controller.signal });
    const ended = expect(reading).rejects.toMatchObject({ code: 'ABORTED', cause: reason });
    await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(reason);
    await ended;
    expect(stopped).toBe(true);
  });

  test('a source that fails because of the same signal has been aborted', async () => {
    const controller = new AbortController();
    // biome-ignore lint/correctness/useYield: this source fails before it gives anything
    async function* source(): AsyncGenerator<string> {
      controller.abort(reason);
      throw new Error('fetch failed');
    }
    await expect(readAll(source(), { signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
      cause: reason,
    });
  });

  test('a signal is looked at between the rows of one chunk and of a parsed list', async () => {
    for (const source of [NDJSON, RECORDS]) {
      const controller = new AbortController();
      const rows = readRows(source, { definition: VISIT, signal: controller.signal });
      await rows.next();
      controller.abort(reason);
      await expect(rows.next()).rejects.toMatchObject({ code: 'ABORTED', cause: reason });
    }
  });

  test('no listener is left on the signal', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners++;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners--;
      remove(...given);
    };
    await readAll(later(cut(NDJSON, 5)), { signal });
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(listeners).toBe(0);
  });

  test.each([
    ['NDJSON', ['{"Id":"1"}\n', '{"Id":"2"}\n', '{"Id":"3"}\n']],
    ['CSV', ['Id\n1\n', '2\n', '3\n']],
  ])('rows of %s come before more is asked of the source', async (format, chunks) => {
    let taken = 0;
    function* source() {
      for (const chunk of chunks) {
        taken++;
        yield chunk;
      }
    }
    const rows = readRows(source(), { definition: VISIT });
    for (let i = 1; i <= 3; i++) {
      expect((await rows.next()).value).toMatchObject({ value: { Id: String(i) } });
      expect(taken).toBe(Math.max(i, format === 'NDJSON' ? 2 : 1));
    }
  });

  test('a reader who leaves off stops the source', async () => {
    let cancelled = false;
    const stream = webStream([NDJSON, NDJSON], () => {
      cancelled = true;
    });
    for await (const row of readRows(stream, { definition: VISIT })) {
      expect(row.line).toBe(1);
      break;
    }
    expect(cancelled).toBe(true);
    expect(stream.locked).toBe(false);
  });
});
