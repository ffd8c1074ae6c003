import { createIssue, EngineError } from '../ground/errors.ts';
import type { Store } from '../store/store.ts';
import type { CommitPart } from './commit-codec.ts';
import { Journal } from './journal.ts';
import { KeptJournal } from './kept-journal.ts';
import { encryptConnection } from './open-connection.ts';
import { recover } from './recover.ts';
import type { Storage } from './storage.ts';
import type { Durability } from './storage-health.ts';
import type { StorageKey } from './storage-key.ts';
import { createTeller, type ProgressListener } from './storage-progress.ts';

export interface JournalChoice {
  readonly storage: Pick<Storage, 'kind' | 'connect'>;
  readonly name: string;
  readonly durability: Durability;
  readonly key: StorageKey | undefined;
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
  readonly onProgress?: ProgressListener | undefined;
}

/** Bytes of log that are read in less time than anyone notices: below that no snapshot is made. */
const COMPACT_BYTES = 1024 * 1024;

/**
 * Fills an empty store with what is kept under a name, and keeps what is committed from then on. Records of an earlier version
 * become records of today's, and are written before it resolves. Rejects with `STORAGE_LOCKED`, `STORAGE_CORRUPT`,
 * `STORAGE_NEWER`, `INVALID_DEFINITION`, `MIGRATION_FAILED` or `WRONG_KEY`, and then has changed nothing.
 */
export async function openJournal(
  store: Store,
  { storage, name, durability, key, beside, onStored, onFailure, onError, onProgress }: JournalChoice,
): Promise<KeptJournal> {
  const tell = createTeller(onProgress, onError);
  const inner = await storage.connect(name);
  const encrypted = key === undefined ? undefined : await encryptConnection(inner, key, store.environment);
  const connection = encrypted ?? inner;
  try {
    const into = beside?.store ?? store;
    const { state, staged } = await recover(connection, into, { tell });
    if (staged.size > 0) {
      // Loaded when wanted, which is seldom.
      const { migrate } = await import('./migrate.ts');
      await migrate(into, staged, tell);
    }
    beside?.adopt();
    const journal = new Journal(store, connection, state, {
      kind: storage.kind,
      durability,
      compactBytes: COMPACT_BYTES,
      onStored,
      onFailure,
      onError,
    });
    // One write of it puts the new in the place of the old: before it nothing has changed, after it everything.
    if (staged.size > 0) await journal.compact(onProgress).catch(refuse);
    if (encrypted === undefined) return new KeptJournal(journal, undefined);
    const { Encryption } = await import('./encryption.ts');
    const encryption = new Encryption(encrypted, journal, onError);
    await encryption.settle();
    return new KeptJournal(journal, encryption);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function refuse(cause: unknown): never {
  if (cause instanceof EngineError) throw cause;
  throw new EngineError([createIssue('STORAGE_FAILED', 'the storage did not keep what was migrated')], { cause });
}
