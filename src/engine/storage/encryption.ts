import { createError, EngineError } from '../ground/errors.ts';
import type { EncryptedConnection } from './encrypted-connection.ts';
import type { Journal } from './journal.ts';
import type { StorageKey } from './storage-key.ts';

/** What encrypts the pieces of a backup. */
export interface BackupSealer {
  /** Stands before all others; the key of the database opens it. */
  readonly ring: Uint8Array;
  /** `count`: the place among the pieces, from 1. */
  seal(name: string, bytes: Uint8Array, count: number): Promise<Uint8Array>;
}

/** Sees to it that all that is stored is encrypted, and with the key of now. */
export class Encryption {
  readonly #connection: EncryptedConnection;
  readonly #journal: Journal;
  readonly #onError: (error: unknown) => void;
  #rotating: Promise<void> | undefined;

  constructor(connection: EncryptedConnection, journal: Journal, onError: (error: unknown) => void) {
    this.#connection = connection;
    this.#journal = journal;
    this.#onError = onError;
    // A key of the database that has been used enough is nobody's business but ours.
    connection.onWorn = () => void this.#rotate(undefined).catch(onError);
  }

  /**
   * Brings to its end what was not: a database that was kept in the clear becomes encrypted, and a rotation that a crash has
   * interrupted is finished. Where there is no room to write all anew it is left as it is, whole, to a later opening.
   */
  async settle(): Promise<void> {
    await this.#connection.beginEncryption();
    if (this.#connection.isWorn) await this.#connection.beginRotation(undefined);
    if (!this.#connection.isUnfinished) return;
    await this.#rewrite().catch(this.#onError);
  }

  /**
   * Has another key open the database, and writes all anew with it. `onCounts`: called when the new key is the one that counts.
   * Rejects with what the storage said: before the new key is stored the old one opens it, afterwards the new one, which the
   * message tells.
   */
  async rotate(key: StorageKey, onCounts: () => void): Promise<void> {
    if (this.#rotating !== undefined) throw createError('INVALID_OPTION', 'the key is being rotated already');
    await this.#rotate(key, onCounts);
  }

  #rotate(key: StorageKey | undefined, onCounts?: () => void): Promise<void> {
    this.#rotating ??= this.#rotateNow(key, onCounts).finally(() => {
      this.#rotating = undefined;
    });
    return this.#rotating;
  }

  async #rotateNow(key: StorageKey | undefined, onCounts: (() => void) | undefined): Promise<void> {
    // Rejects where the storage has failed already.
    await this.#journal.settled();
    await this.#begin(key);
    onCounts?.();
    try {
      await this.#rewrite();
    } catch (error) {
      const code = error instanceof EngineError ? error.code : 'STORAGE_FAILED';
      throw createError(
        code,
        'the new key opens the database; an opening will write anew what the old one still reads',
      );
    }
  }

  /** What was not acknowledged may have been kept all the same. */
  async #begin(key: StorageKey | undefined): Promise<void> {
    try {
      await this.#connection.beginRotation(key);
    } catch (error) {
      const code = error instanceof EngineError ? error.code : 'STORAGE_FAILED';
      throw createError(
        code,
        'the old key still opens the database, unless what the storage refused was kept: then the new one',
      );
    }
  }

  async #rewrite(): Promise<void> {
    // One that is on its way may have begun with what was before, though nothing was committed since.
    if (this.#journal.health().compacting) await this.#journal.compact().catch(() => undefined);
    await this.#journal.compact();
    await this.#connection.finish();
  }

  createSealer(): Promise<BackupSealer> {
    return this.#connection.createSealer();
  }

  /** Resolves when no rotation is under way. */
  async settled(): Promise<void> {
    await this.#rotating?.catch(() => undefined);
  }
}
