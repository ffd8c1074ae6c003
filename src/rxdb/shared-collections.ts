import { eraseDatabase } from '../engine/erase-database.ts';
import { createError, EngineError } from '../engine/ground/errors.ts';
import type { DocumentCollection } from './document-collection.ts';

/** A collection that instances of this realm have open. */
export interface OpenCollection {
  readonly collection: DocumentCollection;
  /** Ends the database that it is kept in. */
  readonly close: () => Promise<void>;
  /** Takes away all documents, where others may hold them who are not of this realm. */
  readonly empty: () => Promise<void>;
  /** Takes away what is kept of it, once it is closed. */
  readonly erase: () => Promise<void>;
}

interface Shared {
  readonly opening: Promise<OpenCollection>;
  users: number;
  isRemoved: boolean;
}

/** What an instance has of a collection that it shares. */
export interface CollectionLease {
  readonly collection: DocumentCollection;
  /** Whether it was taken away, by whoever had it too. */
  readonly isRemoved: boolean;
  /** Gives it back; the last one closes it. */
  close(): Promise<void>;
  /** Takes it and all its documents away, from everyone. */
  remove(): Promise<void>;
}

/**
 * The collections of one place that are open in this realm, so that two instances of one identity have the same documents and hear
 * the same events. `outlives`: whether a collection stays when nobody has it open, as where nothing else keeps it.
 */
export class SharedCollections {
  readonly #outlives: boolean;
  readonly #shared = new Map<string, Shared>();
  /** Collections that are being closed or removed, which cannot be opened until they are. */
  readonly #ending = new Map<string, Promise<unknown>>();

  constructor(outlives: boolean) {
    this.#outlives = outlives;
  }

  /** Opens a collection by `make`, unless it is open. Rejects as that does. */
  async open(name: string, make: () => Promise<OpenCollection>): Promise<CollectionLease> {
    for (let ending = this.#ending.get(name); ending !== undefined; ending = this.#ending.get(name))
      await ending.catch(() => undefined);
    let shared = this.#shared.get(name);
    if (shared === undefined) {
      shared = { opening: make(), users: 0, isRemoved: false };
      this.#shared.set(name, shared);
    }
    shared.users++;
    try {
      return this.#lease(name, shared, await shared.opening);
    } catch (error) {
      if (this.#shared.get(name) === shared) this.#shared.delete(name);
      throw error;
    }
  }

  #lease(name: string, shared: Shared, { collection, close, empty, erase }: OpenCollection): CollectionLease {
    return {
      collection,
      get isRemoved() {
        return shared.isRemoved;
      },
      close: async () => {
        shared.users--;
        if (shared.users > 0 || this.#outlives || this.#shared.get(name) !== shared) return;
        collection.end();
        await this.#end(name, close);
      },
      remove: async () => {
        if (this.#shared.get(name) !== shared) throw createError('DATABASE_CLOSED', 'the collection has been removed');
        shared.isRemoved = true;
        collection.end();
        await this.#end(name, async () => {
          try {
            await empty();
          } finally {
            await close();
          }
          await erase();
        });
      },
    };
  }

  /** From now on it can be opened anew, once this has ended. */
  async #end(name: string, work: () => Promise<void>): Promise<void> {
    this.#shared.delete(name);
    const ending = work();
    this.#ending.set(name, ending);
    try {
      await ending;
    } finally {
      if (this.#ending.get(name) === ending) this.#ending.delete(name);
    }
  }
}

/** What is kept under a name is taken away, unless others have it open, who have been left with nothing in it. */
export async function eraseUnlessHeld(storage: Parameters<typeof eraseDatabase>[0], name: string): Promise<void> {
  try {
    await eraseDatabase(storage, name);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'STORAGE_LOCKED') throw error;
  }
}
