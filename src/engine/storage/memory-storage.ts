import { createError } from '../ground/errors.ts';
import type { BlockWrite, Storage, StorageConnection, StoredBlock } from './storage.ts';

class MemoryConnection implements StorageConnection {
  readonly #blocks: Map<string, Uint8Array>;
  readonly #release: () => void;

  constructor(blocks: Map<string, Uint8Array>, release: () => void) {
    this.#blocks = blocks;
    this.#release = release;
  }

  async *read(): AsyncIterable<StoredBlock> {
    for (const key of [...this.#blocks.keys()].sort()) yield { key, bytes: this.#blocks.get(key) as Uint8Array };
  }

  async write({ put, remove = [] }: BlockWrite): Promise<void> {
    for (const { from, to } of remove)
      for (const key of [...this.#blocks.keys()]) if (key >= from && key < to) this.#blocks.delete(key);
    for (const { key, bytes } of put) this.#blocks.set(key, new Uint8Array(bytes));
  }

  async close(): Promise<void> {
    this.#release();
  }
}

/**
 * Keeps databases for as long as the storage object lives: one can be closed and opened again, which is what tests and
 * previews want. Nothing outlives the process.
 */
export function memoryStorage(): Storage {
  const databases = new Map<string, Map<string, Uint8Array>>();
  const open = new Map<string, object>();
  return {
    kind: 'memory',
    async connect(name) {
      if (open.has(name)) throw createError('STORAGE_LOCKED', 'the database is open already');
      const holder = {};
      open.set(name, holder);
      let blocks = databases.get(name);
      if (blocks === undefined) {
        blocks = new Map();
        databases.set(name, blocks);
      }
      return new MemoryConnection(blocks, () => {
        if (open.get(name) === holder) open.delete(name);
      });
    },
  };
}
