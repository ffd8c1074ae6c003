import type { Environment } from '../ground/environment.ts';
import { createError } from '../ground/errors.ts';
import { openCipher, sealCipher } from './block-cipher.ts';
import { KEYS_KEY } from './block-keys.ts';
import { isCipher } from './cipher-header.ts';
import { type Ciphers, ciphersOf } from './ciphers.ts';
import { KeyRing } from './key-ring.ts';
import type { BlockWrite, StorageConnection, StoredBlock } from './storage.ts';
import type { StorageKey } from './storage-key.ts';

/** Blocks that are decrypted together while those before are read: one call after another would wait for each. */
const AHEAD_COUNT = 64;
const AHEAD_BYTES = 8 * 1024 * 1024;
/** What a mark is called where blocks have their keys. No block is called so. */
const MARK = 'mark';
/** Random IVs of one key are safe from meeting for 2^32 blocks; another is taken long before. */
const WORN_COUNT = 2 ** 30;

/** Whether the ring of keys lies in the storage: not yet, as nothing does; not, and what lies there is plain; or it does. */
type Stage = 'new' | 'plain' | 'kept';

/**
 * What stands between the journal and a storage where a key was given: encrypts each block on its way there and decrypts it
 * on its way back. Nothing above knows of it. A block that does not open is handed on as no bytes at all, which are found
 * damaged there with their place.
 */
export class EncryptedConnection implements StorageConnection {
  readonly #inner: StorageConnection;
  readonly #ciphers: Ciphers;
  readonly #blocks: AsyncIterator<StoredBlock>;
  /** A block that was read to see whether it is the ring, and is none. */
  #first: StoredBlock | undefined;
  /** Undefined once closed. */
  #ring: KeyRing | undefined;
  #stage: Stage;
  /** Blocks that the current key has encrypted, in earlier days too. */
  #count = 0;
  readonly #wornCount: number;
  /** When all writes before have been handed on. */
  #handedOn: Promise<unknown> = Promise.resolve();
  #marked: Promise<void> = Promise.resolve();
  /** The last mark, in the clear. */
  #mark: Uint8Array | undefined;
  /** Hears once that the current key has encrypted enough. */
  onWorn: (() => void) | undefined;
  readonly writeMark?: (bytes: Uint8Array) => Promise<void>;
  readonly readMark?: () => Promise<Uint8Array | undefined>;

  private constructor(
    inner: StorageConnection,
    ciphers: Ciphers,
    blocks: AsyncIterator<StoredBlock>,
    first: StoredBlock | undefined,
    ring: KeyRing,
    stage: Stage,
    wornCount: number,
  ) {
    this.#inner = inner;
    this.#ciphers = ciphers;
    this.#blocks = blocks;
    this.#first = first;
    this.#ring = ring;
    this.#stage = stage;
    this.#wornCount = wornCount;
    if (inner.writeMark !== undefined) this.writeMark = (bytes) => this.#writeMark(bytes);
    if (inner.readMark !== undefined) this.readMark = () => this.#readMark();
  }

  /**
   * Reads the ring of keys where there is one, and writes nothing. Rejects with `WRONG_KEY`, `STORAGE_CORRUPT` for a ring
   * that is damaged, `INVALID_OPTION` where the platform encrypts nothing; the connection is the caller's to close.
   */
  static async open(
    inner: StorageConnection,
    key: StorageKey,
    environment: Environment,
    wornCount = WORN_COUNT,
  ): Promise<EncryptedConnection> {
    const ciphers = ciphersOf(environment);
    const blocks = inner.read()[Symbol.asyncIterator]();
    const { value, done } = await blocks.next();
    try {
      const first = done === true ? undefined : (value as StoredBlock);
      const create = async (stage: Stage) =>
        new EncryptedConnection(inner, ciphers, blocks, first, await KeyRing.create(ciphers, key), stage, wornCount);
      if (first === undefined) return await create('new');
      if (first.key !== KEYS_KEY) return await create('plain');
      const ring = await KeyRing.open(ciphers, first.bytes, key);
      return new EncryptedConnection(inner, ciphers, blocks, undefined, ring, 'kept', wornCount);
    } catch (error) {
      await blocks.return?.();
      throw error;
    }
  }

  get persisted(): boolean | undefined {
    return this.#inner.persisted;
  }

  /** Whether nothing lies there that is not encrypted. */
  get encrypted(): boolean {
    return this.#stage !== 'plain' && this.#ring?.isPlainAllowed !== true;
  }

  /** Whether all is to be written anew: what is plain, or encrypted with a key that has been replaced. */
  get isUnfinished(): boolean {
    return !this.encrypted || this.#keys.keys.length > 1;
  }

  get isWorn(): boolean {
    return this.#count >= this.#wornCount;
  }

  get #keys(): KeyRing {
    if (this.#ring === undefined) throw createError('DATABASE_CLOSED', 'the database has been closed');
    return this.#ring;
  }

  async *read(): AsyncIterable<StoredBlock> {
    let next = this.#readAhead();
    for (;;) {
      const blocks = await next;
      if (blocks.length === 0) return;
      next = this.#readAhead();
      // Heard of when it is waited for, which it may never be.
      next.catch(() => undefined);
      yield* blocks;
    }
  }

  async #readAhead(): Promise<readonly StoredBlock[]> {
    const opening: Promise<StoredBlock>[] = [];
    for (let bytes = 0; opening.length < AHEAD_COUNT && bytes < AHEAD_BYTES; ) {
      const block = this.#first ?? ((await this.#blocks.next()).value as StoredBlock | undefined);
      this.#first = undefined;
      if (block === undefined) break;
      bytes += block.bytes.length;
      opening.push(this.#open(block));
    }
    return Promise.all(opening);
  }

  async #open({ key, bytes }: StoredBlock): Promise<StoredBlock> {
    const isAsItIs = this.#stage === 'plain' || (this.#keys.isPlainAllowed && !isCipher(bytes));
    return { key, bytes: isAsItIs ? bytes : ((await this.#decrypt(key, bytes)) ?? new Uint8Array(0)) };
  }

  async #decrypt(name: string, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const ring = this.#keys;
    const opened = await openCipher(this.#ciphers, ring, name, bytes);
    if (opened?.keyNumber === ring.current.number) this.#count = Math.max(this.#count, opened.count);
    return opened?.bytes;
  }

  #encrypt(name: string, bytes: Uint8Array): Promise<Uint8Array> {
    this.#count++;
    if (this.#count === this.#wornCount) this.onWorn?.();
    return sealCipher(this.#ciphers, this.#keys.current, name, bytes, this.#count);
  }

  async write({ put, remove }: BlockWrite, durable: boolean): Promise<void> {
    const seal = async ({ key, bytes }: StoredBlock) => {
      // Copied at once, as whoever gave them may change them while earlier writes are handed on.
      return { key, bytes: this.#stage === 'plain' ? bytes.slice() : await this.#encrypt(key, bytes) };
    };
    await this.#handOn(
      Promise.all(put.map(seal)).then((sealed) => ({ put: sealed, remove })),
      durable,
    );
  }

  /** In the order of the calls, however long each takes to encrypt. */
  async #handOn(change: Promise<BlockWrite>, durable: boolean): Promise<void> {
    const handed = Promise.all([change, this.#handedOn]).then(([{ put, remove }]) => {
      // The ring lies there before, or with, the first block that needs it.
      const isFirst = this.#stage === 'new' && put.length > 0;
      const all = isFirst ? [{ key: KEYS_KEY, bytes: this.#keys.bytes }, ...put] : put;
      // Within an object, as only the handing on is waited for by the next.
      return { isFirst, written: this.#inner.write({ put: all, remove }, durable) };
    });
    this.#handedOn = handed.catch(() => undefined);
    const { isFirst, written } = await handed;
    await written;
    if (isFirst) this.#stage = 'kept';
  }

  /** Later writes are not handed on before it is durable, as they may need it. */
  async #replaceRing(ring: KeyRing): Promise<void> {
    const replaced = this.#handedOn.then(async () => {
      const { number } = this.#keys.current;
      await this.#inner.write({ put: [{ key: KEYS_KEY, bytes: ring.bytes }] }, true);
      if (ring.current.number !== number) this.#count = 0;
      this.#stage = 'kept';
      this.#ring = ring;
    });
    this.#handedOn = replaced.catch(() => undefined);
    await replaced;
  }

  /** From here on all that is written is encrypted; what lies there in the clear is read until `finish`. */
  async beginEncryption(): Promise<void> {
    if (this.#stage === 'plain') await this.#replaceRing(await this.#keys.change({ isPlainAllowed: true }));
  }

  /**
   * From here on the database opens with the new key alone, and another data key encrypts what is written; the one before is
   * kept for what lies there until `finish`. Without a key: another data key alone.
   */
  async beginRotation(key: StorageKey | undefined): Promise<void> {
    const master = key === undefined ? undefined : await this.#keys.createMaster(key);
    await this.#replaceRing(await this.#keys.change({ master, keys: 'add' }));
  }

  /** When all blocks have been written anew: nothing in the clear and nothing of an earlier key is read any more. */
  async finish(): Promise<void> {
    if (this.#mark !== undefined) await this.writeMark?.(this.#mark);
    await this.#replaceRing(await this.#keys.change({ isPlainAllowed: false, keys: 'current' }));
  }

  /** What encrypts a file that opens with the key of now: a ring with a data key of its own, and each piece by its name. */
  async createSealer(): Promise<{
    readonly ring: Uint8Array;
    seal(name: string, bytes: Uint8Array, count: number): Promise<Uint8Array>;
  }> {
    const ring = await this.#keys.change({ isPlainAllowed: false, keys: 'new' });
    const seal = (name: string, bytes: Uint8Array, count: number) =>
      sealCipher(this.#ciphers, ring.current, name, bytes, count);
    return { ring: ring.bytes, seal };
  }

  /** One after another, so that none is overtaken by one of an earlier key. */
  #writeMark(bytes: Uint8Array): Promise<void> {
    this.#mark = bytes.length === 0 ? undefined : bytes.slice();
    const mark = this.#mark;
    const written = this.#marked.then(async () => {
      const isAsItIs = mark === undefined || this.#stage === 'plain';
      // It would be noise without a ring.
      if (!isAsItIs && this.#stage === 'new') await this.#replaceRing(this.#keys);
      await this.#inner.writeMark?.(isAsItIs ? bytes : await this.#encrypt(MARK, mark));
    });
    this.#marked = written.catch(() => undefined);
    return written;
  }

  async #readMark(): Promise<Uint8Array | undefined> {
    const bytes = await this.#inner.readMark?.();
    if (bytes === undefined) return undefined;
    // One that is encrypted where no ring is says by that how much has vanished.
    const isAsItIs = this.#stage !== 'kept' || (this.#keys.isPlainAllowed && !isCipher(bytes));
    this.#mark = isAsItIs ? bytes : await this.#decrypt(MARK, bytes);
    return this.#mark;
  }

  async close(): Promise<void> {
    this.onWorn = undefined;
    await this.#handedOn;
    await this.#marked;
    this.#ring = undefined;
    await this.#blocks.return?.();
    await this.#inner.close();
  }
}
