import type { Environment } from '../ground/environment.ts';
import { createError } from '../ground/errors.ts';
import type { StorageKey } from '../storage/storage-key.ts';

/** Throws `WRONG_KEY` unless a tab that follows has the key of the tab that leads. `ring`: what that key opens. */
export async function assertKey(
  ring: Uint8Array | undefined,
  key: StorageKey | undefined,
  environment: Environment,
): Promise<void> {
  if (ring === undefined && key === undefined) return;
  if (ring === undefined)
    throw createError('WRONG_KEY', 'a key was given, and the tab that leads keeps the database without one');
  if (key === undefined) throw createError('WRONG_KEY', 'the database is encrypted, and no key was given');
  const { openSealedFile } = await import('../storage/sealed-file.ts');
  await openSealedFile(environment, key, ring);
}
