import { systemEnvironment } from './ground/environment.ts';
import type { BackupOptions } from './storage/backup.ts';
import type { Storage } from './storage/storage.ts';

/**
 * Puts a backup that `backup()` made in a storage, under a name that nothing is kept under yet, and gives the number of
 * records. Rejects with `STORAGE_CORRUPT` unless every byte is as it was written, and then leaves nothing there.
 */
export async function restoreBackup(
  storage: Storage,
  name: string,
  source: AsyncIterable<Uint8Array>,
  options: BackupOptions = {},
): Promise<number> {
  const { restore } = await import('./storage/backup.ts');
  return restore(storage, name, source, systemEnvironment(), options);
}
