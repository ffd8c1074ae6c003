import type { Environment } from '../ground/environment.ts';
import { createError } from '../ground/errors.ts';
import { ChainedHash, type Digest } from './chained-hash.ts';
import type { BackupSealer } from './encryption.ts';
import { corrupt } from './envelope.ts';
import type { StorageKey } from './storage-key.ts';

/** The first bytes of a backup, and of one that is encrypted: of one length. */
const TITLE = 'SOJOURN BACKUP 1\n';
const SECRET_TITLE = 'SOJOURN SECRET 1\n';
/** No block of ours is as long. */
const BLOCK_MAX = 1 << 30;

function digestOf(environment: Environment): Digest {
  if (environment.digest === undefined) throw createError('INVALID_OPTION', 'env has no digest()');
  return environment.digest;
}

/** What a piece is encrypted as, by its place among them: none can stand for another. */
function nameOf(place: number): string {
  return `backup-${place}`;
}

/** Writes the blocks of a backup, each with its length before it, and hashes them as they are written. */
export class FrameWriter {
  readonly #hash: ChainedHash;
  readonly #sealer: BackupSealer | undefined;
  #count = 0;

  constructor(environment: Environment, sealer: BackupSealer | undefined) {
    this.#hash = new ChainedHash(digestOf(environment));
    this.#sealer = sealer;
  }

  /** Of all that was written so far. */
  get hash(): string {
    return this.#hash.text;
  }

  /** What stands before the blocks. */
  async *begin(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(this.#sealer === undefined ? TITLE : SECRET_TITLE);
    if (this.#sealer !== undefined) yield this.#write(this.#sealer.ring);
  }

  async frame(block: Uint8Array): Promise<Uint8Array> {
    const count = ++this.#count;
    return this.#write((await this.#sealer?.seal(nameOf(count), block, count)) ?? block);
  }

  async #write(bytes: Uint8Array): Promise<Uint8Array> {
    await this.#hash.add(bytes);
    const framed = new Uint8Array(4 + bytes.length);
    new DataView(framed.buffer).setUint32(0, bytes.length, true);
    framed.set(bytes, 4);
    return framed;
  }
}

/** The title of a backup and then its pieces as they were written, whatever pieces they come in. */
async function* partFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array = new Uint8Array(0);
  let isTitled = false;
  for await (const piece of source) {
    const joined = new Uint8Array(held.length + piece.length);
    joined.set(held);
    joined.set(piece, held.length);
    held = joined;
    if (!isTitled && held.length >= TITLE.length) {
      yield held.slice(0, TITLE.length);
      held = held.subarray(TITLE.length);
      isTitled = true;
    }
    while (isTitled && held.length >= 4) {
      const length = new DataView(held.buffer, held.byteOffset).getUint32(0, true);
      if (length > BLOCK_MAX) throw corrupt('the backup is damaged', 0);
      if (held.length < 4 + length) break;
      yield held.slice(4, 4 + length);
      held = held.subarray(4 + length);
    }
  }
  if (held.length > 0 || !isTitled) throw corrupt('the backup ends in the middle of a block', 0);
}

/** What decrypts the pieces of a backup whose ring is given; none at all for one that does not open. */
async function createOpener(
  environment: Environment,
  key: StorageKey,
  sealedRing: Uint8Array,
): Promise<(place: number, bytes: Uint8Array) => Promise<Uint8Array>> {
  // Loaded when wanted: a backup that is not encrypted needs none of it.
  const { openSealedFile } = await import('./sealed-file.ts');
  const open = await openSealedFile(environment, key, sealedRing);
  return async (place, bytes) => (await open(nameOf(place), bytes)) ?? new Uint8Array(0);
}

/** A block of a backup, and the hash of all that was written before it. */
export interface BackupFrame {
  readonly bytes: Uint8Array;
  readonly hash: string;
}

/** The blocks of a backup. Throws `STORAGE_CORRUPT`, and `WRONG_KEY` where the key does not open it. */
export async function* readFrames(
  source: AsyncIterable<Uint8Array>,
  environment: Environment,
  key: StorageKey | undefined,
): AsyncGenerator<BackupFrame> {
  const hash = new ChainedHash(digestOf(environment));
  let title: string | undefined;
  let open: ((place: number, bytes: Uint8Array) => Promise<Uint8Array>) | undefined;
  let place = 0;
  for await (const written of partFrames(source)) {
    if (title === undefined) {
      title = new TextDecoder().decode(written);
      if (title !== TITLE && title !== SECRET_TITLE) throw createError('STORAGE_CORRUPT', 'this is no backup');
      if (title === SECRET_TITLE && key === undefined)
        throw createError('WRONG_KEY', 'the backup is encrypted, and no key was given');
      continue;
    }
    if (title === SECRET_TITLE && open === undefined && key !== undefined) {
      open = await createOpener(environment, key, written);
    } else {
      place++;
      yield { bytes: (await open?.(place, written)) ?? written, hash: hash.text };
    }
    await hash.add(written);
  }
}
