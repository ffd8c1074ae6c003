import { createError } from '../ground/errors.ts';
import type { Store } from '../store/store.ts';
import { readKey } from './block-keys.ts';
import { CommitReplay } from './commit-codec.ts';
import { corrupt, type Envelope, openBlock } from './envelope.ts';
import type { Head } from './head.ts';
import { SnapshotReplay } from './snapshot-codec.ts';
import type { StorageConnection } from './storage.ts';
import { isSameSchema, matchSchema, type StoredSchema, schemaOf } from './stored-schema.ts';

/** Where a journal goes on. */
export interface JournalState {
  /** The number of the snapshot that counts; 0 before the first. */
  readonly snapshot: number;
  readonly snapshotBytes: number;
  readonly snapshotSequence: number;
  /** The number of the next block of the log, and the checksum of the one before. */
  readonly nextLog: number;
  readonly logChecksum: number;
  readonly logBytes: number;
  /** Whether the log names objects and fields as the store has them now. */
  readonly isSchemaKnown: boolean;
}

const parse = <T>(payload: Uint8Array) => JSON.parse(new TextDecoder().decode(payload)) as T;

/**
 * Fills an empty store with what a connection holds: the snapshot, then the log block by block, each of which must be
 * whole and follow the one before. Throws `STORAGE_CORRUPT`, which names the last sequence that is whole, or
 * `STORAGE_NEWER`.
 */
export async function recover(connection: StorageConnection, store: Store): Promise<JournalState> {
  const recovery = new Recovery(store);
  for await (const { key, bytes } of connection.read()) recovery.take(key, bytes);
  const state = recovery.finish();
  const mark = await connection.readMark?.();
  if (mark !== undefined) recovery.assertReaches(mark);
  return state;
}

class Recovery {
  readonly #store: Store;
  readonly #current: StoredSchema;
  #schema: StoredSchema | undefined;
  #head: Head | undefined;
  #rows: SnapshotReplay | undefined;
  #snapshotSequence = 0;
  #rowBlocks = 0;
  #rowsChecksum = 0;
  #log: CommitReplay;
  #nextLog = 1;
  #logChecksum = 0;
  #logBytes = 0;
  #inLog = false;

  constructor(store: Store) {
    this.#store = store;
    this.#current = schemaOf(store);
    this.#log = new CommitReplay(store, store.recoveryUnit(), 0, 0);
  }

  get #sequence(): number {
    return this.#log.sequence;
  }

  take(key: string, bytes: Uint8Array): void {
    const name = readKey(key);
    if (name === undefined) throw corrupt(`${key.slice(0, 64)} is no block of a database`, this.#sequence);
    // What the head does not speak of is left of a snapshot that was not finished, or of one before.
    if (name.kind === 'rows' && name.snapshot !== this.#head?.snapshot) return;
    if (name.kind === 'log' && name.number < this.#nextLog) return;
    const block = openBlock(key, bytes, this.#sequence);
    try {
      if (name.kind === 'head') this.#takeHead(block);
      else if (name.kind === 'rows') this.#takeRows(block, name.number, bytes.length);
      else this.#takeLog(block, name.number, bytes.length);
    } catch (error) {
      // A whole block whose content makes no sense was not written by this program, or not in this order.
      if (error instanceof Error && (error as { code?: unknown }).code !== undefined) throw error;
      throw corrupt(`block ${key} does not fit`, this.#sequence);
    }
  }

  #takeHead(block: Envelope): void {
    if (block.kind !== 'head') throw new RangeError('no head');
    const head = parse<Head>(block.payload);
    this.#head = head;
    this.#snapshotSequence = block.sequence;
    this.#useSchema(head.schema);
    this.#rows = new SnapshotReplay(matchSchema(head.schema, this.#store));
    this.#log = new CommitReplay(this.#store, this.#store.recoveryUnit(), block.sequence, head.at);
    this.#log.useSchema(matchSchema(head.schema, this.#store));
    this.#nextLog = head.log;
    this.#logChecksum = head.logChecksum;
  }

  #useSchema(schema: StoredSchema): void {
    this.#schema = schema;
    this.#log.useSchema(matchSchema(schema, this.#store));
  }

  #takeRows(block: Envelope, number: number, size: number): void {
    if (block.kind !== 'rows' || block.number !== number) throw new RangeError('no rows');
    if (number !== this.#rowBlocks || block.previous !== this.#rowsChecksum || size === 0)
      throw new RangeError('rows are missing');
    this.#rows?.replay(block.payload);
    this.#rowBlocks++;
    this.#rowsChecksum = block.checksum;
  }

  /** Before the log, which is about what the snapshot holds. */
  #finishRows(): void {
    if (this.#inLog) return;
    this.#inLog = true;
    const head = this.#head;
    if (head === undefined) return;
    if (this.#rowBlocks !== head.blocks || this.#rowsChecksum !== head.rowsChecksum)
      throw corrupt('blocks of the snapshot are missing', 0);
    this.#rows?.finish(this.#store, head.state);
  }

  #takeLog(block: Envelope, number: number, size: number): void {
    this.#finishRows();
    if (number !== this.#nextLog || block.number !== number || block.previous !== this.#logChecksum)
      throw corrupt(`block ${this.#nextLog} of the log is missing or another`, this.#sequence);
    if (block.kind === 'schema') this.#useSchema(parse<StoredSchema>(block.payload));
    else if (block.kind === 'commits') this.#log.replay(block.payload);
    else throw new RangeError('no part of a log');
    if (block.kind === 'commits' && this.#sequence !== block.sequence) throw new RangeError('another sequence');
    this.#nextLog++;
    this.#logChecksum = block.checksum;
    this.#logBytes += size;
  }

  finish(): JournalState {
    this.#finishRows();
    if (this.#log.isOpen) throw corrupt('the last commit of the log is not whole', this.#sequence);
    this.#store.resume(this.#sequence, this.#log.at);
    return {
      snapshot: this.#head?.snapshot ?? 0,
      snapshotBytes: this.#head?.bytes ?? 0,
      snapshotSequence: this.#snapshotSequence,
      nextLog: this.#nextLog,
      logChecksum: this.#logChecksum,
      logBytes: this.#logBytes,
      isSchemaKnown: this.#schema !== undefined && isSameSchema(this.#schema, this.#current),
    };
  }

  /** The mark is of a block that was acknowledged: where the log ends before it, some have vanished. */
  assertReaches(mark: Uint8Array): void {
    if (mark.length === 0) return;
    let sealed: Envelope;
    try {
      sealed = openBlock('mark', mark, this.#sequence);
    } catch (error) {
      // It guards the log and holds nothing itself: what is read does not hang on it.
      if ((error as { code?: string }).code === 'STORAGE_CORRUPT') return;
      throw error;
    }
    if (sealed.sequence > this.#sequence)
      throw createError(
        'STORAGE_CORRUPT',
        `commits up to sequence ${sealed.sequence} were stored: what is stored is whole up to sequence ${this.#sequence}`,
      );
  }
}
