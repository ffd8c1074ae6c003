import { checkOptions } from './calls/check-options.ts';
import { systemEnvironment } from './ground/environment.ts';
import type { RestoreOptions } from './storage/backup.ts';
import type { Storage } from './storage/storage.ts';
import { checkKey } from './storage/storage-key.ts';

/**
 * Puts a backup that `backup()` made in a storage, under a name that nothing is kept under yet, and gives the number of
 * records. With a `key` what is restored is encrypted; a backup of a database with a key needs the one it had. Rejects with
 * `STORAGE_CORRUPT` unless every byte is as it was written, or with `WRONG_KEY`, and then leaves nothing there.
 */
export async function restoreBackup(
  storage: Storage,
  name: string,
  source: AsyncIterable<Uint8Array>,
  options: RestoreOptions = {},
): Promise<number> {
  const { key, ...others } = options;
  checkOptions(others, { onProgress: 'function', key: 'string' });
  if (key !== undefined) checkKey(key);
  const { restore } = await import('./storage/backup.ts');
  return restore(storage, name, source, systemEnvironment(), options);
}
