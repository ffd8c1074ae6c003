import type { Environment } from '../ground/environment.ts';
import { createError } from '../ground/errors.ts';
import type { Store } from '../store/store.ts';
import { FrameWriter, readFrames } from './backup-frames.ts';
import { ALL_BLOCKS, HEAD_KEY, rowsKey } from './block-keys.ts';
import type { BackupSealer } from './encryption.ts';
import { corrupt, openBlock, sealBlock } from './envelope.ts';
import type { Head } from './head.ts';
import { decodeJson, encodeJson } from './json-bytes.ts';
import { openConnection } from './open-connection.ts';
import { captureStore, sealRows } from './snapshot-codec.ts';
import type { Storage, StorageConnection } from './storage.ts';
import type { StorageKey } from './storage-key.ts';
import type { ProgressListener } from './storage-progress.ts';
import { schemaOf } from './stored-schema.ts';

export interface BackupOptions {
  readonly onProgress?: ProgressListener | undefined;
}

export interface RestoreOptions extends BackupOptions {
  /** What is restored is encrypted with it, as the backup is where it was made of a database with a key. */
  readonly key?: StorageKey | undefined;
}

const SNAPSHOT = 1;

/** What the last block says, beside the head of the snapshot. */
interface Trailer extends Head {
  /** Of all blocks before it. */
  readonly hash: string;
}

/**
 * All records of the moment of the call as pieces of one file: a title, sealed blocks, and a last one with the schema and a
 * hash of all before it. Later writes do not show in it. With a `sealer` each block is encrypted, and what opens them is first.
 */
export async function* backup(
  store: Store,
  { onProgress }: BackupOptions,
  sealer?: BackupSealer | undefined,
): AsyncGenerator<Uint8Array> {
  const capture = captureStore(store);
  const { sequence, at, state } = capture;
  const total = capture.tables.reduce((sum, { records }) => sum + records.length, 0);
  const frames = new FrameWriter(store.environment, sealer);
  let [blocks, rowsChecksum, bytes, done] = [0, 0, 0, 0];
  yield* frames.begin();
  for (const rows of sealRows(capture)) {
    yield await frames.frame(rows.bytes);
    blocks++;
    rowsChecksum = rows.checksum;
    bytes += rows.bytes.length;
    done += rows.count;
    onProgress?.({ phase: 'backup', done, total });
    await store.environment.pause();
  }
  const schema = schemaOf(store);
  const log = { log: 1, logChecksum: 0 };
  const trailer: Trailer = {
    snapshot: SNAPSHOT,
    blocks,
    rowsChecksum,
    ...log,
    at,
    schema,
    state,
    bytes,
    hash: frames.hash,
  };
  const payload = encodeJson(trailer);
  yield await frames.frame(
    sealBlock({ kind: 'head', number: SNAPSHOT, sequence, count: blocks, previous: rowsChecksum, payload }).bytes,
  );
}

async function fill(
  connection: StorageConnection,
  source: AsyncIterable<Uint8Array>,
  environment: Environment,
  { onProgress, key }: RestoreOptions,
): Promise<number> {
  let [blocks, checksum, rows] = [0, 0, 0];
  let end: Uint8Array | undefined;
  for await (const { bytes, hash } of readFrames(source, environment, key)) {
    if (end !== undefined) throw corrupt('something stands behind the end of the backup', 0);
    const block = openBlock(`${blocks} of the backup`, bytes, 0);
    if (block.previous !== checksum) throw corrupt('blocks of the backup are missing', 0);
    if (block.kind === 'rows' && block.number === blocks) {
      await connection.write({ put: [{ key: rowsKey(SNAPSHOT, blocks), bytes }] }, true);
      blocks++;
      checksum = block.checksum;
      rows += block.count;
      onProgress?.({ phase: 'restore', done: rows, total: 0 });
      continue;
    }
    const { hash: expected, ...head } = decodeJson(block.payload) as Trailer;
    if (block.kind !== 'head' || head.blocks !== blocks || expected !== hash)
      throw corrupt('the backup is not what was written', 0);
    const payload = encodeJson(head);
    const { sequence } = block;
    end = sealBlock({ kind: 'head', number: SNAPSHOT, sequence, count: blocks, previous: 0, payload }).bytes;
  }
  if (end === undefined) throw corrupt('the end of the backup is missing', 0);
  await connection.write({ put: [{ key: HEAD_KEY, bytes: end }] }, true);
  onProgress?.({ phase: 'restore', done: rows, total: rows });
  return rows;
}

/**
 * Puts a backup in a storage, under a name that nothing is kept under yet; a database opened there holds what it held.
 * Gives the number of records. Rejects with `STORAGE_CORRUPT` unless all of it is as it was written, with `WRONG_KEY` where it
 * is encrypted with another key, and then leaves nothing.
 */
export async function restore(
  storage: Storage,
  name: string,
  source: AsyncIterable<Uint8Array>,
  environment: Environment,
  options: RestoreOptions = {},
): Promise<number> {
  const connection = await openConnection(storage, name, options.key, environment);
  try {
    for await (const { key } of connection.read())
      throw createError('INVALID_OPTION', `something is kept under the name already: block ${key.slice(0, 64)}`);
    // Only now is what lies there ours to take away again.
    return await fill(connection, source, environment, options).catch(async (error: unknown) => {
      await connection.write({ put: [], remove: [ALL_BLOCKS] }, true);
      throw error instanceof SyntaxError ? corrupt('the backup is damaged', 0) : error;
    });
  } finally {
    await connection.close();
  }
}
