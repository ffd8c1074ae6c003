import { Dexie } from 'dexie';
import { createError, EngineError } from '../engine/ground/errors.ts';
import type { BlockWrite, Storage, StorageConnection, StoredBlock } from '../engine/storage/storage.ts';

export interface DexieStorageOptions {
  /** Stands before the names of databases, so that pages of one origin can keep theirs apart. Default `sojourn`. */
  readonly prefix?: string | undefined;
  /** Whether the browser is asked not to clear what is kept when it is short of room. Default true. */
  readonly persist?: boolean | undefined;
  /** For where no global is: another IndexedDB and its ranges. */
  readonly indexedDB?: object | undefined;
  readonly IDBKeyRange?: object | undefined;
}

/** Of IDBKeyRange. This package is typed for browsers and Node alike, and so names of either only what it asks of them. */
interface KeyRanges {
  bound(lower: string, upper: string, lowerOpen: boolean, upperOpen: boolean): unknown;
}

/** Of IDBTransaction. */
interface Transaction {
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
  readonly error: unknown;
  abort(): void;
  objectStore(name: string): {
    get(key: string): { onsuccess: (() => void) | null; readonly result: unknown };
    put(value: unknown, key: string): unknown;
    delete(range: unknown): unknown;
  };
}

/** Of IDBDatabase. */
interface Backend {
  readonly version: number;
  transaction(stores: readonly string[], mode: 'readwrite', options: { durability: 'strict' | 'relaxed' }): Transaction;
}

/** What is asked of the platform, where it has it. */
interface Platform {
  readonly IDBKeyRange?: KeyRanges;
  readonly navigator?: {
    readonly locks?: {
      request(
        name: string,
        options: { ifAvailable?: true; steal?: true; signal?: AbortSignal },
        hold: (lock: unknown) => Promise<void> | undefined,
      ): Promise<unknown>;
    };
    readonly storage?: { persist?(): Promise<boolean> };
  };
}

/** Of the stores below. */
const LAYOUT = 1;
const BLOCKS = 'blocks';
/** Beside the blocks: which connection may write, the newest. */
const STATE = 'state';
const EPOCH = 'epoch';
/** Blocks read in one transaction: some megabytes. */
const READ_COUNT = 16;
/** How often a write is tried again whose connection the browser has dropped. */
const REOPENINGS_MAX = 3;

const platform = (): Platform => globalThis as unknown as Platform;

/** What this realm holds, for platforms without locks between tabs, and by which connection. */
const held = new Map<string, object>();

function holdHere(name: string, letGo: () => void): () => void {
  const holder = {};
  held.set(name, holder);
  return () => {
    if (held.get(name) === holder) held.delete(name);
    letGo();
  };
}

/**
 * Takes a lock that all tabs and workers of an origin see. Gives what lets it go; undefined when another has it. `steal`:
 * takes it from whoever has it.
 */
function takeLock(name: string, steal: boolean): Promise<(() => void) | undefined> {
  const { locks } = platform().navigator ?? {};
  if (!steal && held.has(name)) return Promise.resolve(undefined);
  if (locks === undefined) return Promise.resolve(holdHere(name, () => undefined));
  const letGo = granted.get(name);
  if (letGo !== undefined) {
    granted.delete(name);
    return Promise.resolve(holdHere(name, letGo));
  }
  return new Promise((resolve, reject) => {
    locks
      .request(name, steal ? { steal } : { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((letGo) => resolve(holdHere(name, letGo)));
      })
      // Also when it is stolen later, which shows at the next write.
      .catch(reject);
  });
}

/** Locks that were waited for and granted, for whoever connects next: letting them go first would let others in between. */
const granted = new Map<string, () => void>();

/** Waits in the queue for the lock, and keeps it until it is taken or called off. */
function waitForLock(name: string, tell: () => void): () => void {
  const { locks } = platform().navigator ?? {};
  const stop = new AbortController();
  let letGoOfIt: (() => void) | undefined;
  locks
    ?.request(name, { signal: stop.signal }, () => {
      if (stop.signal.aborted) return undefined;
      return new Promise<void>((letGo) => {
        letGoOfIt = letGo;
        granted.set(name, letGo);
        tell();
      });
    })
    .catch(() => undefined);
  return () => {
    stop.abort();
    if (letGoOfIt === undefined || granted.get(name) !== letGoOfIt) return;
    granted.delete(name);
    letGoOfIt();
  };
}

/** Whether a connection was closed by the browser: what was asked of it has not been done, and can be asked again. */
function isDropped(error: unknown): boolean {
  const { name } = (error ?? {}) as { name?: unknown };
  return (
    name === 'InvalidStateError' || name === 'DatabaseClosedError' || name === 'AbortError' || name === 'UnknownError'
  );
}

function refusal(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const { name, inner } = (error ?? {}) as { name?: unknown; inner?: { name?: unknown } };
  if (name === 'QuotaExceededError' || inner?.name === 'QuotaExceededError')
    return createError('STORAGE_FULL', 'the browser gives no more room');
  return createError('STORAGE_FAILED', 'IndexedDB did not keep what it was given');
}

function takenOver(): EngineError {
  return createError('STORAGE_LOCKED', 'another tab has taken the database over; this was not kept');
}

function beginWrite(database: Dexie, durable: boolean): Transaction {
  const backend = database.backendDB() as unknown as Backend | null;
  if (backend === null) throw { name: 'DatabaseClosedError' };
  return backend.transaction([BLOCKS, STATE], 'readwrite', { durability: durable ? 'strict' : 'relaxed' });
}

/** From now on writes of connections made before are refused. Gives the number of this one. */
function beginEpoch(database: Dexie): Promise<number> {
  return new Promise((resolve, reject) => {
    const transaction = beginWrite(database, true);
    let next = 0;
    transaction.oncomplete = () => resolve(next);
    transaction.onabort = () => reject(transaction.error ?? { name: 'AbortError' });
    const state = transaction.objectStore(STATE);
    const before = state.get(EPOCH);
    before.onsuccess = () => {
      next = (typeof before.result === 'number' ? before.result : 0) + 1;
      state.put(next, EPOCH);
    };
  });
}

class DexieConnection implements StorageConnection {
  readonly persisted: boolean | undefined;
  readonly epoch: number;
  readonly #open: () => Promise<Dexie>;
  readonly #ranges: KeyRanges;
  readonly #release: () => void;
  #database: Dexie;

  constructor(
    database: Dexie,
    open: () => Promise<Dexie>,
    ranges: KeyRanges,
    release: () => void,
    persisted: boolean | undefined,
    epoch: number,
  ) {
    this.epoch = epoch;
    this.#database = database;
    this.#open = open;
    this.#ranges = ranges;
    this.#release = release;
    this.persisted = persisted;
  }

  async *read(): AsyncIterable<StoredBlock> {
    const table = this.#database.table<Uint8Array, string>(BLOCKS);
    let last: string | undefined;
    for (;;) {
      const rest = last === undefined ? table.orderBy(':id') : table.where(':id').above(last);
      const keys = await rest.clone().limit(READ_COUNT).primaryKeys();
      if (keys.length === 0) return;
      const values = await table.bulkGet(keys);
      for (const [at, key] of keys.entries()) yield { key, bytes: values[at] as Uint8Array };
      last = keys.at(-1) as string;
    }
  }

  async write(change: BlockWrite, durable: boolean): Promise<void> {
    for (let turn = 0; ; turn++) {
      try {
        await this.#write(change, durable);
        return;
      } catch (error) {
        // Putting the same bytes under the same keys twice is putting them once.
        if (!isDropped(error) || turn >= REOPENINGS_MAX) throw refusal(error);
        await this.#reopen();
      }
    }
  }

  async #reopen(): Promise<void> {
    try {
      this.#database.close();
      this.#database = await this.#open();
    } catch (error) {
      throw refusal(error);
    }
  }

  /**
   * By the platform's own transaction, as how durable one is to be is said with each. It looks first whether another tab
   * has taken the database over: nothing can come between that and what it puts.
   */
  #write({ put, remove = [] }: BlockWrite, durable: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let isTakenOver = false;
      const transaction = beginWrite(this.#database, durable);
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(isTakenOver ? takenOver() : (transaction.error ?? { name: 'AbortError' }));
      const epoch = transaction.objectStore(STATE).get(EPOCH);
      epoch.onsuccess = () => {
        isTakenOver = epoch.result !== this.epoch;
        if (isTakenOver) return transaction.abort();
        const store = transaction.objectStore(BLOCKS);
        for (const { from, to } of remove) store.delete(this.#ranges.bound(from, to, false, true));
        for (const { key, bytes } of copies) store.put(bytes, key);
      };
      // Now: what the caller does with its bytes later must not show.
      const copies = put.map(({ key, bytes }) => ({ key, bytes: new Uint8Array(bytes) }));
    });
  }

  async close(): Promise<void> {
    this.#database.close();
    this.#release();
  }
}

async function askPersistence(wanted: boolean): Promise<boolean | undefined> {
  if (!wanted) return undefined;
  return platform()
    .navigator?.storage?.persist?.()
    .catch(() => false);
}

/**
 * Keeps databases in IndexedDB through Dexie, each in one of its own, by blocks and not by records. One tab or worker of the
 * origin at a time: another gets `STORAGE_LOCKED`, or shares it with `shared`. A connection that the browser drops is opened
 * again.
 */
export function dexieStorage(options: DexieStorageOptions = {}): Storage {
  const { prefix = 'sojourn', persist = true } = options;
  const ranges = (options.IDBKeyRange as KeyRanges | undefined) ?? platform().IDBKeyRange;
  if (ranges === undefined) throw createError('INVALID_OPTION', 'there is no IndexedDB here');
  const own = options.indexedDB === undefined ? {} : { indexedDB: options.indexedDB, IDBKeyRange: ranges };
  const connect = async (name: string, steal: boolean) => {
    const full = `${prefix}:${name}`;
    const release = await takeLock(full, steal);
    if (release === undefined)
      throw createError('STORAGE_LOCKED', 'the database is open already, here or in another tab');
    const open = async () => {
      const database = new Dexie(full, { ...(own as object), autoOpen: false });
      database.version(LAYOUT).stores({ [BLOCKS]: '', [STATE]: '' });
      await database.open();
      // Dexie opens a database of a later layout all the same, and counts in tens.
      if ((database.backendDB() as unknown as Backend).version <= LAYOUT * 10) return database;
      database.close();
      throw createError('STORAGE_NEWER', 'a newer version of the program has written this');
    };
    try {
      const database = await open();
      const epoch = await beginEpoch(database);
      return new DexieConnection(database, open, ranges, release, await askPersistence(persist), epoch);
    } catch (error) {
      release();
      const known = refusal(error);
      if (known.code !== 'STORAGE_FAILED') throw known;
      throw createError('STORAGE_FAILED', 'IndexedDB cannot be opened here, as in private windows of some browsers');
    }
  };
  return {
    kind: 'dexie',
    place: prefix,
    connect: (name) => connect(name, false),
    takeOver: (name) => connect(name, true),
    // Without locks between tabs there are no other tabs to wait for.
    ...(platform().navigator?.locks !== undefined && {
      whenFree: (name: string, tell: () => void) => waitForLock(`${prefix}:${name}`, tell),
    }),
  };
}
