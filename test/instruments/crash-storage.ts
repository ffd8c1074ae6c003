import { createError } from '../../src/engine/ground/errors.ts';
import type { Storage, StorageConnection, StoredBlock } from '../../src/engine/storage/storage.ts';

/** What a medium holds at one moment. */
export interface Photo {
  readonly blocks: ReadonlyMap<string, Uint8Array>;
  readonly mark: Uint8Array | undefined;
}

/** A storage that a power cut can be played on: every state that its medium has been in is kept. */
export interface CrashStorage extends Storage {
  /** From the first to the present one. */
  readonly photos: Photo[];
}

export function crashStorage(from: Photo = { blocks: new Map(), mark: undefined }): CrashStorage {
  const photos: Photo[] = [from];
  const last = () => photos.at(-1) as Photo;
  let open = false;
  const connection: StorageConnection = {
    async *read(): AsyncIterable<StoredBlock> {
      for (const [key, bytes] of [...last().blocks].sort(([left], [right]) => (left < right ? -1 : 1)))
        yield { key, bytes };
    },
    async write({ put, remove = [] }) {
      const blocks = new Map(last().blocks);
      for (const { from: least, to } of remove)
        for (const key of blocks.keys()) if (key >= least && key < to) blocks.delete(key);
      for (const { key, bytes } of put) blocks.set(key, bytes.slice());
      photos.push({ ...last(), blocks });
    },
    writeMark: async (bytes) => {
      photos.push({ ...last(), mark: bytes.length === 0 ? undefined : bytes.slice() });
    },
    readMark: async () => last().mark,
    async close() {
      open = false;
    },
  };
  return {
    kind: 'crash',
    photos,
    async connect() {
      if (open) throw createError('STORAGE_LOCKED', 'the database is open already');
      open = true;
      return connection;
    },
  };
}
