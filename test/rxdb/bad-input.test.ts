import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryStorage } from '../../src/index.ts';
import { getRxStorageSojourn } from '../../src/rxdb/rxdb.ts';
import { codeOf } from '../instruments/any-database.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { byId, hear, note, openNotes, put, write } from '../instruments/rx-documents.ts';
import { expectFrozen } from '../instruments/rx-pair.ts';
import type { AnyRxDocument } from '../instruments/rx-schemas.ts';

/** A value nested in lists and objects. */
function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { value };
  return value;
}

function cyclic(): unknown {
  const value: Record<string, unknown> = { list: [] };
  (value.list as unknown[]).push(value);
  return value;
}

const throwing = {
  get value() {
    throw new TypeError('a getter');
  },
};

const unsayable: Readonly<Record<string, unknown>> = {
  'a BigInt': 1n,
  'a BigInt in a list': [[1n]],
  'a cycle': cyclic(),
  'a cycle by way of toJSON': { toJSON: () => cyclic() },
  'more levels than are allowed': nested(300),
  'more levels than a stack has': nested(200_000),
};

describe('a document that JSON cannot say', () => {
  test('is refused, and nothing of its call is written or heard', async () => {
    for (const kept of [{}, { storage: memoryStorage() }]) {
      const notes = await openNotes(getRxStorageSojourn(kept), { collectionName: 'refused' });
      const bulks = hear(notes);
      for (const [what, value] of Object.entries(unsayable))
        for (const field of ['text', '_meta'] as const) {
          const bad = note('bad', field === 'text' ? { text: value } : { _meta: { lwt: 1, value } });
          const code = await codeOf(() => write(notes, [{ document: note('good') }, { document: bad }]));
          expect([what, field, code]).toEqual([what, field, 'INVALID_TYPE_ON_FIELD_IN_RECORD']);
        }
      const getter = write(notes, [{ document: note('good') }, { document: note('bad', { throwing }) }]);
      await expect(getter).rejects.toThrow(TypeError);
      expect(await notes.findDocumentsById(['good', 'bad'], true)).toEqual([]);
      expect(bulks).toEqual([]);
      await put(notes, note('good'));
      expect(bulks).toHaveLength(1);
      await notes.remove();
    }
  });

  test('is refused where its primary key is no text, or what RxDB adds is not there', async () => {
    const notes = await openNotes(getRxStorageSojourn());
    const without = (name: string) => {
      const document = note('bad') as Record<string, unknown>;
      delete document[name];
      return document as AnyRxDocument;
    };
    const bad = [
      note(undefined as never),
      note(7 as never),
      note(null as never),
      note({} as never),
      note('bad', { _deleted: 'yes' }),
      note('bad', { _rev: 5 }),
      note('bad', { _meta: {} }),
      note('bad', { _meta: { lwt: 'now' } }),
      note('bad', { _meta: { lwt: Number.NaN } }),
      note('bad', { _meta: null }),
      without('_deleted'),
      without('_rev'),
      without('_meta'),
    ];
    for (const document of bad) {
      const code = await codeOf(() => write(notes, [{ document: note('good') }, { document }]));
      expect([JSON.stringify(document), code]).toEqual([JSON.stringify(document), 'INVALID_TYPE_ON_FIELD_IN_RECORD']);
    }
    const rows: readonly unknown[] = [null, {}, { document: null }, { document: 'text' }, { document: undefined }];
    for (const row of rows)
      expect(await codeOf(() => write(notes, [{ document: note('good') }, row as never]))).toBe(
        'INVALID_TYPE_ON_FIELD_IN_RECORD',
      );
    expect(await notes.findDocumentsById(['good', 'bad', '7'], true)).toEqual([]);
    await notes.remove();
  });
});

/** Also where a value has a key like `constructor`, by which matchers tell what it is. */
function expectSameJson(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
  expect(isDeepStrictEqual(found, expected)).toBe(true);
}

describe('a document is kept as JSON says it', () => {
  test('whatever it is, and so it comes back when it is opened again', async () => {
    const odd = fc.constantFrom<unknown>(
      undefined,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      -0,
      new Date(0),
      new Date(Number.NaN),
      new Map([[1, 2]]),
      /x/,
      Symbol('s'),
      () => 1,
      new Number(5),
      new String('boxed'),
      new Boolean(false),
      new Uint8Array([1, 2]),
      Object.create({ inherited: 1 }),
      { toJSON: (key: string) => `of ${key}` },
      { toJSON: () => undefined },
      // biome-ignore lint/suspicious/noSparseArray: what a hole is
      [1, , 3],
      'a\ud800b',
      '\u2028',
    );
    const value = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        odd,
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON', '')), tie('tree'), {
          maxKeys: 3,
        }),
      ),
    })).tree;
    const storage = getRxStorageSojourn({ storage: memoryStorage() });
    const params = { collectionName: 'json' };
    let notes = await openNotes(storage, params);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(value, value, async (one, other) => {
        const id = `${count++}`;
        const document = note(id, { one, _meta: { lwt: 1, other } });
        const expected = JSON.parse(JSON.stringify(document));
        await put(notes, document);
        const held = await byId(notes, id);
        expectSameJson(held, expected);
        expectFrozen(held);
        await notes.close();
        notes = await openNotes(storage, params);
        expectSameJson(await byId(notes, id), expected);
      }),
      lawOptions(40),
    );
    await notes.remove();
  });

  test('and shares nothing with what was given', async () => {
    const notes = await openNotes(getRxStorageSojourn());
    const bulks = hear(notes);
    const document = note('a', { text: 'given', list: [{ n: 1 }], _meta: { lwt: 1, plugin: { n: 1 } } });
    const before = structuredClone(document);
    const writing = write(notes, [{ document }]);
    Object.assign(document, { text: 'changed', _rev: 'other', _deleted: true });
    (document.list as { n: number }[])[0] = { n: 2 };
    (document._meta as unknown as { plugin: { n: number } }).plugin.n = 2;
    await writing;
    expect(await byId(notes, 'a')).toEqual(before);
    expect(bulks[0]?.events[0]?.documentData).toEqual(before);
    expect(Object.isFrozen(document)).toBe(false);
    await notes.remove();
  });

  test('with keys that objects have by nature, and changes none of that', async () => {
    const notes = await openNotes(getRxStorageSojourn());
    const document = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"hasOwnProperty":1}',
    );
    await put(notes, { ...note('a'), ...document, ['__proto__']: { polluted: 1 } } as AnyRxDocument);
    const held = (await byId(notes, 'a')) as Record<string, unknown>;
    expect(Object.keys(held)).toContain('__proto__');
    expect(Object.getPrototypeOf(held)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    await put(notes, note('__proto__'), note('constructor'));
    expect(await notes.findDocumentsById(['__proto__', 'constructor', 'toString'], false)).toHaveLength(2);
    await notes.remove();
  });

  test('however large it is', async () => {
    const storage = getRxStorageSojourn({ storage: memoryStorage() });
    const params = { collectionName: 'large' };
    const notes = await openNotes(storage, params);
    const text = 'ä\u0000"\\'.repeat(500_000);
    const id = 'k'.repeat(20_000);
    await put(notes, note(id, { text }), note('', { text: 'an empty key' }));
    await notes.close();
    const again = await openNotes(storage, params);
    expect((await byId(again, id))?.text === text).toBe(true);
    expect((await byId(again, ''))?.text).toBe('an empty key');
    await again.remove();
  });
});

test('a storage that is opened with what it does not know is refused', async () => {
  const bad: readonly (() => unknown)[] = [
    () => getRxStorageSojourn({ storge: memoryStorage() } as never),
    () => getRxStorageSojourn({ storage: 'disk' } as never),
    () => openNotes(getRxStorageSojourn({ durability: 'strict' })),
    () => openNotes(getRxStorageSojourn({ key: 'a passphrase' })),
    () => openNotes(getRxStorageSojourn({ storage: memoryStorage(), durability: 'never' as never })),
    () => openNotes(getRxStorageSojourn({ storage: {} as never })),
  ];
  for (const call of bad) expect(await codeOf(call as () => Promise<unknown>)).toBe('INVALID_OPTION');
});
