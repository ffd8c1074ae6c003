import type { Store } from '../store/store.ts';
import { type Durability, Journal } from './journal.ts';
import { recover } from './recover.ts';
import type { Storage } from './storage.ts';

export interface JournalChoice {
  readonly storage: Storage;
  readonly name: string;
  readonly durability: Durability;
  readonly onError: (error: unknown) => void;
}

/** Bytes of log that are read in less time than anyone notices: below that no snapshot is made. */
const COMPACT_BYTES = 1024 * 1024;

/**
 * Fills an empty store with what is kept under a name, and keeps what is committed from then on. Rejects with
 * `STORAGE_LOCKED`, `STORAGE_CORRUPT` or `STORAGE_NEWER`, and then has changed nothing.
 */
export async function openJournal(
  store: Store,
  { storage, name, durability, onError }: JournalChoice,
): Promise<Journal> {
  const connection = await storage.connect(name);
  try {
    const state = await recover(connection, store);
    return new Journal(store, connection, state, {
      kind: storage.kind,
      durability,
      compactBytes: COMPACT_BYTES,
      onError,
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
}
