import type { Store } from '../store/store.ts';
import type { Encryption } from './encryption.ts';
import { type Durability, Journal } from './journal.ts';
import { encryptConnection } from './open-connection.ts';
import { recover } from './recover.ts';
import type { Storage } from './storage.ts';
import type { StorageKey } from './storage-key.ts';

export interface JournalChoice {
  readonly storage: Storage;
  readonly name: string;
  readonly durability: Durability;
  readonly key: StorageKey | undefined;
  readonly onError: (error: unknown) => void;
}

/** Bytes of log that are read in less time than anyone notices: below that no snapshot is made. */
const COMPACT_BYTES = 1024 * 1024;

/** What keeps a database. */
export interface OpenJournal {
  readonly journal: Journal;
  /** Where a key was given. */
  readonly encryption: Encryption | undefined;
}

/**
 * Fills an empty store with what is kept under a name, and keeps what is committed from then on. Rejects with
 * `STORAGE_LOCKED`, `STORAGE_CORRUPT`, `STORAGE_NEWER` or `WRONG_KEY`, and then has changed nothing.
 */
export async function openJournal(
  store: Store,
  { storage, name, durability, key, onError }: JournalChoice,
): Promise<OpenJournal> {
  const inner = await storage.connect(name);
  const encrypted = key === undefined ? undefined : await encryptConnection(inner, key, store.environment);
  const connection = encrypted ?? inner;
  try {
    const state = await recover(connection, store);
    const options = { kind: storage.kind, durability, compactBytes: COMPACT_BYTES, onError };
    const journal = new Journal(store, connection, state, options);
    if (encrypted === undefined) return { journal, encryption: undefined };
    const { Encryption } = await import('./encryption.ts');
    const encryption = new Encryption(encrypted, journal, onError);
    await encryption.settle();
    return { journal, encryption };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
