import type { Repair } from './storage/repair.ts';
import type { Storage } from './storage/storage.ts';

/**
 * Makes a damaged database one that opens again, and says what it dropped: all that is whole up to the first damage stays,
 * the rest goes. Make a copy first. Rejects with `STORAGE_CORRUPT` and changes nothing where the snapshot itself is damaged,
 * for which a backup is the cure.
 */
export async function repairDatabase(storage: Storage, name: string): Promise<Repair> {
  const { repair } = await import('./storage/repair.ts');
  return repair(storage, name);
}
