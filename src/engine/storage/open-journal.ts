import type { EngineError } from '../ground/errors.ts';
import type { Store } from '../store/store.ts';
import type { CommitPart } from './commit-codec.ts';
import { type Durability, Journal } from './journal.ts';
import { recover } from './recover.ts';
import type { Storage } from './storage.ts';

export interface JournalChoice {
  readonly storage: Pick<Storage, 'kind' | 'connect'>;
  readonly name: string;
  readonly durability: Durability;
  /**
   * Where the store holds something already: an empty store to be filled in its stead, and what then brings the one up to
   * the other.
   */
  readonly beside?: { readonly store: Store; adopt(): void } | undefined;
  /** Hears of commits once they are stored. */
  readonly onStored?: ((parts: readonly CommitPart[]) => void) | undefined;
  /** Hears why nothing is stored any more. */
  readonly onFailure?: ((failure: EngineError) => void) | undefined;
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
  { storage, name, durability, beside, onStored, onFailure, onError }: JournalChoice,
): Promise<Journal> {
  const connection = await storage.connect(name);
  try {
    const state = await recover(connection, beside?.store ?? store);
    beside?.adopt();
    return new Journal(store, connection, state, {
      kind: storage.kind,
      durability,
      compactBytes: COMPACT_BYTES,
      onStored,
      onFailure,
      onError,
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
}
