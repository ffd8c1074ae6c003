import { checkOptions } from './calls/check-options.ts';
import { systemEnvironment } from './ground/environment.ts';
import type { Repair } from './storage/repair.ts';
import type { Storage } from './storage/storage.ts';
import { checkKey, type StorageKey } from './storage/storage-key.ts';

export interface KeyOptions {
  /** Of a database that is encrypted: its passphrase, or its 32 bytes. */
  readonly key?: StorageKey | undefined;
}

/**
 * Makes a damaged database one that opens again, and says what it dropped: all that is whole up to the first damage stays,
 * the rest goes. Make a copy first. Rejects with `STORAGE_CORRUPT` and changes nothing where the snapshot itself is damaged,
 * for which a backup is the cure, and with `WRONG_KEY` where it is encrypted with another key or none was given.
 */
export async function repairDatabase(storage: Storage, name: string, options: KeyOptions = {}): Promise<Repair> {
  const { key, ...others } = options;
  checkOptions(others, { key: 'string' });
  if (key !== undefined) checkKey(key);
  const { repair } = await import('./storage/repair.ts');
  return repair(storage, name, key, systemEnvironment());
}
