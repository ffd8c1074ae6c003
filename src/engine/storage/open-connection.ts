import type { Environment } from '../ground/environment.ts';
import type { EncryptedConnection } from './encrypted-connection.ts';
import type { Storage, StorageConnection } from './storage.ts';
import type { StorageKey } from './storage-key.ts';

/** A connection by which all is encrypted. Rejects with `WRONG_KEY`, and then has let the storage go. */
export async function encryptConnection(
  inner: StorageConnection,
  key: StorageKey,
  environment: Environment,
): Promise<EncryptedConnection> {
  try {
    // Loaded when wanted: a database without a key needs none of it.
    const { EncryptedConnection } = await import('./encrypted-connection.ts');
    return await EncryptedConnection.open(inner, key, environment);
  } catch (error) {
    await inner.close();
    throw error;
  }
}

/** Connects to what is kept under a name, encrypted where a key is given. */
export async function openConnection(
  storage: Storage,
  name: string,
  key: StorageKey | undefined,
  environment: Environment,
): Promise<StorageConnection> {
  const inner = await storage.connect(name);
  return key === undefined ? inner : encryptConnection(inner, key, environment);
}
