import type { Environment } from '../ground/environment.ts';
import { createError, EngineError } from '../ground/errors.ts';
import type { Store } from '../store/store.ts';
import { HEAD_KEY, logKey, rowsBound, rowsKey } from './block-keys.ts';
import { ChainedHash, type Digest } from './chained-hash.ts';
import { corrupt, openBlock, sealBlock } from './envelope.ts';
import type { Head } from './head.ts';
import { decodeJson, encodeJson } from './json-bytes.ts';
import { captureStore, sealRows } from './snapshot-codec.ts';
import type { Storage, StorageConnection } from './storage.ts';
import type { ProgressListener } from './storage-progress.ts';
import { schemaOf } from './stored-schema.ts';

export interface BackupOptions {
  readonly onProgress?: ProgressListener | undefined;
}

/** The first bytes of a backup. */
const TITLE = new TextEncoder().encode('SOJOURN BACKUP 1\n');
/** No block of ours is as long. */
const BLOCK_MAX = 1 << 30;
const SNAPSHOT = 1;

/** What the last block says, beside the head of the snapshot. */
interface Trailer extends Head {
  /** Of all blocks before it. */
  readonly hash: string;
}

function digestOf(environment: Environment): Digest {
  if (environment.digest === undefined) throw createError('INVALID_OPTION', 'env has no digest()');
  return environment.digest;
}

/** A block with its length before it. */
function frame(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length, true);
  framed.set(bytes, 4);
  return framed;
}

/**
 * All records of the moment of the call as pieces of one file: a title, sealed blocks, and a last one with the schema and a
 * hash of all before it. Later writes do not show in it.
 */
export async function* backup(store: Store, { onProgress }: BackupOptions): AsyncGenerator<Uint8Array> {
  const capture = captureStore(store);
  const { sequence, at, state } = capture;
  const total = capture.tables.reduce((sum, { records }) => sum + records.length, 0);
  const hash = new ChainedHash(digestOf(store.environment));
  let [blocks, rowsChecksum, bytes, done] = [0, 0, 0, 0];
  yield TITLE.slice();
  for (const rows of sealRows(capture)) {
    await hash.add(rows.bytes);
    yield frame(rows.bytes);
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
    hash: hash.text,
  };
  const payload = encodeJson(trailer);
  yield frame(
    sealBlock({ kind: 'head', number: SNAPSHOT, sequence, count: blocks, previous: rowsChecksum, payload }).bytes,
  );
}

/** The blocks of a backup, whatever pieces it comes in. */
async function* readFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array = new Uint8Array(0);
  let isTitled = false;
  for await (const piece of source) {
    const joined = new Uint8Array(held.length + piece.length);
    joined.set(held);
    joined.set(piece, held.length);
    held = joined;
    if (!isTitled && held.length >= TITLE.length) {
      if (TITLE.some((byte, at) => held[at] !== byte)) throw createError('STORAGE_CORRUPT', 'this is no backup');
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

async function fill(
  connection: StorageConnection,
  source: AsyncIterable<Uint8Array>,
  environment: Environment,
  { onProgress }: BackupOptions,
): Promise<number> {
  const hash = new ChainedHash(digestOf(environment));
  let [blocks, checksum, rows] = [0, 0, 0];
  for await (const bytes of readFrames(source)) {
    const block = openBlock(`${blocks} of the backup`, bytes, 0);
    if (block.previous !== checksum) throw corrupt('blocks of the backup are missing', 0);
    if (block.kind === 'rows' && block.number === blocks) {
      await hash.add(bytes);
      await connection.write({ put: [{ key: rowsKey(SNAPSHOT, blocks), bytes }] }, false);
      blocks++;
      checksum = block.checksum;
      rows += block.count;
      onProgress?.({ phase: 'restore', done: rows, total: 0 });
      continue;
    }
    const { hash: expected, ...head } = decodeJson(block.payload) as Trailer;
    if (block.kind !== 'head' || head.blocks !== blocks || expected !== hash.text)
      throw corrupt('the backup is not what was written', 0);
    const payload = encodeJson(head);
    const { sequence } = block;
    const sealed = sealBlock({ kind: 'head', number: SNAPSHOT, sequence, count: blocks, previous: 0, payload });
    await connection.write({ put: [{ key: HEAD_KEY, bytes: sealed.bytes }] }, true);
    onProgress?.({ phase: 'restore', done: rows, total: rows });
    return rows;
  }
  throw corrupt('the end of the backup is missing', 0);
}

/**
 * Puts a backup in a storage, under a name that nothing is kept under yet; a database opened there holds what it held.
 * Gives the number of records. Rejects with `STORAGE_CORRUPT` unless all of it is as it was written, and then leaves nothing.
 */
export async function restore(
  storage: Storage,
  name: string,
  source: AsyncIterable<Uint8Array>,
  environment: Environment,
  options: BackupOptions = {},
): Promise<number> {
  const connection = await storage.connect(name);
  try {
    for await (const { key } of connection.read())
      throw createError('INVALID_OPTION', `something is kept under the name already: block ${key.slice(0, 64)}`);
    return await fill(connection, source, environment, options);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'INVALID_OPTION') throw error;
    const all = [
      { from: HEAD_KEY, to: rowsBound(0) },
      { from: rowsBound(0), to: logKey(0) },
    ];
    await connection.write({ put: [], remove: all }, true);
    throw error instanceof SyntaxError ? corrupt('the backup is damaged', 0) : error;
  } finally {
    await connection.close();
  }
}
