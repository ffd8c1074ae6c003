import { EngineError } from '../ground/errors.ts';
import type { BackupSealer } from '../storage/encryption.ts';
import type { Keeper } from '../storage/keeper.ts';
import type { KeptJournal } from '../storage/kept-journal.ts';
import { type JournalChoice, openJournal } from '../storage/open-journal.ts';
import type { StorageHealth } from '../storage/storage-health.ts';
import type { StorageKey } from '../storage/storage-key.ts';
import type { ProgressListener } from '../storage/storage-progress.ts';
import type { Store } from '../store/store.ts';

/** A database that has its storage to itself. */
export class Alone implements Keeper {
  readonly #store: Store;
  readonly #choice: JournalChoice;
  #journal: KeptJournal;
  /** Whether the journal has been closed after a failure, and none has taken its place yet. */
  #isDown = false;
  /** The key that opens the database; and one that may, as a rotation to it was refused and may have been kept. */
  #keys: readonly (StorageKey | undefined)[];
  #reopening: Promise<void> | undefined;

  private constructor(store: Store, choice: JournalChoice, journal: KeptJournal) {
    this.#store = store;
    this.#choice = choice;
    this.#journal = journal;
    this.#keys = [choice.key];
  }

  /** Rejects as `openJournal` does. */
  static async open(store: Store, choice: JournalChoice): Promise<Alone> {
    return new Alone(store, choice, await openJournal(store, choice));
  }

  get storedSequence(): number {
    return this.#journal.storedSequence;
  }

  health(): StorageHealth {
    return this.#journal.health();
  }

  settled(): Promise<void> {
    return this.#journal.settled();
  }

  compact(onProgress?: ProgressListener): Promise<void> {
    return this.#journal.compact(onProgress);
  }

  async rotateKey(key: StorageKey): Promise<void> {
    this.#keys = [...this.#keys.slice(0, 1), key];
    await this.#journal.rotateKey(key, () => {
      this.#keys = [key];
    });
  }

  createSealer(): Promise<BackupSealer | undefined> {
    return this.#journal.createSealer();
  }

  reopen(): Promise<void> {
    this.#reopening ??= this.#reopen().finally(() => {
      this.#reopening = undefined;
    });
    return this.#reopening;
  }

  async #reopen(): Promise<void> {
    if (this.#journal.health().failure === undefined) return;
    // Who waited for it has heard of its failure. Once: another may have the storage by the next time.
    if (!this.#isDown) await this.#journal.close().catch(() => undefined);
    this.#isDown = true;
    this.#journal = await this.#openWithAnyKey();
    this.#isDown = false;
    this.#store.refuse(undefined);
  }

  async #openWithAnyKey(): Promise<KeptJournal> {
    const store = this.#store;
    const { adoptState } = await import('./adopt-state.ts');
    for (const [at, key] of this.#keys.entries()) {
      const beside = store.createEmpty();
      const adopt = () => adoptState(store, beside);
      try {
        const journal = await openJournal(store, { ...this.#choice, key, beside: { store: beside, adopt } });
        this.#keys = [key];
        return journal;
      } catch (error) {
        const isOther = error instanceof EngineError && error.code === 'WRONG_KEY' && at + 1 < this.#keys.length;
        if (!isOther) throw error;
      }
    }
    throw new RangeError('there is a key to try, or none is needed');
  }

  async close(): Promise<void> {
    await this.#reopening?.catch(() => undefined);
    if (!this.#isDown) await this.#journal.close();
  }
}
