/** SHA-256 of bytes. */
export type Digest = (bytes: Uint8Array) => Promise<Uint8Array>;

/**
 * A hash of many pieces in their order, made as they come: each is hashed together with the hash of those before, as the
 * platform hashes nothing piece by piece.
 */
export class ChainedHash {
  readonly #digest: Digest;
  #hash: Uint8Array = new Uint8Array(32);

  constructor(digest: Digest) {
    this.#digest = digest;
  }

  async add(bytes: Uint8Array): Promise<void> {
    const joined = new Uint8Array(this.#hash.length + bytes.length);
    joined.set(this.#hash);
    joined.set(bytes, this.#hash.length);
    this.#hash = await this.#digest(joined);
  }

  /** The hash so far, in hexadecimal digits. */
  get text(): string {
    return Array.from(this.#hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}
