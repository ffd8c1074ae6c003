import type { BackupSealer } from './encryption.ts';
import type { StorageHealth } from './storage-health.ts';
import type { StorageKey } from './storage-key.ts';
import type { ProgressListener } from './storage-progress.ts';

/** What keeps the commits of a database: a journal of its own, or the tabs that share one. */
export interface Keeper {
  /** The sequence of the last commit that is kept. */
  readonly storedSequence: number;
  health(): StorageHealth;
  /** Resolves when all that was written by now is kept. Rejects with what the storage said. */
  settled(): Promise<void>;
  /** Writes all records down anew. */
  compact(onProgress?: ProgressListener): Promise<void>;
  /** Has another key open the database. */
  rotateKey(key: StorageKey): Promise<void>;
  /** After a failure: reads again what is kept, takes back in memory what is not, and keeps what is written from then on. */
  reopen(): Promise<void>;
  /** What encrypts a backup; undefined where there is no key. */
  createSealer(): Promise<BackupSealer | undefined>;
  /** Runs a transaction where commits are made, which may be elsewhere; absent where that is always here. */
  transact?<T>(work: () => T): T | Promise<T>;
  close(): Promise<void>;
}
