import { createError } from '../ground/errors.ts';

/** What a database is encrypted by: a passphrase of at least 8 characters, or 32 bytes. */
export type StorageKey = string | Uint8Array;

export const KEY_BYTES = 32;
const PASSPHRASE_MIN = 8;

/** A passphrase in the one form in which it counts, whichever way a keyboard composes its letters. */
export function composePassphrase(passphrase: string): string {
  return passphrase.normalize('NFC');
}

/** Bytes of another realm are bytes too. */
function isBytes(key: unknown): key is Uint8Array {
  return Object.prototype.toString.call(key) === '[object Uint8Array]';
}

/** Throws `INVALID_OPTION` for what is no key. */
export function checkKey(key: unknown): asserts key is StorageKey {
  const isKey =
    typeof key === 'string'
      ? [...composePassphrase(key)].length >= PASSPHRASE_MIN
      : isBytes(key) && key.length === KEY_BYTES;
  if (!isKey)
    throw createError(
      'INVALID_OPTION',
      `a key is a text of at least ${PASSPHRASE_MIN} characters, or ${KEY_BYTES} bytes`,
    );
}
