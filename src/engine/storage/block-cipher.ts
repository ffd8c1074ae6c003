import { HEADER_BYTES, readHeader, writeHeader } from './cipher-header.ts';
import { type Ciphers, gcm, IV_BYTES, joinBytes } from './ciphers.ts';
import type { DataKey, KeyRing } from './key-ring.ts';

/** What an encrypted block was found to be. */
interface OpenedBlock {
  readonly bytes: Uint8Array;
  readonly keyNumber: number;
  readonly count: number;
}

/** The header and the name of the place: a block that was moved, or says it is of another key, does not open. */
function contextOf(header: Uint8Array, name: string): Uint8Array {
  return joinBytes(header, new TextEncoder().encode(name));
}

/**
 * Encrypts the block called `name` with AES-256-GCM: header, a random 96-bit IV of its own, what is encrypted, and the tag.
 * `count`: how many blocks this key has encrypted with this one.
 */
export async function sealCipher(
  { subtle, random }: Ciphers,
  { number, key }: DataKey,
  name: string,
  bytes: Uint8Array,
  count: number,
): Promise<Uint8Array> {
  const header = writeHeader({ keyNumber: number, count });
  const iv = random(IV_BYTES);
  return joinBytes(header, iv, new Uint8Array(await subtle.encrypt(gcm(iv, contextOf(header, name)), key, bytes)));
}

/** Undefined for bytes that were not encrypted for this place with a key of the ring, or are damaged. */
export async function openCipher(
  { subtle }: Ciphers,
  { keys }: KeyRing,
  name: string,
  sealed: Uint8Array,
): Promise<OpenedBlock | undefined> {
  const header = readHeader(sealed);
  const dataKey = keys.find(({ number }) => number === header?.keyNumber);
  if (header === undefined || dataKey === undefined) return undefined;
  const context = contextOf(sealed.subarray(0, HEADER_BYTES), name);
  const iv = sealed.slice(HEADER_BYTES, HEADER_BYTES + IV_BYTES);
  try {
    const opened = await subtle.decrypt(gcm(iv, context), dataKey.key, sealed.subarray(HEADER_BYTES + IV_BYTES));
    return { bytes: new Uint8Array(opened), ...header };
  } catch {
    return undefined;
  }
}
