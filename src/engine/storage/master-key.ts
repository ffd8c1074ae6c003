import { createError, type EngineError } from '../ground/errors.ts';
import { AES, type CipherKey, type Ciphers } from './ciphers.ts';
import { corrupt } from './envelope.ts';
import { composePassphrase, type StorageKey } from './storage-key.ts';

/** How a passphrase becomes a key: PBKDF2 with SHA-256. */
export interface Derivation {
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** The key that data keys are wrapped with. */
export interface MasterKey {
  readonly key: CipherKey;
  /** Undefined where the bytes of the key were given. */
  readonly derivation: Derivation | undefined;
}

/** What OWASP asks for with PBKDF2-HMAC-SHA-256: a tenth of a second to who knows the passphrase, and to each guess. */
const ITERATIONS = 600_000;
/** What a damaged or planted number must not keep a program busy with. */
const ITERATIONS_MAX = 10_000_000;
const SALT_BYTES = 16;
const USES = ['wrapKey', 'unwrapKey'];

export function wrongKey(): EngineError {
  return createError('WRONG_KEY', 'what is stored is encrypted, and with another key');
}

async function derive(ciphers: Ciphers, passphrase: string, { salt, iterations }: Derivation): Promise<CipherKey> {
  const text = new TextEncoder().encode(composePassphrase(passphrase));
  const from = await ciphers.subtle.importKey('raw', text, 'PBKDF2', false, ['deriveKey']);
  text.fill(0);
  return ciphers.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, from, AES, false, USES);
}

/** A master key of a passphrase, with a salt of its own, or of given bytes. */
export async function createMasterKey(ciphers: Ciphers, key: StorageKey): Promise<MasterKey> {
  if (typeof key !== 'string')
    return { key: await ciphers.subtle.importKey('raw', key, AES, false, USES), derivation: undefined };
  const derivation = { salt: ciphers.random(SALT_BYTES), iterations: ITERATIONS };
  return { key: await derive(ciphers, key, derivation), derivation };
}

/** The master key that was made of a key before. Throws `WRONG_KEY` for one of the other kind. */
export async function openMasterKey(
  ciphers: Ciphers,
  key: StorageKey,
  derivation: Derivation | undefined,
): Promise<MasterKey> {
  if ((typeof key === 'string') !== (derivation !== undefined)) throw wrongKey();
  if (typeof key !== 'string' || derivation === undefined) return createMasterKey(ciphers, key);
  const { iterations } = derivation;
  if (!Number.isInteger(iterations) || iterations < ITERATIONS || iterations > ITERATIONS_MAX)
    throw corrupt(`the key would be derived in ${iterations} rounds, which this program never wrote`, 0);
  return { key: await derive(ciphers, key, derivation), derivation };
}
