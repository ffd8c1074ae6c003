import type { Storage } from './storage/storage.ts';

/**
 * Takes away all that is kept under a name; a database opened there afterwards is new. First of all the keys that its blocks are
 * encrypted with, without which nothing else can be read: also where the rest is interrupted. Needs no key, and nothing to be
 * whole. Rejects with `STORAGE_LOCKED` where it is open.
 */
export async function eraseDatabase(storage: Storage, name: string): Promise<void> {
  const { erase } = await import('./storage/erase.ts');
  await erase(storage, name);
}
