import { normalizeMangoQuery, prepareQuery } from 'rxdb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DocumentEntry } from '../../src/rxdb/document-entry.ts';
import { getRxStorageSojourn, type RxSojournInternals } from '../../src/rxdb/rxdb.ts';
import { type AnyRxInstance, byId, changed, note, noteSchema, openNotes, write } from '../instruments/rx-documents.ts';
import type { AnyRxQuery } from '../instruments/rx-queries.ts';
import type { AnyRxDocument } from '../instruments/rx-schemas.ts';

const COUNT = 8_192;
const schema = noteSchema();
let notes: AnyRxInstance;
/** Paths of which a reader was made, for an index. */
let paths: string[];
let reads: number;
let documents: ReturnType<typeof vi.spyOn>;

/** Counts what indexes read of documents, and how often a document is asked for, which is at least as often as one is made. */
beforeEach(async () => {
  notes = await openNotes(getRxStorageSojourn());
  const { layout } = (notes.internals as RxSojournInternals).collection;
  const reader = layout.reader.bind(layout);
  paths = [];
  Object.assign(layout, {
    reader: (path: string) => {
      paths.push(path);
      const read = reader(path);
      return (entry: DocumentEntry) => {
        reads++;
        return read(entry);
      };
    },
  });
  documents = vi.spyOn(DocumentEntry.prototype, 'document', 'get');
  // Every 5th number in turn, so that they come in no order.
  const rows = Array.from({ length: COUNT }, (_, i) => ({
    document: note(`n${i}`, { rank: (i * 5) % COUNT, text: i % 2 === 0 ? 'even' : 'odd' }),
  }));
  expect(await write(notes, rows)).toEqual([]);
  restart();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await notes.remove();
});

function restart(): void {
  reads = 0;
  documents.mockClear();
}

const built = () => documents.mock.calls.length;
const prepared = (query: AnyRxQuery) => prepareQuery(schema, normalizeMangoQuery(schema, query as never)) as never;

async function find(query: AnyRxQuery): Promise<readonly AnyRxDocument[]> {
  return (await notes.query(prepared(query))).documents as unknown as AnyRxDocument[];
}

/** The index is made by whoever asks first. */
async function warm(): Promise<void> {
  await find({ selector: { _deleted: false, rank: 0 } });
  restart();
}

describe('a page by an index', () => {
  const selector = { _deleted: false, rank: { $gte: 4_000 } };

  test('reads no more of the collection than it gives', async () => {
    await warm();
    for (const query of [
      { selector, sort: [{ rank: 'asc' as const }], limit: 20 },
      { selector, sort: [{ rank: 'desc' as const }], limit: 20 },
      { selector, sort: [{ rank: 'desc' as const }, { id: 'desc' as const }], limit: 20 },
      { selector, sort: [{ rank: 'asc' as const }], skip: 2_000, limit: 20 },
    ]) {
      restart();
      const found = await find(query);
      expect(found).toHaveLength(20);
      expect(built()).toBeLessThanOrEqual(21);
      expect(reads).toBeLessThan(150);
    }
  });

  test('reads on past what does not meet the rest of the selector', async () => {
    await warm();
    expect(
      await find({ selector: { ...selector, text: { $ne: 'odd' } }, sort: [{ rank: 'asc' }], limit: 20 }),
    ).toHaveLength(20);
    expect(built()).toBeLessThanOrEqual(20 * 2 * 2 + 2);
    expect(reads).toBeLessThan(100);
  });

  test('that wants nothing reads nothing', async () => {
    await warm();
    expect(await find({ selector, sort: [{ rank: 'asc' }], limit: 0 })).toEqual([]);
    expect(built()).toBe(0);
  });
});

test('a count of a range is known from its ends, and makes no document', async () => {
  await warm();
  const query = prepared({ selector: { _deleted: false, rank: { $gt: 100, $lte: 5_100 } } });
  expect((await notes.count(query)).count).toBe(5_000);
  expect(built()).toBe(0);
  expect(reads).toBeLessThan(100);
});

describe('a write', () => {
  test('makes no document where nobody listens', async () => {
    await warm();
    await write(notes, [{ document: note('more', { rank: 1 }) }]);
    expect([built(), reads]).toEqual([0, 0]);
  });

  test('is taken in by an index in steps that grow with the logarithm of the collection', async () => {
    await warm();
    const first = (await byId(notes, 'n7')) as AnyRxDocument;
    restart();
    await write(notes, [changed(first, { rank: 77 })]);
    expect(reads).toBe(0);
    expect(await find({ selector: { _deleted: false, rank: 77 }, limit: 1 })).toHaveLength(1);
    // Out of one place and into another, each by halves over pages and within one.
    expect(reads).toBeLessThan(6 * 2 * Math.log2(COUNT) + 40);
  });

  test('of one document many times over is taken in once', async () => {
    await warm();
    let last = (await byId(notes, 'n7')) as AnyRxDocument;
    for (let rank = 0; rank < 100; rank++) {
      const row = changed(last, { rank });
      await write(notes, [row]);
      last = row.document;
    }
    restart();
    await find({ selector: { _deleted: false, rank: 99 }, limit: 1 });
    expect(reads).toBeLessThan(6 * 2 * Math.log2(COUNT) + 40);
  });
});

test('an index that no query asks for is never made', async () => {
  await find({ selector: { text: 'even', _deleted: false }, limit: 1 });
  await write(notes, [{ document: note('more', { rank: 1, text: 'even' }) }]);
  await notes.findDocumentsById(['more'], false);
  await notes.getChangedDocumentsSince?.(5, undefined as never);
  await notes.cleanup(0);
  expect(new Set(paths)).toEqual(new Set(['_deleted', 'text', 'id']));
});

test('a cleanup takes some thousands at a time, and says whether there are more', async () => {
  const rows = Array.from({ length: COUNT }, (_, i) => ({ document: note(`gone${i}`, { _deleted: true }) }));
  await write(notes, rows);
  restart();
  expect([await notes.cleanup(0), await notes.cleanup(0), await notes.cleanup(0)]).toEqual([false, true, true]);
  expect(built()).toBe(0);
  expect(await notes.findDocumentsById(['gone0', 'n0', `gone${COUNT - 1}`], true)).toHaveLength(1);
});

test('changes since a checkpoint are read from there on', async () => {
  const all = await notes.getChangedDocumentsSince?.(COUNT, undefined as never);
  await write(notes, [{ document: note('more') }, { document: note('and more') }]);
  restart();
  const page = await notes.getChangedDocumentsSince?.(10, all?.checkpoint as { readonly seq: number });
  expect(page?.documents.map(({ id }) => id)).toEqual(['more', 'and more']);
  expect(built()).toBe(2);
});

test('a document is made once, and is the same object however it is come by', async () => {
  const [found] = await find({ selector: { rank: 35, _deleted: false } });
  expect(found?.id).toBe('n7');
  expect(await byId(notes, 'n7')).toBe(found);
  const page = await notes.getChangedDocumentsSince?.(8, undefined as never);
  expect(page?.documents[7]).toBe(found);
});
