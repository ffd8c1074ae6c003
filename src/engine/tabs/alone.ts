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
  #key: StorageKey | undefined;
  #reopening: Promise<void> | undefined;

  private constructor(store: Store, choice: JournalChoice, journal: KeptJournal) {
    this.#store = store;
    this.#choice = choice;
    this.#journal = journal;
    this.#key = choice.key;
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
    await this.#journal.rotateKey(key);
    this.#key = key;
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
    const store = this.#store;
    // Who waited for it has heard of its failure.
    await this.#journal.close().catch(() => undefined);
    const { adoptState } = await import('./adopt-state.ts');
    const beside = store.createEmpty();
    const adopt = () => adoptState(store, beside);
    this.#journal = await openJournal(store, { ...this.#choice, key: this.#key, beside: { store: beside, adopt } });
    store.refuse(undefined);
  }

  async close(): Promise<void> {
    await this.#reopening?.catch(() => undefined);
    await this.#journal.close();
  }
}
