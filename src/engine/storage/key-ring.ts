import { createError } from '../ground/errors.ts';
import { KEYS_KEY } from './block-keys.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { AES, type CipherKey, type Ciphers, gcm, IV_BYTES, isRefused, joinBytes } from './ciphers.ts';
import { corrupt, openBlock, sealBlock } from './envelope.ts';
import { createMasterKey, type MasterKey, openMasterKey, wrongKey } from './master-key.ts';
import { KEY_BYTES, type StorageKey } from './storage-key.ts';

/** A key that blocks are encrypted with. Its own bytes are nowhere but wrapped. */
export interface DataKey {
  readonly number: number;
  readonly key: CipherKey;
}

/** A data key as it is stored. */
interface WrappedKey {
  readonly iv: Uint8Array;
  readonly bytes: Uint8Array;
}

/** What a ring says in the clear; no key of a ring opens when any of it was changed. Plain JSON. */
interface RingHead {
  readonly format: number;
  /** Rounds by which the master key is derived of a passphrase; null where its bytes are given. */
  readonly iterations: number | null;
  readonly isPlainAllowed: boolean;
  /** The numbers of the data keys, in their order. */
  readonly numbers: readonly number[];
}

interface RingParts {
  readonly master: MasterKey;
  /** What it says in the clear, as it stands there. */
  readonly head: Uint8Array;
  readonly isPlainAllowed: boolean;
  readonly keys: readonly DataKey[];
  readonly wrapped: readonly WrappedKey[];
}

export interface RingChange {
  /** Wraps all with another master key. */
  readonly master?: MasterKey | undefined;
  readonly isPlainAllowed?: boolean | undefined;
  /** `add`: a new data key behind those there are. `current`: the last alone. `new`: none of those there are. */
  readonly keys?: 'add' | 'current' | 'new' | undefined;
}

const FORMAT = 1;
const USES = ['encrypt', 'decrypt'];

/** What a key is wrapped together with: all that its ring says, and which of its keys it is. */
function contextOf(head: Uint8Array, salt: Uint8Array, number: number): Uint8Array {
  const writer = new ByteWriter();
  writer.piece(head);
  writer.piece(salt);
  writer.f64(number);
  return writer.finish();
}

/**
 * The data keys of a database, wrapped with a master key: a block of its own, which a change of the master key writes anew
 * without touching the others, and without which they are noise. A ring never changes; `change` makes another.
 */
export class KeyRing {
  readonly isPlainAllowed: boolean;
  /** The last is the one to encrypt with. */
  readonly keys: readonly DataKey[];
  /** The sealed block. */
  readonly bytes: Uint8Array;
  readonly #ciphers: Ciphers;
  readonly #master: MasterKey;
  readonly #head: Uint8Array;
  readonly #wrapped: readonly WrappedKey[];

  private constructor(ciphers: Ciphers, { master, head, isPlainAllowed, keys, wrapped }: RingParts) {
    this.#ciphers = ciphers;
    this.#master = master;
    this.#head = head;
    this.#wrapped = wrapped;
    this.keys = keys;
    this.isPlainAllowed = isPlainAllowed;
    const writer = new ByteWriter();
    writer.piece(head);
    writer.piece(saltOf(master));
    for (const { iv, bytes } of wrapped) {
      writer.piece(iv);
      writer.piece(bytes);
    }
    const payload = writer.finish();
    this.bytes = sealBlock({ kind: 'keys', number: 0, sequence: 0, count: keys.length, previous: 0, payload }).bytes;
  }

  get current(): DataKey {
    return this.keys.at(-1) as DataKey;
  }

  /** A ring with one new data key. */
  static async create(ciphers: Ciphers, key: StorageKey): Promise<KeyRing> {
    return KeyRing.#seal(ciphers, await createMasterKey(ciphers, key), false, [{ number: 1 }]);
  }

  /** Throws `STORAGE_CORRUPT` for a ring that is damaged, `WRONG_KEY` for a key that is not the one of this ring. */
  static async open(ciphers: Ciphers, sealed: Uint8Array, key: StorageKey): Promise<KeyRing> {
    const block = openBlock(KEYS_KEY, sealed, 0);
    if (block.kind !== 'keys') throw corrupt(`block ${KEYS_KEY} does not fit`, 0);
    const { head, salt, wrapped, said } = readRing(block.payload);
    const derivation = said.iterations === null ? undefined : { salt, iterations: said.iterations };
    const master = await openMasterKey(ciphers, key, derivation);
    const keys: DataKey[] = [];
    for (const [at, number] of said.numbers.entries()) {
      const context = contextOf(head, salt, number);
      keys.push({ number, key: await unwrap(ciphers, master, wrapped[at] as WrappedKey, context, false) });
    }
    return new KeyRing(ciphers, { master, head, isPlainAllowed: said.isPlainAllowed, keys, wrapped });
  }

  async change({ master = this.#master, isPlainAllowed = this.isPlainAllowed, keys }: RingChange): Promise<KeyRing> {
    const { number } = this.current;
    if (keys === 'new') return KeyRing.#seal(this.#ciphers, master, isPlainAllowed, [{ number: 1 }]);
    const kept: { number: number; key?: CipherKey }[] = [];
    for (const [at, own] of this.keys.entries()) {
      if (keys === 'current' && own !== this.current) continue;
      const context = contextOf(this.#head, saltOf(this.#master), own.number);
      // Of this one its bytes are asked for, to be wrapped again.
      const key = await unwrap(this.#ciphers, this.#master, this.#wrapped[at] as WrappedKey, context, true);
      kept.push({ number: own.number, key });
    }
    if (keys === 'add') kept.push({ number: number + 1 });
    return KeyRing.#seal(this.#ciphers, master, isPlainAllowed, kept);
  }

  /** Another master key for `change`. */
  createMaster(key: StorageKey): Promise<MasterKey> {
    return createMasterKey(this.#ciphers, key);
  }

  /** Wraps keys, and makes those that are not there yet. */
  static async #seal(
    ciphers: Ciphers,
    master: MasterKey,
    isPlainAllowed: boolean,
    keys: readonly { readonly number: number; readonly key?: CipherKey }[],
  ): Promise<KeyRing> {
    const iterations = master.derivation?.iterations ?? null;
    const said: RingHead = { format: FORMAT, iterations, isPlainAllowed, numbers: keys.map(({ number }) => number) };
    const head = new TextEncoder().encode(JSON.stringify(said));
    const [sealed, wrapped]: [DataKey[], WrappedKey[]] = [[], []];
    for (const { number, key = await createKey(ciphers) } of keys) {
      const context = contextOf(head, saltOf(master), number);
      const iv = ciphers.random(IV_BYTES);
      const bytes = new Uint8Array(await ciphers.subtle.wrapKey('raw', key, master.key, gcm(iv, context)));
      wrapped.push({ iv, bytes });
      sealed.push({ number, key: await unwrap(ciphers, master, { iv, bytes }, context, false) });
    }
    return new KeyRing(ciphers, { master, head, isPlainAllowed, keys: sealed, wrapped });
  }
}

function saltOf({ derivation }: MasterKey): Uint8Array {
  return derivation?.salt ?? new Uint8Array(0);
}

async function createKey({ subtle, random }: Ciphers): Promise<CipherKey> {
  const bytes = random(KEY_BYTES);
  const key = await subtle.importKey('raw', bytes, AES, true, USES);
  bytes.fill(0);
  return key;
}

async function unwrap(
  { subtle }: Ciphers,
  master: MasterKey,
  { iv, bytes }: WrappedKey,
  context: Uint8Array,
  isExtractable: boolean,
): Promise<CipherKey> {
  try {
    return await subtle.unwrapKey('raw', bytes, master.key, gcm(iv, context), AES, isExtractable, USES);
  } catch (error) {
    // The seal of the block holds, so nothing is damaged.
    throw isRefused(error) ? wrongKey() : error;
  }
}

interface ReadRing {
  readonly head: Uint8Array;
  readonly said: RingHead;
  readonly salt: Uint8Array;
  readonly wrapped: readonly WrappedKey[];
}

function readRing(payload: Uint8Array): ReadRing {
  try {
    const reader = new ByteReader(payload);
    const head = joinBytes(reader.piece());
    const said = JSON.parse(new TextDecoder().decode(head)) as RingHead;
    if (said.format > FORMAT) throw createError('STORAGE_NEWER', 'a newer version of the program has encrypted this');
    const salt = joinBytes(reader.piece());
    const wrapped = said.numbers.map(() => ({ iv: joinBytes(reader.piece()), bytes: joinBytes(reader.piece()) }));
    if (wrapped.length === 0) throw new RangeError('a ring without a key');
    return { head, said, salt, wrapped };
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError)
      throw corrupt(`block ${KEYS_KEY} does not fit`, 0);
    throw error;
  }
}
