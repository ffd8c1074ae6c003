import { createError } from '../ground/errors.ts';
import type { BackupSealer, Encryption } from './encryption.ts';
import type { Journal } from './journal.ts';
import type { StoreCapture } from './snapshot-codec.ts';
import type { StorageHealth } from './storage-health.ts';
import type { StorageKey } from './storage-key.ts';
import type { ProgressListener } from './storage-progress.ts';

/** A journal and, where there is a key, what keeps it encrypted. */
export class KeptJournal {
  readonly #journal: Journal;
  readonly #encryption: Encryption | undefined;

  constructor(journal: Journal, encryption: Encryption | undefined) {
    this.#journal = journal;
    this.#encryption = encryption;
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

  capture(): Promise<StoreCapture> {
    return this.#journal.capture();
  }

  /** `onCounts`: called when the new key is the one that opens the database, whatever becomes of the rest. */
  async rotateKey(key: StorageKey, onCounts: () => void): Promise<void> {
    if (this.#encryption === undefined)
      throw createError(
        'INVALID_OPTION',
        'the database has no key to rotate: open it with one, and it becomes encrypted',
      );
    await this.#encryption.rotate(key, onCounts);
  }

  async createSealer(): Promise<BackupSealer | undefined> {
    return this.#encryption?.createSealer();
  }

  async close(): Promise<void> {
    await this.#encryption?.settled();
    await this.#journal.close();
  }
}
