import {
  type EventBulk,
  getSchemaByObjectPath,
  type JsonSchema,
  type PreparedQuery,
  type RxStorageChangeEvent,
} from 'rxdb';
import { Subject } from 'rxjs';
import { must } from '../engine/ground/assert.ts';
import type { Unit } from '../engine/store/unit.ts';
import type { Batch } from '../engine/write/change.ts';
import { ChangeLog } from './change-log.ts';
import { CompiledQuery } from './compiled-query.ts';
import type { AnyDocument, DocumentEntry } from './document-entry.ts';
import { DocumentIndex } from './document-index.ts';
import type { AnyWriteError, DocumentChange, DocumentLayout, WriteCall } from './document-layout.ts';
import type { KeyType } from './index-keys.ts';
import { type QuerySource, runCount, runQuery } from './run-query.ts';

/** Where in all changes of a collection one stands. */
export interface RxCheckpoint {
  readonly seq: number;
}

export type AnyEventBulk = EventBulk<RxStorageChangeEvent<AnyDocument>, RxCheckpoint>;
export type AnySchema = ConstructorParameters<typeof CompiledQuery>[0];

const KEY_TYPES: ReadonlyMap<unknown, KeyType> = new Map([
  ['string', 'string'],
  ['boolean', 'boolean'],
  ['number', 'number'],
  ['integer', 'number'],
]);

/** How many deleted documents are taken away in one call. */
const CLEANUP_MAX = 5_000;
/** How many rows one commit has at most: fewer than the numbers it has for them. */
const COMMIT_ROWS_MAX = 2 ** 19;

interface Untold {
  readonly sequence: number;
  readonly changes: readonly DocumentChange[];
}

/**
 * The documents of one collection, which all its storage instances in this realm share: their indexes, made when a query first wants
 * them, their changes in order, and the events of each commit, whoever made it and in whichever tab.
 */
export class DocumentCollection implements QuerySource {
  readonly layout: DocumentLayout;
  readonly schema: AnySchema;
  readonly events$ = new Subject<AnyEventBulk>();
  readonly #token: string;
  readonly #indexes = new Map<string, DocumentIndex>();
  readonly #made: DocumentIndex[] = [];
  /** The same by the lists that plans name them by, which are most often those of the schema itself. */
  readonly #byPath = new WeakMap<readonly string[], DocumentIndex>();
  readonly #compiled = new WeakMap<object, CompiledQuery>();
  readonly #types = new Map<string, KeyType | undefined>();
  #log: ChangeLog | undefined;
  /** Of commits whose events are still to be told. */
  readonly #untold: Untold[] = [];
  /** How often was told again. */
  #again = 0;
  readonly #stops: readonly (() => void)[];

  /** `token`: tells the events of this realm from those of others. */
  constructor(layout: DocumentLayout, schema: AnySchema, token: string) {
    this.layout = layout;
    this.schema = schema;
    this.#token = token;
    const { feed } = layout.parts.store;
    this.#stops = [feed.follow((batch) => this.#follow(batch)), feed.subscribe((batch) => this.#tell(batch))];
  }

  /** Writes the rows that can be written and gives the errors of the others, once all is kept: at once where nothing is waited for. */
  write(given: WriteCall): AnyWriteError[] | Promise<AnyWriteError[]> {
    if (given.rows.length > COMMIT_ROWS_MAX) return this.#writeByParts(given);
    return this.#commit((unit) => this.layout.write(unit, given));
  }

  async #writeByParts(given: WriteCall): Promise<AnyWriteError[]> {
    const errors: AnyWriteError[] = [];
    for (let from = 0; from < given.rows.length; from += COMMIT_ROWS_MAX)
      for (const error of await this.write({ ...given, rows: given.rows.slice(from, from + COMMIT_ROWS_MAX) }))
        errors.push(error);
    return errors;
  }

  /** Whether another tab makes the commits, which answers later and may have to be asked again. */
  get writesElsewhere(): boolean {
    return this.layout.parts.store.forward !== undefined;
  }

  /** Runs a write where commits are made, which may be another tab, and resolves when it is kept. */
  #commit<T>(work: (unit: Unit) => T): T | Promise<T> {
    const { store, keeper } = this.layout.parts;
    const write = () => store.write(work);
    return keeper?.transact === undefined ? store.kept(write()) : keeper.transact(write);
  }

  byId(id: string): DocumentEntry | undefined {
    return this.layout.entryOf(id);
  }

  query(prepared: PreparedQuery<unknown>): AnyDocument[] {
    return runQuery(this, this.#compile(prepared));
  }

  count(prepared: PreparedQuery<unknown>): number {
    return runCount(this, this.#compile(prepared));
  }

  /** RxDB prepares a query once and asks it again and again. */
  #compile(prepared: PreparedQuery<unknown>): CompiledQuery {
    let known = this.#compiled.get(prepared);
    if (known === undefined) {
      known = new CompiledQuery(this.schema, this.#typeOf, prepared);
      this.#compiled.set(prepared, known);
    }
    return known;
  }

  readonly #typeOf = (path: string): KeyType | undefined => {
    const known = this.#types.get(path);
    if (known !== undefined || this.#types.has(path)) return known;
    const type = KEY_TYPES.get((getSchemaByObjectPath(this.schema, path) as JsonSchema | undefined)?.type);
    this.#types.set(path, type);
    return type;
  };

  index(path: readonly string[]): DocumentIndex | undefined {
    let index = this.#byPath.get(path);
    if (index === undefined) {
      index = this.#indexes.get(path.join()) ?? this.#makeIndex(path);
      this.#byPath.set(path, index);
    }
    index.settle();
    return index.isTrue ? index : undefined;
  }

  #makeIndex(path: readonly string[]): DocumentIndex {
    const fields = path.map((one) => ({
      path: one,
      type: must(this.#typeOf(one), 'a field of an index has a type'),
      read: this.layout.reader(one),
    }));
    const index = new DocumentIndex(path, fields, this.entries(true, true));
    this.#indexes.set(path.join(), index);
    this.#made.push(index);
    return index;
  }

  *entries(live: boolean, deleted: boolean): Iterable<DocumentEntry> {
    for (const entry of this.layout.entries()) if (entry.isDeleted ? deleted : live) yield entry;
  }

  /** The documents that changed after a checkpoint, each once and as it is now, in the order of their last changes. */
  changedSince(limit: number, checkpoint: RxCheckpoint | undefined) {
    this.#log ??= new ChangeLog(this.entries(true, true), ({ id, record }) => this.byId(id)?.record === record);
    const after = typeof checkpoint?.seq === 'number' ? checkpoint.seq : 0;
    const entries = this.#log.after(after, limit);
    const last = entries[entries.length - 1];
    return {
      documents: entries.map(({ document }) => document),
      checkpoint: last === undefined ? checkpoint : { seq: last.sequence },
    };
  }

  /** Takes away documents deleted up to a moment. Gives whether no more are left. */
  async cleanup(untilMs: number): Promise<boolean> {
    const found: string[] = [];
    for (const { id, isDeleted, beside } of this.layout.deletedEntries()) {
      if (isDeleted && (beside.WriteTime as number) <= untilMs) found.push(id);
      if (found.length > CLEANUP_MAX) break;
    }
    if (found.length === 0) return true;
    await this.#commit((unit) => this.#purge(unit, found.slice(0, CLEANUP_MAX)));
    return found.length <= CLEANUP_MAX;
  }

  /** Each is looked at again within the commit, before which another tab may have been at work. */
  #purge(unit: Unit, ids: readonly string[]): void {
    for (const id of ids) if (this.layout.entryOf(id)?.isDeleted === true) this.layout.purge(unit, id);
  }

  /** Takes all documents away for good. */
  async empty(): Promise<void> {
    await this.#commit((unit) => this.layout.purgeAll(unit));
  }

  /** Within the commit: from now on indexes and changes are those after it. */
  #follow(batch: Batch): void {
    const isHeard = this.events$.observed;
    if (!isHeard && this.#made.length === 0 && this.#log === undefined) return;
    const changes = this.layout.changes(batch);
    if (changes.length === 0) return;
    for (const { id, before, after } of changes) for (const index of this.#made) index.note(id, before, after);
    this.#log?.addAll(changes);
    if (isHeard) this.#untold.push({ sequence: batch.sequence, changes });
  }

  /** Once all of the database is after the commit. */
  #tell({ sequence }: Batch): void {
    while ((this.#untold[0]?.sequence ?? Number.POSITIVE_INFINITY) < sequence) this.#untold.shift();
    if (this.#untold[0]?.sequence !== sequence) return;
    const { changes } = this.#untold.shift() as Untold;
    const events: RxStorageChangeEvent<AnyDocument>[] = [];
    let last: DocumentEntry | undefined;
    for (const change of changes) {
      const event = eventOf(change);
      if (event !== undefined) events.push(event);
      const { after } = change;
      if (after !== undefined && (last === undefined || after.sequence > last.sequence)) last = after;
    }
    if (events.length > 0 && last !== undefined) this.#emit(`${sequence}`, events, last);
  }

  /** `last`: the version that is the last of all changes told. */
  #emit(name: string, events: RxStorageChangeEvent<AnyDocument>[], last: DocumentEntry): void {
    const context = String(last.beside.Context ?? '');
    this.events$.next({ id: `${this.#token}-${name}`, events, checkpoint: { seq: last.sequence }, context });
  }

  /**
   * Tells once more of documents of which the engine had more to say than was written. RxDB takes what it wrote for the document, in
   * the turn in which it hears that it was written, over whatever it was told before.
   */
  tellAgain(ids: readonly string[]): void {
    if (!this.events$.observed) return;
    const events: RxStorageChangeEvent<AnyDocument>[] = [];
    let last: DocumentEntry | undefined;
    for (const id of ids) {
      const entry = this.byId(id);
      if (entry === undefined || entry.isDeleted || typeof entry.beside.Given !== 'string') continue;
      events.push(eventOf({ id, before: entry, after: entry }) as RxStorageChangeEvent<AnyDocument>);
      if (last === undefined || entry.sequence > last.sequence) last = entry;
    }
    if (last !== undefined) this.#emit(`${this.layout.parts.store.feed.sequence}-${++this.#again}`, events, last);
  }

  end(): void {
    for (const stop of this.#stops) stop();
    this.events$.complete();
  }
}

/** What RxDB hears of a change: nothing of a document that came deleted, or was taken away for good. */
function eventOf({ id, before, after }: DocumentChange): RxStorageChangeEvent<AnyDocument> | undefined {
  if (after === undefined || (before === undefined && after.isDeleted)) return undefined;
  const event = { documentId: id, documentData: after.document, operation: 'UPDATE', previousDocumentData: undefined };
  const told: { operation: string; previousDocumentData: AnyDocument | undefined } = event;
  if (after.isDeleted || (before !== undefined && !before.isDeleted))
    told.previousDocumentData = must(before, 'what is deleted or changed was there').document;
  if (after.isDeleted) told.operation = 'DELETE';
  else if (before === undefined || before.isDeleted) told.operation = 'INSERT';
  return event as unknown as RxStorageChangeEvent<AnyDocument>;
}
