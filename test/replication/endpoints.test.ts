import { describe, expect, test } from 'vitest';
import { endpoints } from '../../src/replication/endpoints.ts';
import type { StreamMessage } from '../../src/replication/remote.ts';
import { RemoteFailure } from '../../src/replication/remote.ts';
import type { PushRow, WireDocument } from '../../src/replication/wire.ts';
import { never, pullOf, pushOf } from './requests.ts';
import { collect, failureOf } from './serve.ts';

const none = async () => ({ documents: [], checkpoint: null });
const noConflicts = async () => [];

/** A backend of numbered documents, by object. */
function backendOf(counts: Record<string, number>) {
  const asked: [object: string, checkpoint: unknown][] = [];
  const pull = async ({ object, checkpoint, limit }: { object: string; checkpoint: unknown; limit: number }) => {
    asked.push([object, checkpoint]);
    const from = (checkpoint as { n: number } | null)?.n ?? 0;
    const to = Math.min(from + limit, counts[object] ?? 0);
    const documents = Array.from({ length: to - from }, (_, i) => ({ id: `${object}${from + i}`, _deleted: false }));
    return { documents, checkpoint: to === from ? checkpoint : { n: to } };
  };
  return { asked, pull };
}

describe('a pull by functions', () => {
  test('goes through each object page by page, and can be gone on with from any of its checkpoints', async () => {
    const { asked, pull } = backendOf({ A: 5, B: 0, C: 4 });
    const remote = endpoints({ pull, push: noConflicts });
    const request = pullOf(['A', 'B', 'C'], { limit: 2 });
    const pages = await collect(remote.pull(request, never));
    expect(
      pages.map(({ documents }) => documents.map((one) => ('line' in one ? '' : `${one[0]}${one[1].id}`)).join()),
    ).toEqual(['0A0,0A1', '0A2,0A3', '0A4', '', '2C0,2C1', '2C2,2C3', '']);
    expect(pages.map(({ done }) => done)).toEqual([false, false, false, false, false, false, true]);
    expect(asked).toHaveLength(7);
    for (const [i, { checkpoint = null }] of pages.entries()) {
      const rest = await collect(remote.pull({ ...request, checkpoint }, never));
      expect(rest.flatMap(({ documents }) => documents)).toEqual(
        pages.slice(i + 1).flatMap(({ documents }) => documents),
      );
      expect(rest.at(-1)?.checkpoint).toBe(pages.at(-1)?.checkpoint);
    }
  });

  test('ends where a backend gives the same again, heeding neither limit nor checkpoint', async () => {
    const documents = [{ id: '1' }, { id: '2' }, { id: '3' }];
    for (const checkpoint of [null, undefined, { n: 1 }]) {
      let calls = 0;
      const pull = async () => {
        calls++;
        return { documents, checkpoint };
      };
      const pages = await collect(endpoints({ pull, push: noConflicts }).pull(pullOf(['A'], { limit: 3 }), never));
      expect(calls).toBe(2);
      expect(pages.map((page) => [page.documents.length, page.done])).toEqual([
        [3, false],
        [0, true],
      ]);
    }
  });

  test('fails where pages go round in a circle', async () => {
    let n = 0;
    const pull = async () => ({ documents: [{ id: String(n++) }], checkpoint: n % 3 });
    expect(
      await failureOf(endpoints({ pull, push: noConflicts }).pull(pullOf(['A'], { limit: 1 }), never)),
    ).toMatchObject({
      kind: 'retry',
      code: 'SYNC_MALFORMED',
    });
  });

  test('maps what comes, and leaves out what is of no interest', async () => {
    const pull = async () => ({ documents: [{ key: 1, gone: true }, { key: 2 }, 'comment'], checkpoint: 5 });
    const toRecord = (object: string, foreign: unknown) =>
      typeof foreign === 'string'
        ? undefined
        : { id: `${object}-${(foreign as { key: number }).key}`, _deleted: 'gone' in (foreign as object) };
    const [page] = await collect(endpoints({ pull, push: noConflicts, toRecord }).pull(pullOf(['A']), never));
    expect(page?.documents).toEqual([
      [0, { id: 'A-1', _deleted: true }],
      [0, { id: 'A-2', _deleted: false }],
    ]);
  });

  test.each([
    ['nothing', undefined],
    ['no documents', { checkpoint: 1 }],
    ['a document that is a text', { documents: ['a'], checkpoint: 1 }],
    ['a document that is null', { documents: [null], checkpoint: 1 }],
    ['a number without end', { documents: [{ id: '1', a: Number.POSITIVE_INFINITY }], checkpoint: 1 }],
  ])('is refused where a page is %s', async (_, page) => {
    const remote = endpoints({ pull: async () => page as never, push: noConflicts });
    expect(await failureOf(remote.pull(pullOf(['A']), never))).toMatchObject({ code: 'SYNC_MALFORMED' });
  });

  test.each(['x', '{}', '[1]', '[[1,2]]', 'null'])(
    'begins anew for the checkpoint %s of another remote',
    async (checkpoint) => {
      const remote = endpoints({ pull: none, push: noConflicts });
      expect(await failureOf(remote.pull(pullOf(['A'], { checkpoint }), never))).toMatchObject({
        kind: 'reset',
        code: 'SYNC_CHECKPOINT',
        reason: 'lost',
      });
    },
  );

  test('is aborted although the function heeds no signal, and calls it no more', async () => {
    let calls = 0;
    const pull = () => {
      calls++;
      return new Promise<never>(() => {});
    };
    const remote = endpoints({ pull, push: noConflicts });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    expect((await failureOf(remote.pull(pullOf(['A']), controller.signal))).code).toBe('ABORTED');
    expect((await failureOf(remote.pull(pullOf(['A']), controller.signal))).code).toBe('ABORTED');
    expect(calls).toBe(1);
  });

  test('fails with what the function throws', async () => {
    const failure = new RemoteFailure('unauthorized', 'SYNC_FORBIDDEN', 'not today');
    for (const error of [failure, new TypeError('offline')]) {
      const pull = () => {
        throw error;
      };
      expect(await failureOf(endpoints({ pull, push: noConflicts }).pull(pullOf(['A']), never))).toBe(error);
    }
  });
});

describe('a push by functions', () => {
  const row = (object: string, id: string, text: string, assumed?: string): PushRow => ({
    object,
    ...(assumed !== undefined && { assumedMasterState: { id, text: assumed, _deleted: false } }),
    newDocumentState: { id, text, _deleted: false, _deletedWith: null },
  });
  const present = { id: '2', text: 'theirs', _deleted: false };

  test('asks for whole rows, and sends them object by object, in order', async () => {
    const sent: unknown[] = [];
    const push = async ({ object, rows }: { object: string; rows: readonly unknown[] }) => {
      sent.push([object, rows]);
      return [];
    };
    const remote = endpoints({ pull: none, push });
    expect(remote.wholeRows).toBe(true);
    const answer = await remote.push(
      pushOf([[row('A', '1', 'a'), row('B', '9', 'b')], [row('A', '2', 'c', 'b')]], 4),
      never,
    );
    expect(sent).toEqual([
      [
        'A',
        [
          { newDocumentState: { id: '1', text: 'a', _deleted: false } },
          {
            assumedMasterState: { id: '2', text: 'b', _deleted: false },
            newDocumentState: { id: '2', text: 'c', _deleted: false },
          },
        ],
      ],
      ['B', [{ newDocumentState: { id: '9', text: 'b', _deleted: false } }]],
    ]);
    expect(answer).toEqual({
      push: 4,
      commits: [[{ status: 'applied' }, { status: 'applied' }], [{ status: 'applied' }]],
    });
  });

  test('answers a row by what the backend holds of it', async () => {
    const remote = endpoints({ pull: none, push: async () => [present] });
    const { commits } = await remote.push(
      pushOf([[row('A', '1', 'a')], [row('A', '2', 'mine', 'old'), row('A', '3', 'c')]]),
      never,
    );
    expect(commits).toEqual([
      [{ status: 'applied' }],
      [{ status: 'conflict', document: present }, { status: 'applied' }],
    ]);
  });

  test('counts as taken what the backend holds already, as after an answer that was lost', async () => {
    const held = { id: '2', text: 'mine', stamp: 5 };
    const remote = endpoints({ pull: none, push: async () => [held] });
    expect((await remote.push(pushOf([[row('A', '2', 'mine', 'old')]]), never)).commits).toEqual([
      [{ status: 'applied' }],
    ]);
    const deleted = endpoints({ pull: none, push: async () => [{ ...held, _deleted: true }] });
    expect((await deleted.push(pushOf([[row('A', '2', 'mine', 'old')]]), never)).commits[0]?.[0]?.status).toBe(
      'conflict',
    );
  });

  test('goes on from what the backend holds, with fields of its own, where a row changes none of them', async () => {
    const held = { id: '2', text: 'old', stamp: 5, theirs: ['kept'], _deleted: false };
    const calls: unknown[] = [];
    const remote = endpoints({
      pull: none,
      push: async ({ rows }) => {
        calls.push(rows);
        return calls.length === 1 ? [held] : [];
      },
    });
    const rows = [row('A', '1', 'a'), row('A', '2', 'mine', 'old')];
    expect((await remote.push(pushOf([rows]), never)).commits).toEqual([
      [{ status: 'applied' }, { status: 'applied' }],
    ]);
    expect(calls[1]).toEqual([{ assumedMasterState: held, newDocumentState: { ...held, text: 'mine' } }]);
  });

  test('is refused where the backend does not take what goes on from what it holds, lest it go on for ever', async () => {
    let calls = 0;
    const held = { id: '2', text: 'old', stamp: 5, _deleted: false };
    const push = async () => {
      calls++;
      return [held];
    };
    const { commits } = await endpoints({ pull: none, push }).push(pushOf([[row('A', '2', 'mine', 'old')]]), never);
    expect(commits).toMatchObject([[{ status: 'refused', code: 'SYNC_REFUSED' }]]);
    expect(calls).toBe(2);
  });

  test('answers with what the backend holds now, where that changes between', async () => {
    let stamp = 0;
    const push = async () => [{ id: '2', text: stamp === 0 ? 'old' : 'newer', stamp: ++stamp, _deleted: false }];
    const { commits } = await endpoints({ pull: none, push }).push(pushOf([[row('A', '2', 'mine', 'old')]]), never);
    expect(commits).toMatchObject([[{ status: 'conflict', document: { text: 'newer', stamp: 2 } }]]);
  });

  test('sends two changes of one record one after the other', async () => {
    const sent: number[] = [];
    const push = async ({ rows }: { rows: readonly unknown[] }) => {
      sent.push(rows.length);
      return sent.length === 2 ? [present] : [];
    };
    const rows = [row('A', '1', 'a'), row('A', '2', 'b'), row('A', '2', 'c', 'b'), row('A', '3', 'd')];
    const { commits } = await endpoints({ pull: none, push }).push(pushOf([rows]), never);
    expect(sent).toEqual([2, 2]);
    expect(commits[0]?.map(({ status }) => status)).toEqual(['applied', 'applied', 'conflict', 'applied']);
  });

  test('maps both ways', async () => {
    const sent: unknown[] = [];
    const remote = endpoints({
      pull: none,
      push: async ({ rows }) => {
        sent.push(...rows);
        return [{ key: '2', body: 'theirs' }];
      },
      toDocument: (object, { key, text }) => ({ type: object, key, body: text }),
      toRecord: (_, foreign) => {
        const { key, body } = foreign as { key: string; body: string };
        return { key, text: body, _deleted: false };
      },
      idField: () => 'key',
    });
    const rows = [{ object: 'A', newDocumentState: { key: '2', text: 'mine', _deleted: false } }];
    expect((await remote.push(pushOf([rows]), never)).commits).toEqual([
      [{ status: 'conflict', document: { key: '2', text: 'theirs', _deleted: false } }],
    ]);
    expect(sent).toEqual([{ newDocumentState: { type: 'A', key: '2', body: 'mine' } }]);
  });

  test.each<[string, unknown]>([
    ['no array', undefined],
    ['an object', {}],
    ['a document of another record', [{ id: '77' }]],
    ['a document without an id', [{ text: 'a', id: '' }]],
    ['two documents of one record', [present, present]],
    ['a text', ['2']],
  ])('is refused where the answer is %s, lest a row count as taken', async (_, answer) => {
    const remote = endpoints({ pull: none, push: async () => answer as never });
    expect(await failureOf(remote.push(pushOf([[row('A', '2', 'a')]]), never))).toMatchObject({
      kind: 'retry',
      code: 'SYNC_MALFORMED',
    });
  });

  test('wants the name of an id that is none of the usual', async () => {
    const rows = [{ object: 'A', newDocumentState: { key: '2' } as WireDocument }];
    expect((await failureOf(endpoints({ pull: none, push: noConflicts }).push(pushOf([rows]), never))).code).toBe(
      'INVALID_OPTION',
    );
  });
});

describe('a stream by functions', () => {
  const streamOf = (remote: ReturnType<typeof endpoints>, signal = never) =>
    remote.stream?.(pullOf(['A', 'B']), signal) as AsyncIterable<StreamMessage>;

  test('is absent where there is no function for it', () => {
    expect(endpoints({ pull: none, push: noConflicts }).stream).toBeUndefined();
  });

  test('goes on from where the last pull has ended, one object after the other', async () => {
    const { pull } = backendOf({ A: 1, B: 2 });
    const remote = endpoints({
      pull,
      push: noConflicts,
      stream: async function* ({ objects }) {
        expect(objects).toEqual(['A', 'B']);
        yield 'RESYNC';
        yield 'ALIVE';
        yield { object: 'B', documents: [{ id: 'B2' }], checkpoint: { n: 3 } };
        yield { object: 'A', documents: [{ id: 'A1' }], checkpoint: { n: 2 } };
      },
    });
    const end = (await collect(remote.pull(pullOf(['A', 'B']), never))).at(-1)?.checkpoint;
    const [resync, alive, first, second, ...more] = await collect(streamOf(remote));
    expect([resync, alive, more]).toEqual([{ kind: 'resync' }, { kind: 'alive' }, []]);
    expect(first).toMatchObject({ kind: 'documents', after: end, documents: [[1, { id: 'B2' }]] });
    const between = first?.kind === 'documents' ? first.checkpoint : '';
    expect(second).toMatchObject({ kind: 'documents', after: between, documents: [[0, { id: 'A1' }]] });
    const last = second?.kind === 'documents' ? second.checkpoint : null;
    const rest = await collect(remote.pull(pullOf(['A', 'B'], { checkpoint: last }), never));
    expect(rest.flatMap(({ documents }) => documents)).toEqual([]);
  });

  test('asks to pull first where the function does not, and after what cannot be read', async () => {
    const remote = endpoints({
      pull: none,
      push: noConflicts,
      stream: async function* () {
        yield { object: 'A', documents: [], checkpoint: 1 };
        yield { object: 'Z', documents: [], checkpoint: 1 };
        yield { object: 'A', documents: [], checkpoint: undefined };
        yield null as never;
      },
    });
    const kinds = (await collect(streamOf(remote))).map(({ kind }) => kind);
    expect(kinds).toEqual(['resync', 'documents', 'resync', 'resync', 'resync']);
  });

  test('that is left or aborted lets the function end', async () => {
    let ended = 0;
    const remote = endpoints({
      pull: none,
      push: noConflicts,
      stream: async function* ({ signal }) {
        try {
          yield 'RESYNC';
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        } finally {
          ended++;
        }
      },
    });
    for await (const _ of streamOf(remote)) break;
    await Promise.resolve();
    expect(ended).toBe(1);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    expect((await failureOf(streamOf(remote, controller.signal))).code).toBe('ABORTED');
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(ended).toBe(2);
  });
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['no push', { pull: none }],
  ['no pull', { push: noConflicts }],
  ['a pull that is a text', { pull: '/pull', push: noConflicts }],
  ['an unknown option', { pull: none, push: noConflicts, url: 'x' }],
])('endpoints() refuses %s', (_, options) => {
  expect(() => endpoints(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});
