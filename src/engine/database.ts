import { Observable } from 'rxjs';
import { checkOptions } from './calls/check-options.ts';
import { Collection } from './collection.ts';
import type { ObjectDefinition } from './definition/define-object.ts';
import type { ObjectSpec } from './definition/definition.ts';
import { type ObjectSummary, summarize } from './definition/describe.ts';
import { formatDateTime } from './ground/date-time.ts';
import { createError } from './ground/errors.ts';
import type { LiveQueries } from './live/live-queries.ts';
import type { DatabaseParts, NamesOf } from './open-parts.ts';
import { noteParts } from './parts-of.ts';
import type { Reader } from './query/reader.ts';
import type { BackupOptions } from './storage/backup.ts';
import type { Keeper } from './storage/keeper.ts';
import type { StorageHealth } from './storage/storage-health.ts';
import { checkKey, type StorageKey } from './storage/storage-key.ts';
import type { Store } from './store/store.ts';
import { TransactionCollection, type TransactionState } from './transaction.ts';
import { unknownObject } from './unknown-object.ts';
import type { Batch } from './write/change.ts';

type AnyDefinition = ObjectDefinition<ObjectSpec>;

/** The spec of the object called `Name` among `Definitions`. */
export type SpecNamed<Definitions, Name> = Definitions extends readonly (infer D)[]
  ? D extends ObjectDefinition<infer S>
    ? S extends { readonly name: Name }
      ? S
      : never
    : never
  : never;

/** The objects of a database by name. */
export type Collections<Definitions> = {
  readonly [Name in NamesOf<Definitions>]: Collection<SpecNamed<Definitions, Name>>;
};

type TransactionCollections<Definitions> = {
  readonly [Name in NamesOf<Definitions>]: TransactionCollection<SpecNamed<Definitions, Name>>;
};

/** What a transaction's function is handed: each object by name. */
export type Transaction<Definitions> = TransactionCollections<Definitions> & {
  collection<Name extends NamesOf<Definitions>>(name: Name): TransactionCollection<SpecNamed<Definitions, Name>>;
};

/** What every open database can do, whatever its objects. */
export class DatabaseCore<Definitions extends readonly unknown[]> {
  readonly name: string;
  readonly #store: Store;
  readonly #live: LiveQueries;
  readonly #readers: ReadonlyMap<string, Reader>;
  readonly #collections = new Map<string, Collection<unknown>>();
  readonly #definitions: readonly AnyDefinition[];
  readonly #version: string;
  readonly #completions = new Set<() => void>();
  readonly #keeper: Keeper | undefined;

  constructor(parts: DatabaseParts) {
    const { name, store, live, texts, readers, definitions, version, keeper } = parts;
    noteParts(this, parts);
    this.name = name;
    this.#store = store;
    this.#definitions = definitions;
    this.#version = version;
    this.#live = live;
    this.#keeper = keeper;
    this.#readers = readers;
    for (const [objectName, reader] of readers) {
      const collection = new Collection<unknown>({ store, reader, live, texts, definitions, version });
      this.#collections.set(objectName, collection);
      // An object whose name a member of the database has is reached by `collection` alone.
      if (!(objectName in this)) Object.defineProperty(this, objectName, { value: collection, enumerable: true });
    }
  }

  /** An object's records and calls. Throws `INVALID_TYPE` when the database has no such object. */
  collection<Name extends NamesOf<Definitions>>(name: Name): Collection<SpecNamed<Definitions, Name>> {
    this.#store.assertOpen();
    const collection = this.#collections.get(name);
    if (collection === undefined) throw unknownObject(name);
    return collection as Collection<SpecNamed<Definitions, Name>>;
  }

  /** The number of the last commit. */
  get sequence(): number {
    return this.#store.feed.sequence;
  }

  /** The moment of the last commit, in the stored form; undefined before the first. */
  get lastCommitDate(): string | undefined {
    return this.#store.feed.sequence === 0 ? undefined : formatDateTime(this.#store.lastMs);
  }

  /** Every commit from now on, in order. Completes when the database closes. */
  readonly changes$: Observable<Batch> = new Observable((subscriber) => {
    if (this.#store.isClosed) return subscriber.complete();
    const complete = () => subscriber.complete();
    this.#completions.add(complete);
    const stop = this.#store.feed.subscribe((batch) => subscriber.next(batch));
    return () => {
      this.#completions.delete(complete);
      stop();
    };
  });

  /** The commits after `sequence`. Throws `SEQUENCE_TRIMMED` when some are no longer kept. */
  changesSince(sequence: number): readonly Batch[] {
    this.#store.assertOpen();
    if (!Number.isInteger(sequence) || sequence < 0)
      throw createError('INVALID_OPTION', 'a sequence is a whole number from 0');
    return this.#store.feed.since(sequence);
  }

  /**
   * Runs `work` with all that it writes in one commit: seen whole, once, when it returns; taken back when it throws.
   * `work` must be synchronous, since nobody else may run while its writes are half done: `TRANSACTION_ASYNC` if not.
   */
  transaction<T>(work: (tx: Transaction<Definitions>) => T): T {
    return this.#store.transact(this.#bind(work));
  }

  /**
   * The same from any tab: resolves with what `work` returned once that is kept. In a tab that follows another, `work` runs on
   * what is seen there, and again where others have written meanwhile, so it must do nothing but read and write records.
   * Rejects with what `work` throws, or `WRITE_CONFLICT` when others never stop writing.
   */
  async transact<T>(work: (tx: Transaction<Definitions>) => T): Promise<T> {
    const bound = this.#bind(work);
    const keeper = this.#keeper;
    return keeper?.transact === undefined ? this.#store.kept(this.#store.transact(bound)) : keeper.transact(bound);
  }

  /** `work` with the handles that it is given; once it has returned they are of no use. */
  #bind<T>(work: (tx: Transaction<Definitions>) => T): () => T {
    if (typeof work !== 'function') throw createError('INVALID_OPTION', 'a transaction takes a function');
    return () => {
      const state: TransactionState = { over: false };
      try {
        const result = work(this.#createTransaction(state));
        if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
          (result as unknown as Promise<unknown>).then(undefined, () => undefined);
          throw createError('TRANSACTION_ASYNC', 'the function given to a transaction must not return a promise');
        }
        return result;
      } finally {
        state.over = true;
      }
    };
  }

  #createTransaction(state: TransactionState): Transaction<Definitions> {
    const collections = new Map<string, TransactionCollection<unknown>>();
    const collection = (name: string) => {
      const known = collections.get(name);
      if (known !== undefined) return known;
      const reader = this.#readers.get(name);
      if (reader === undefined) throw unknownObject(name);
      const made = new TransactionCollection<unknown>(this.#store, reader, state);
      collections.set(name, made);
      return made;
    };
    const tx: Record<string, unknown> = { collection };
    for (const name of this.#readers.keys()) {
      if (name === 'collection') continue;
      Object.defineProperty(tx, name, { get: () => collection(name), enumerable: true });
    }
    return tx as Transaction<Definitions>;
  }

  /** All objects in short (describeGlobal). */
  describeGlobal(): {
    readonly encoding: 'UTF-8';
    readonly maxBatchSize: 200;
    readonly sobjects: readonly ObjectSummary[];
  } {
    this.#store.assertOpen();
    const sobjects = this.#definitions.map((definition) => summarize(definition, this.#version));
    return { encoding: 'UTF-8', maxBatchSize: 200, sobjects };
  }

  /**
   * Resolves when all that has been written by now is as durable as the database was opened for, which after
   * `transaction` nothing else tells. Rejects with `STORAGE_FAILED` or `STORAGE_FULL`.
   */
  async flush(): Promise<void> {
    this.#store.assertOpen();
    await this.#keeper?.settled();
  }

  /** The sequence of the last commit that is kept; that of the last commit where there is no storage. */
  get storedSequence(): number {
    return this.#keeper?.storedSequence ?? this.#store.feed.sequence;
  }

  /**
   * All records of the moment of the call, as the pieces of one file that `restoreBackup` reads: with their tombstones,
   * numbers and sequence, by columns, sealed and hashed; encrypted with the key of the database where it has one. Later writes do
   * not show in it.
   */
  async *backup(options: BackupOptions = {}): AsyncGenerator<Uint8Array> {
    this.#store.assertOpen();
    this.#store.assertNotWriting('a backup cannot be made');
    checkOptions(options, { onProgress: 'function' });
    const { backup } = await import('./storage/backup.ts');
    yield* backup(this.#store, options, await this.#keeper?.createSealer());
  }

  /** How the storage stands; undefined where there is none. */
  health(): StorageHealth | undefined {
    return this.#keeper?.health();
  }

  /** Writes all records down anew, which also happens by itself, so that the next opening is as fast as can be. */
  async compact(options: BackupOptions = {}): Promise<void> {
    this.#store.assertOpen();
    checkOptions(options, { onProgress: 'function' });
    await this.#keeper?.compact(options.onProgress);
  }

  /**
   * Goes on after the storage has failed, as when its disk was full and has room again: reads what it kept, takes back in
   * memory what it did not, which live queries hear of as of any commit, and writes again. Does nothing where all is well.
   * Rejects as `openDatabase` does, and may be tried again.
   */
  async reopen(): Promise<void> {
    this.#store.assertOpen();
    this.#store.assertNotWriting('a database cannot be reopened');
    await this.#keeper?.reopen();
  }

  /**
   * Has another key open the database, and writes all that is kept anew, so that the one before reads nothing of it any more.
   * Writes go on meanwhile. From the moment that the new key is stored it alone opens the database; a rejection says whether
   * that was reached, and the next opening then finishes. Rejects with `INVALID_OPTION` for a database without a key.
   */
  async rotateKey(key: StorageKey): Promise<void> {
    this.#store.assertOpen();
    checkKey(key);
    if (this.#keeper === undefined)
      throw createError('INVALID_OPTION', 'there is no key to rotate: give a storage, and open it with one');
    await this.#keeper.rotateKey(key);
  }

  /** Ends the database: live queries close, streams complete, no listener is called again, every call is refused. */
  async close(): Promise<void> {
    if (this.#store.isClosed) return;
    // First of all, so that nothing which hears of the end can write any more.
    this.#store.close();
    this.#live.close();
    for (const complete of [...this.#completions]) complete();
    this.#completions.clear();
    await this.#keeper?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
