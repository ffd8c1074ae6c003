import { createError, type EngineError, type ErrorCode } from '../ground/errors.ts';
import type { Store } from '../store/store.ts';
import type { Keeper } from './keeper.ts';
import { openConnection } from './open-connection.ts';
import type { JournalChoice } from './open-journal.ts';
import { recover } from './recover.ts';
import type { StorageConnection } from './storage.ts';
import type { StorageHealth } from './storage-health.ts';
import { createTeller } from './storage-progress.ts';

const refusal = () => createError('READ_ONLY', 'the database was opened to be read alone');

export type ReadOnlyChoice = Omit<JournalChoice, 'storage' | 'beside' | 'onStored' | 'onFailure'> & {
  readonly storage: Parameters<typeof openConnection>[0];
};

/** What is stored, to be read and not written: of a database whose log is damaged, all that came before. */
export class ReadOnly implements Keeper {
  readonly #connection: StorageConnection;
  readonly #health: StorageHealth;

  private constructor(connection: StorageConnection, health: StorageHealth) {
    this.#connection = connection;
    this.#health = health;
  }

  /**
   * Fills an empty store. Damage in the log ends what is read, is told to `onError` and shown by `health()`; without a whole
   * snapshot nothing is, and it rejects with `STORAGE_CORRUPT`. Rejects as `openJournal` does else. Writes nothing.
   */
  static async open(store: Store, choice: ReadOnlyChoice): Promise<ReadOnly> {
    const { storage, name, key, durability, onError, onProgress } = choice;
    const connection = await openConnection(storage, name, key, store.environment);
    try {
      const tell = createTeller(onProgress, onError);
      let failure: ErrorCode | undefined;
      const onDamage = (damage: EngineError) => {
        failure = damage.code;
        onError(damage);
      };
      const { state, staged } = await recover(connection, store, { tell, onDamage });
      if (staged.size > 0) {
        const { migrate } = await import('./migrate.ts');
        await migrate(store, staged, tell);
      }
      store.refuse(refusal());
      return new ReadOnly(connection, {
        storage: storage.kind,
        durability,
        storedSequence: store.feed.sequence,
        pendingCommits: 0,
        snapshotBytes: state.snapshotBytes,
        snapshotSequence: state.snapshotSequence,
        logBytes: state.logBytes,
        compacting: false,
        persisted: connection.persisted,
        encrypted: connection.encrypted === true,
        role: 'reader',
        failure,
      });
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  get storedSequence(): number {
    return this.#health.storedSequence;
  }

  health(): StorageHealth {
    return this.#health;
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  compact(): Promise<void> {
    return Promise.reject(refusal());
  }

  rotateKey(): Promise<void> {
    return Promise.reject(refusal());
  }

  reopen(): Promise<void> {
    return Promise.reject(refusal());
  }

  /** In the clear, or by the key of an encrypted database only where it is open to be written. */
  createSealer(): Promise<undefined> {
    if (this.#health.encrypted) return Promise.reject(refusal());
    return Promise.resolve(undefined);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
