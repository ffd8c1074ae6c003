import {
  type EventBulk,
  getQueryMatcher,
  getSortComparator,
  normalizeMangoQuery,
  now,
  prepareQuery,
  type RxStorageChangeEvent,
  type RxStorageInstance,
  type RxStorageWriteError,
} from 'rxdb';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import type { Subscription } from 'rxjs';
import { expect } from 'vitest';
import { getRxStorageSojourn, type RxStorageSojournOptions } from '../../src/rxdb/rxdb.ts';
import { createFakeEnvironment, type FakeEnvironment } from './fake-environment.ts';
import type { OpensInstances } from './rx-documents.ts';
import { RX_IDS, type RxAct, type RxRow, type RxStory } from './rx-history.ts';
import type { AnyRxQuery } from './rx-queries.ts';
import { type AnyRxDocument, type AnyRxSchema, rxSchema } from './rx-schemas.ts';

type Instance = RxStorageInstance<Record<string, unknown>, unknown, unknown, unknown>;
type AnyEvent = RxStorageChangeEvent<AnyRxDocument>;
type Bulk = EventBulk<AnyEvent, { readonly seq: number }>;
type WriteRow = { previous?: AnyRxDocument; document: AnyRxDocument };

/** A checkpoint that was given, and after which write. */
interface GivenCheckpoint {
  readonly checkpoint: unknown;
  readonly write: number;
}

/** When the first document is written, and how far apart the writes are. */
const FIRST_MS = 1_000_000;
const STEP_MS = 60_000;

let names = 0;
const token = 'token';

/** Opens an instance as RxDB would. */
export function openRxInstance(storage: OpensInstances, schema: AnyRxSchema, more: object = {}): Promise<Instance> {
  return storage.createStorageInstance({
    databaseInstanceToken: token,
    databaseName: 'pair',
    collectionName: `docs${names++}`,
    schema,
    options: {},
    multiInstance: false,
    devMode: false,
    ...more,
  } as never) as unknown as Promise<Instance>;
}

/** A copy that shares nothing, as the other side of a worker would have it. */
const copy = <T>(value: T): T => structuredClone(value);

/**
 * One history on RxDB's memory storage and on another, side by side. The memory storage has no indexes of the schema, as it is not
 * made for values that do not fit them: what a query finds is said by RxDB's own matcher and comparator over all of its documents.
 */
export class RxPair {
  readonly #schema: AnyRxSchema;
  readonly #open: () => Promise<Instance>;
  readonly #env: FakeEnvironment;
  readonly #isKept: boolean;
  #memory: Instance = undefined as never;
  #own: Instance = undefined as never;
  readonly #bulks = { memory: [] as Bulk[], own: [] as Bulk[] };
  #subscriptions: Subscription[] = [];
  #writes = 0;
  /** When each document was last changed, counted by writes; without those taken away for good. */
  readonly #changed = new Map<string, number>();
  readonly #checkpoints: GivenCheckpoint[] = [{ checkpoint: undefined, write: 0 }];
  #highest = 0;

  private constructor(schema: AnyRxSchema, open: () => Promise<Instance>, env: FakeEnvironment, isKept: boolean) {
    this.#schema = schema;
    this.#open = open;
    this.#env = env;
    this.#isKept = isKept;
  }

  /** `open`: opens the other storage, again and again. `isKept`: whether its commits can be counted on to outlive it. */
  static async open(
    schema: AnyRxSchema,
    { open, env, isKept }: { open: () => Promise<Instance>; env: FakeEnvironment; isKept: boolean },
  ): Promise<RxPair> {
    const pair = new RxPair(schema, open, env, isKept);
    env.setNow(FIRST_MS);
    pair.#memory = await openRxInstance(getRxStorageMemory(), rxSchema([]));
    pair.#own = await open();
    pair.#listen();
    return pair;
  }

  #listen(): void {
    for (const stop of this.#subscriptions) stop.unsubscribe();
    this.#subscriptions = [
      this.#memory.changeStream().subscribe((bulk) => this.#bulks.memory.push(bulk as unknown as Bulk)),
      this.#own.changeStream().subscribe((bulk) => this.#bulks.own.push(bulk as unknown as Bulk)),
    ];
  }

  /** Plays a story to its end. `options`: of the storage. */
  static async tell({ indexes, acts }: RxStory, options: RxStorageSojournOptions): Promise<void> {
    const schema = rxSchema(indexes);
    const env = createFakeEnvironment();
    const storage = getRxStorageSojourn({ ...options, env });
    const collectionName = `law${names++}`;
    const open = () => openRxInstance(storage, schema, { collectionName });
    const pair = await RxPair.open(schema, { open, env, isKept: options.storage !== undefined });
    for (const act of acts) await pair.play(act);
    await pair.close();
  }

  async play(act: RxAct): Promise<void> {
    if (act.kind === 'write') await this.#write(act.rows, act.context);
    else if (act.kind === 'find') await this.#find(act.ids, act.withDeleted);
    else if (act.kind === 'query') await this.query(act.query);
    else if (act.kind === 'changes') await this.#changes(act.from, act.limit);
    else if (act.kind === 'cleanup') await this.#cleanup(act.share);
    else await this.#reopen();
  }

  async #write(rows: readonly RxRow[], context: string): Promise<void> {
    const before = await this.#byId(this.#memory);
    const given: WriteRow[] = [];
    const errors: RxStorageWriteError<unknown>[] = [];
    for (const row of rows) {
      // One at a time where a document is named twice, which the memory storage does not look for.
      const [held] = await this.#memory.findDocumentsById([row.id], true);
      const made = this.#rowOf(row, held as AnyRxDocument | undefined);
      given.push(made);
      const found = await this.#memory.bulkWrite([copy(made)] as never, context);
      for (const error of found.error) errors.push(error as RxStorageWriteError<unknown>);
      if (found.error.length === 0) this.#changed.set(row.id, this.#writes);
    }
    const asGiven = JSON.stringify(given);
    const { error } = await this.#own.bulkWrite(given as never, context);
    expect(JSON.stringify(given)).toBe(asGiven);
    expect(error).toEqual(errors);
    const repeated = new Set(rows.map(({ id }) => id).filter((id, at, ids) => ids.indexOf(id) !== at));
    await this.#expectEvents(before, context, repeated);
  }

  #rowOf(row: RxRow, held: AnyRxDocument | undefined): WriteRow {
    const ms = FIRST_MS + ++this.#writes * STEP_MS;
    this.#env.setNow(ms);
    const height = held === undefined ? 1 : Number.parseInt(held._rev, 10) + 1;
    const document = {
      id: row.id,
      ...copy(row.body),
      _deleted: row.deleted,
      _rev: `${height}-${this.#writes.toString(36)}`,
      _meta: { lwt: ms + (this.#writes % 3) / 100, ...row.more },
      _attachments: {},
    } as AnyRxDocument;
    if (row.previous === 'none' || (row.previous === 'right' && held === undefined)) return { document };
    const previous = row.previous === 'right' ? held : { ...document, _rev: '9-other' };
    return { document, previous: copy(previous as AnyRxDocument) };
  }

  async #byId(instance: Instance): Promise<Map<string, AnyRxDocument>> {
    const found = (await instance.findDocumentsById(RX_IDS, true)) as unknown as AnyRxDocument[];
    return new Map(found.map((document) => [document.id as string, document]));
  }

  /** Those of the memory storage, several of one document in a row as one. */
  async #expectEvents(
    before: ReadonlyMap<string, AnyRxDocument>,
    context: string,
    repeated: ReadonlySet<string>,
  ): Promise<void> {
    const after = await this.#byId(this.#memory);
    const named = this.#bulks.memory.splice(0).flatMap(({ events }) => events);
    const expected = new Map<string, AnyEvent>();
    for (const event of named) {
      const id = event.documentId;
      expected.set(id, repeated.has(id) ? fold(before.get(id), after.get(id) as AnyRxDocument, id) : event);
    }
    const bulks = this.#bulks.own.splice(0);
    const events = [...expected.values()].filter((event) => event !== NOTHING);
    const heard = bulks.flatMap((bulk) => bulk.events).map(plainEvent);
    const told = events.map(plainEvent);
    // The order of documents that are named twice in one call is nobody's business.
    if (repeated.size === 0) expect(heard).toEqual(told);
    else expect(sortedById(heard)).toEqual(sortedById(told));
    expect(bulks.length).toBe(events.length === 0 ? 0 : 1);
    const [bulk] = bulks;
    if (bulk === undefined) return;
    expect(bulk.context).toBe(context);
    expect(bulk.checkpoint.seq).toBeGreaterThan(this.#highest);
    this.#highest = bulk.checkpoint.seq;
    this.#checkpoints.push({ checkpoint: bulk.checkpoint, write: this.#writes });
  }

  async #find(ids: readonly string[], withDeleted: boolean): Promise<void> {
    const [expected, found] = await Promise.all([
      this.#memory.findDocumentsById([...ids], withDeleted),
      this.#own.findDocumentsById([...ids], withDeleted),
    ]);
    expect(found).toEqual(expected);
    for (const document of found) expectFrozen(document);
  }

  async query(given: AnyRxQuery): Promise<void> {
    const query = normalizeMangoQuery(this.#schema, given as never);
    const all = [...(await this.#byId(this.#memory)).values()];
    const matches = getQueryMatcher(this.#schema, query as never);
    const compare = getSortComparator(this.#schema, query as never) as (a: AnyRxDocument, b: AnyRxDocument) => number;
    const { skip, limit = Number.POSITIVE_INFINITY } = query;
    // What the comparator calls equal though it is not, such as equal lists, is in the order of the primary key.
    const expected = all
      .filter((document) => matches(document as never))
      .sort((left, right) => compare(left, right) || ((left.id as string) < (right.id as string) ? -1 : 1))
      .slice(skip, skip + limit);
    const prepared = prepareQuery(this.#schema, query as never);
    const { documents } = await this.#own.query(prepared as never);
    expect(documents).toEqual(expected);
    for (const document of documents) expectFrozen(document);
    expect((await this.#own.count(prepared as never)).count).toBe(expected.length);
  }

  /** From a checkpoint given before, page by page: every document that changed since then once, the last changed last. */
  async #changes(from: number, limit: number): Promise<void> {
    const start = this.#checkpoints[from % this.#checkpoints.length] as GivenCheckpoint;
    const expected = [...this.#changed]
      .filter(([, write]) => write > start.write)
      .sort(([, left], [, right]) => left - right);
    let { checkpoint } = start;
    const found: AnyRxDocument[] = [];
    for (;;) {
      const page = await (this.#own.getChangedDocumentsSince as NonNullable<Instance['getChangedDocumentsSince']>)(
        limit,
        checkpoint,
      );
      expect(page.documents.length).toBeLessThanOrEqual(limit);
      for (const document of page.documents) found.push(document as unknown as AnyRxDocument);
      if (page.documents.length === 0) {
        expect(page.checkpoint).toEqual(checkpoint);
        break;
      }
      checkpoint = page.checkpoint;
      const last = this.#changed.get(found.at(-1)?.id as string) as number;
      this.#checkpoints.push({ checkpoint, write: last });
    }
    expect(found.map(({ id }) => id)).toEqual(expected.map(([id]) => id));
    const held = await this.#byId(this.#memory);
    expect(found).toEqual(expected.map(([id]) => held.get(id)));
  }

  /** Takes away what was deleted in the first part of the time. */
  async #cleanup(share: number): Promise<void> {
    // The memory storage goes by the clock of the machine, which a few seconds make no difference to.
    const untilMs = FIRST_MS + (Math.floor(this.#writes * share) + 0.5) * STEP_MS;
    for (const [id, { _deleted, _meta }] of await this.#byId(this.#memory))
      if (_deleted && _meta.lwt <= untilMs) this.#changed.delete(id);
    await this.#memory.cleanup(now() - untilMs);
    expect(await this.#own.cleanup(this.#env.now() - untilMs)).toBe(true);
    expect(this.#bulks.own).toEqual([]);
    await this.expectSame();
  }

  async #reopen(): Promise<void> {
    await this.#own.close();
    this.#own = await this.#open();
    this.#listen();
    await this.expectSame();
  }

  async expectSame(): Promise<void> {
    expect(await this.#byId(this.#own)).toEqual(await this.#byId(this.#memory));
    const live = await this.#own.findDocumentsById(RX_IDS, false);
    expect(live).toEqual(await this.#memory.findDocumentsById(RX_IDS, false));
  }

  async close(): Promise<void> {
    await this.expectSame();
    await this.#changes(0, 3);
    if (this.#isKept) await this.#reopen();
    await this.#memory.remove();
    await this.#own.remove();
    for (const stop of this.#subscriptions) stop.unsubscribe();
  }
}

const NOTHING = {} as AnyEvent;

/** What is heard of a document that was written several times in one call. */
function fold(before: AnyRxDocument | undefined, after: AnyRxDocument, documentId: string): AnyEvent {
  const event = { documentId, documentData: after };
  if (after._deleted)
    return before === undefined ? NOTHING : { ...event, operation: 'DELETE', previousDocumentData: before };
  if (before === undefined || before._deleted)
    return { ...event, operation: 'INSERT', previousDocumentData: undefined } as unknown as AnyEvent;
  return { ...event, operation: 'UPDATE', previousDocumentData: before };
}

/** What was before an insert is nothing, whether that is said by null, undefined, or what the caller gave. */
function plainEvent({ operation, documentId, documentData, previousDocumentData }: AnyEvent) {
  return { operation, documentId, documentData, previous: operation === 'INSERT' ? null : previousDocumentData };
}

function sortedById<T extends { readonly documentId: string }>(events: readonly T[]): readonly T[] {
  return [...events].sort((left, right) => (left.documentId < right.documentId ? -1 : 1));
}

export function expectFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Object.isFrozen(value)) expect(value, 'what is returned is frozen').toBe('frozen');
  for (const part of Object.values(value)) expectFrozen(part);
}
