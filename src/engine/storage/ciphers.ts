import type { Environment } from '../ground/environment.ts';
import { createError } from '../ground/errors.ts';

/** AES-256, and the bytes that are drawn anew for all that is encrypted. */
export const AES = { name: 'AES-GCM', length: 256 } as const;
export const IV_BYTES = 12;

/** A key that the platform holds; its bytes are out of reach. */
export type CipherKey = object;

/** What encryption asks of Web Crypto (`crypto.subtle`). */
export interface Subtle {
  importKey(
    format: 'raw',
    bytes: Uint8Array,
    algorithm: string | object,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CipherKey>;
  deriveKey(
    algorithm: object,
    from: CipherKey,
    to: object,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CipherKey>;
  encrypt(algorithm: object, key: CipherKey, bytes: Uint8Array): Promise<ArrayBuffer>;
  decrypt(algorithm: object, key: CipherKey, bytes: Uint8Array): Promise<ArrayBuffer>;
  wrapKey(format: 'raw', key: CipherKey, by: CipherKey, algorithm: object): Promise<ArrayBuffer>;
  unwrapKey(
    format: 'raw',
    bytes: Uint8Array,
    by: CipherKey,
    algorithm: object,
    of: object,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CipherKey>;
}

/** What encryption takes of the world. */
export interface Ciphers {
  readonly subtle: Subtle;
  random(length: number): Uint8Array;
}

/** Throws `INVALID_OPTION` where the platform encrypts nothing. */
export function ciphersOf(environment: Environment): Ciphers {
  // Typed for no platform, so that its own can be handed over on each.
  const subtle = environment.subtle as Subtle | undefined;
  if (subtle === undefined)
    throw createError(
      'INVALID_OPTION',
      'a key needs env.subtle, which is crypto.subtle: a browser has it on secure pages alone, of https or localhost',
    );
  return { subtle, random: (length) => environment.random(new Uint8Array(length)) };
}

/** AES-GCM with a tag of 128 bits. `context` is not encrypted, but what is opened must have been sealed with the same. */
export function gcm(iv: Uint8Array, context: Uint8Array): object {
  return { name: AES.name, iv, additionalData: context, tagLength: 128 };
}

/** Whether an error is the platform's word for bytes that were not sealed with this key and context. */
export function isRefused(error: unknown): boolean {
  return (error as { name?: unknown } | null)?.name === 'OperationError';
}

export function joinBytes(...pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
