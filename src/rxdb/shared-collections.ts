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
  /** Hears that the collection was removed. */
  readonly onRemoved: Set<() => void>;
}

/** What an instance has of a collection that it shares. */
export interface CollectionLease {
  readonly collection: DocumentCollection;
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

  /** `onRemoved`: called when another instance removes it. */
  async open(name: string, make: () => Promise<OpenCollection>, onRemoved: () => void): Promise<CollectionLease> {
    for (let ending = this.#ending.get(name); ending !== undefined; ending = this.#ending.get(name))
      await ending.catch(() => undefined);
    let shared = this.#shared.get(name);
    if (shared === undefined) {
      shared = { opening: make(), users: 0, onRemoved: new Set() };
      this.#shared.set(name, shared);
    }
    shared.users++;
    shared.onRemoved.add(onRemoved);
    try {
      const opened = await shared.opening;
      return this.#lease(name, shared, opened, onRemoved);
    } catch (error) {
      this.#shared.delete(name);
      throw error;
    }
  }

  #lease(name: string, shared: Shared, { collection, close, empty, erase }: OpenCollection, onRemoved: () => void) {
    const end = async (work: () => Promise<void>) => {
      this.#shared.delete(name);
      collection.end();
      const ending = work();
      this.#ending.set(name, ending);
      try {
        await ending;
      } finally {
        this.#ending.delete(name);
      }
    };
    return {
      collection,
      close: async () => {
        shared.onRemoved.delete(onRemoved);
        shared.users--;
        if (shared.users > 0 || this.#outlives || this.#shared.get(name) !== shared) return;
        await end(close);
      },
      remove: async () => {
        if (this.#shared.get(name) !== shared) throw createError('DATABASE_CLOSED', 'the collection has been removed');
        shared.onRemoved.delete(onRemoved);
        for (const tell of [...shared.onRemoved]) tell();
        await empty();
        await end(async () => {
          await close();
          await erase();
        });
      },
    };
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
