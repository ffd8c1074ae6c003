/** What a storage of RxDB is asked here, and how each is timed: calls awaited one after another, as RxDB makes them. */

import { fillWithDefaultSettings, normalizeMangoQuery, now, prepareQuery } from 'rxdb/plugins/core';
import { below, createRandom } from '../random.mjs';

const SPREAD = 10_000_000;
const BATCH = 10_000;
const CATEGORIES = 100;
const PAGE = 20;

export const SCHEMA = fillWithDefaultSettings({
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 20 },
    category: { type: 'string', maxLength: 20 },
    n: { type: 'integer', minimum: 0, maximum: SPREAD, multipleOf: 1 },
    title: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    nested: { type: 'object', properties: { a: { type: 'number' } } },
  },
  required: ['category', 'n'],
  indexes: [['category', 'n'], ['n']],
});

function makeDocuments(size) {
  const random = createRandom(7);
  return Array.from({ length: size }, (_, i) => ({
    id: `d${String(below(random, 1e9)).padStart(9, '0')}${i}`,
    category: `c${i % CATEGORIES}`,
    n: below(random, SPREAD),
    title: `title ${i}`,
    tags: ['a', 'b'],
    nested: { a: i },
    _deleted: false,
    _attachments: {},
    _rev: '1-bench',
    _meta: { lwt: now() },
  }));
}

const prepare = (query) => prepareQuery(SCHEMA, normalizeMangoQuery(SCHEMA, query));
const live = (selector, rest) => prepare({ selector: { _deleted: false, ...selector }, ...rest });

const REHEARSED = 2_000;

/** Each of `count` calls, after others that are not counted, so that what is measured has been compiled. Microseconds a call. */
async function timeCalls(count, call, rehearsed = Math.min(REHEARSED, count)) {
  for (let i = 0; i < rehearsed; i += 1) await call(i);
  const from = performance.now();
  for (let i = 0; i < count; i += 1) await call(i);
  return ((performance.now() - from) / count) * 1_000;
}

class Bench {
  #instance;
  #documents;
  #latest = new Map();

  constructor(instance, size) {
    this.#instance = instance;
    this.#documents = makeDocuments(size);
  }

  async load() {
    const documents = this.#documents;
    const from = performance.now();
    let called = 0;
    for (let at = 0; at < documents.length; at += BATCH) {
      const rows = documents.slice(at, at + BATCH).map((document) => ({ document }));
      const begun = performance.now();
      await this.#instance.bulkWrite(rows, 'bench');
      called += performance.now() - begun;
    }
    // What the memory storage puts off, and ours does, is done when first asked for.
    for (const query of [live({ n: { $gte: 0 } }, { limit: 1 }), live({ category: 'c1' }, { limit: 1 })])
      await this.#instance.query(query);
    const whole = performance.now() - from;
    return { call: (called / documents.length) * 1_000, read: (whole / documents.length) * 1_000 };
  }

  /** One document written, which is told to who listens, and read by nobody. */
  async #change(i, change) {
    const document = this.#documents[(i * 7_919) % this.#documents.length];
    const previous = this.#latest.get(document.id) ?? document;
    const height = Number.parseInt(previous._rev, 10) + 1;
    const next = { ...previous, ...change(previous), _rev: `${height}-bench`, _meta: { lwt: now() } };
    this.#latest.set(document.id, next);
    const { error } = await this.#instance.bulkWrite([{ previous, document: next }], 'bench');
    if (error.length > 0) throw new Error(`An update is refused: ${error[0].status}.`);
  }

  updatePlain(count) {
    return timeCalls(count, (i) => this.#change(i, () => ({ title: `again ${i}` })), count);
  }

  updateIndexed(count) {
    return timeCalls(count, (i) => this.#change(i, ({ n }) => ({ n: (n + 7_777) % SPREAD })));
  }

  async updateAndRead(count) {
    const query = live({ n: { $gte: SPREAD / 2 } }, { sort: [{ n: 'asc' }], limit: PAGE });
    return timeCalls(count, async (i) => {
      await this.#change(i, ({ n }) => ({ n: (n + 7_777) % SPREAD }));
      await this.#instance.query(query);
    });
  }

  /** Queries prepared before, each asked once, or all over again. */
  #pages(count, direction) {
    return Array.from({ length: count }, (_, i) =>
      live({ n: { $gte: Math.floor((i * SPREAD) / count) } }, { sort: [{ n: direction }], limit: PAGE }),
    );
  }

  async pageOnce(count) {
    const queries = this.#pages(count + REHEARSED, 'asc');
    let at = 0;
    return timeCalls(count, () => this.#instance.query(queries[at++]));
  }

  pageAgain(count) {
    const queries = this.#pages(50, 'asc');
    return timeCalls(count, (i) => this.#instance.query(queries[i % 50]), count);
  }

  pageDescending(count) {
    const queries = this.#pages(50, 'desc');
    return timeCalls(count, (i) => this.#instance.query(queries[i % 50]));
  }

  byCategory(count) {
    const queries = Array.from({ length: CATEGORIES }, (_, i) => live({ category: `c${i}` }, { limit: PAGE }));
    return timeCalls(count, (i) => this.#instance.query(queries[i % CATEGORIES]), count);
  }

  countRange(count) {
    const queries = Array.from({ length: 50 }, (_, i) => {
      const from = (i * SPREAD) / 60;
      return live({ n: { $gte: from, $lt: from + SPREAD / 100 } });
    });
    return timeCalls(count, (i) => this.#instance.count(queries[i % 50]), count);
  }

  byId(count) {
    const documents = this.#documents;
    return timeCalls(count, (i) =>
      this.#instance.findDocumentsById([documents[(i * 13) % documents.length].id], false),
    );
  }

  unindexed(count) {
    const query = live({ title: { $regex: '77$' } });
    return timeCalls(count, () => this.#instance.query(query));
  }
}

/** All that is measured of one storage, in microseconds; the heap in bytes a document. */
export async function measure(storage, size) {
  const instance = await storage.createStorageInstance({
    databaseInstanceToken: 'bench',
    databaseName: 'bench',
    collectionName: 'documents',
    schema: SCHEMA,
    options: {},
    multiInstance: false,
    devMode: false,
  });
  // As a collection does, which also keeps the events from being left out.
  const heard = instance.changeStream().subscribe(() => undefined);
  const bench = new Bench(instance, size);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const loaded = await bench.load();
  globalThis.gc?.();
  const heap = (process.memoryUsage().heapUsed - before) / size;
  const few = size > 50_000 ? 1_000 : 2_000;
  const results = {
    'bulkWrite, the calls': loaded.call,
    'bulkWrite, then read': loaded.read,
    'update, no index': await bench.updatePlain(10_000),
    'update, indexed': await bench.updateIndexed(few),
    'update, then a page': await bench.updateAndRead(few),
    'page of 20, asked once': await bench.pageOnce(2_000),
    'page of 20, again': await bench.pageAgain(20_000),
    'page of 20, descending': await bench.pageDescending(30),
    'by one index value': await bench.byCategory(20_000),
    'count of a range': await bench.countRange(20_000),
    'by id': await bench.byId(20_000),
    'unindexed, all read': await bench.unindexed(3),
    'heap a document': heap,
  };
  heard.unsubscribe();
  await instance.remove();
  return results;
}
