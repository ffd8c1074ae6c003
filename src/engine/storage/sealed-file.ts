import type { Environment } from '../ground/environment.ts';
import { openCipher } from './block-cipher.ts';
import { ciphersOf } from './ciphers.ts';
import { KeyRing } from './key-ring.ts';
import type { StorageKey } from './storage-key.ts';

/**
 * Opens the ring of an encrypted file. Gives what opens its pieces by their names: undefined for one that is damaged or of
 * another place. Rejects with `WRONG_KEY` or `STORAGE_CORRUPT`.
 */
export async function openSealedFile(
  environment: Environment,
  key: StorageKey,
  sealedRing: Uint8Array,
): Promise<(name: string, bytes: Uint8Array) => Promise<Uint8Array | undefined>> {
  const ciphers = ciphersOf(environment);
  const ring = await KeyRing.open(ciphers, sealedRing, key);
  return async (name, bytes) => (await openCipher(ciphers, ring, name, bytes))?.bytes;
}
