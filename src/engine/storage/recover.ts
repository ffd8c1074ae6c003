import { EngineError } from '../ground/errors.ts';
import type { Store } from '../store/store.ts';
import { BlockChain, type ChainedBlock } from './block-chain.ts';
import { readKey } from './block-keys.ts';
import { CommitReplay } from './commit-codec.ts';
import { corrupt, type Envelope } from './envelope.ts';
import type { Head } from './head.ts';
import { decodeJson } from './json-bytes.ts';
import { readMark } from './mark.ts';
import { SchemaMatch } from './match-schema.ts';
import { SnapshotReplay } from './snapshot-codec.ts';
import type { StagedObject } from './staged-object.ts';
import type { StorageConnection } from './storage.ts';
import type { ProgressListener } from './storage-progress.ts';
import { isSameSchema, type StoredSchema, schemaOf } from './stored-schema.ts';
import { StoredTables } from './stored-tables.ts';

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

/** What a connection held. */
export interface Recovered {
  readonly state: JournalState;
  /** By name, the objects that were stored in an earlier version: their records are here, and not yet in the store. */
  readonly staged: ReadonlyMap<string, StagedObject>;
}

export interface RecoverOptions {
  readonly tell: ProgressListener;
  /** Hears of damage in the log, which then ends before it. Without it damage is thrown. */
  readonly onDamage?: ((damage: EngineError) => void) | undefined;
}

/** Nobody wants to be told more often than after so many bytes. */
const TELL_BYTES = 64 * 1024;

/**
 * Fills an empty store with what a connection holds: the snapshot, then the log block by block, each of which must be
 * whole and follow the one before. Throws `STORAGE_CORRUPT`, which names the last sequence that is whole,
 * `STORAGE_NEWER`, or `INVALID_DEFINITION` where a field has become of another type.
 */
export async function recover(
  connection: StorageConnection,
  store: Store,
  { tell, onDamage }: RecoverOptions,
): Promise<Recovered> {
  const recovery = new Recovery(store, onDamage);
  let [done, told] = [0, 0];
  for await (const { key, bytes } of connection.read()) {
    if (!recovery.take(key, bytes)) break;
    done += bytes.length;
    if (done - told < TELL_BYTES) continue;
    told = done;
    const { knownBytes } = recovery;
    tell({ phase: 'open', done, total: knownBytes === 0 ? 0 : Math.max(knownBytes, done) });
  }
  const state = recovery.finish();
  const mark = recovery.isDamaged ? undefined : await connection.readMark?.();
  if (mark !== undefined) recovery.assertReaches(mark);
  tell({ phase: 'open', done, total: done });
  return { state, staged: recovery.staged };
}

class Recovery {
  readonly #store: Store;
  readonly #chain = new BlockChain();
  readonly #match: SchemaMatch;
  #schema: StoredSchema | undefined;
  #rows: SnapshotReplay | undefined;
  #snapshotSequence = 0;
  readonly #tables = new StoredTables();
  #log: CommitReplay;
  #logBytes = 0;
  /** Of a commit whose end is in a later block: what was read of it. None of it is done before the rest is there. */
  #held: Uint8Array[] = [];
  readonly #onDamage: ((damage: EngineError) => void) | undefined;
  /** Whether the log ends before a block that is damaged. */
  isDamaged = false;

  constructor(store: Store, onDamage: ((damage: EngineError) => void) | undefined) {
    this.#store = store;
    this.#onDamage = onDamage;
    this.#match = new SchemaMatch(store, this.#tables);
    this.#log = new CommitReplay(store, this.#tables, 0, 0);
  }

  get staged(): ReadonlyMap<string, StagedObject> {
    return this.#match.staged;
  }

  /** Of the snapshot, as its head says; what the log takes is known when it has been read. */
  get knownBytes(): number {
    return this.#chain.head?.bytes ?? 0;
  }

  /** False where nothing more can be taken. */
  take(key: string, bytes: Uint8Array): boolean {
    const taken = this.#open(key, bytes);
    if (this.isDamaged) return false;
    if (taken !== undefined) this.#take(key, taken, bytes.length);
    return true;
  }

  #open(key: string, bytes: Uint8Array): ChainedBlock | undefined {
    try {
      return this.#chain.take(key, bytes);
    } catch (error) {
      this.#damaged(error, readKey(key)?.kind === 'log');
      return undefined;
    }
  }

  /** Throws damage that cannot be left out. */
  #damaged(error: unknown, isInLog: boolean): void {
    const isBearable = isInLog && error instanceof EngineError && error.code === 'STORAGE_CORRUPT';
    if (!isBearable || this.#onDamage === undefined || !this.#chain.isSnapshotWhole) throw error;
    this.isDamaged = true;
    this.#held = [];
    this.#onDamage(error);
  }

  #take(key: string, { name, block }: ChainedBlock, size: number): void {
    const before = this.#log.sequence;
    try {
      if (name.kind === 'head') this.#takeHead(block, this.#chain.head as Head);
      else if (name.kind === 'rows') this.#rows?.replay(block.payload);
      else this.#takeLog(block, size);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      // A whole block whose content makes no sense was not written by this program, or not in this order.
      throw corrupt(`block ${key} does not fit`, before);
    }
  }

  #takeHead({ sequence }: Envelope, { schema, at }: Head): void {
    const objects = this.#match.match(schema);
    this.#schema = schema;
    this.#snapshotSequence = sequence;
    this.#rows = new SnapshotReplay(objects, this.#tables);
    this.#log = new CommitReplay(this.#store, this.#tables, sequence, at);
    this.#log.useSchema(objects);
  }

  /** Before the log, which is about what the snapshot holds. */
  #finishRows(): void {
    this.#chain.endSnapshot();
    if (this.#chain.head !== undefined) this.#rows?.finish(this.#store, this.#chain.head.state);
    this.#rows = undefined;
  }

  #takeLog({ kind, payload, sequence, count }: Envelope, size: number): void {
    this.#finishRows();
    this.#logBytes += size;
    if (kind === 'commits' && count === 0) {
      this.#held.push(payload);
      return;
    }
    if (kind === 'schema') {
      this.#schema = decodeJson(payload) as StoredSchema;
      this.#log.useSchema(this.#match.match(this.#schema));
    } else {
      for (const held of this.#held.splice(0)) this.#log.replay(held);
      this.#log.replay(payload);
      if (this.#log.sequence !== sequence) throw new RangeError('another sequence');
    }
  }

  finish(): JournalState {
    this.#finishRows();
    const { sequence, at, isOpen } = this.#log;
    if (isOpen || this.#held.length > 0)
      this.#damaged(corrupt('the last commit of the log is not whole', sequence), !isOpen);
    this.#tables.load();
    this.#store.resume(sequence, at);
    const { head, nextLog, logChecksum } = this.#chain;
    return {
      snapshot: head?.snapshot ?? 0,
      snapshotBytes: head?.bytes ?? 0,
      snapshotSequence: this.#snapshotSequence,
      nextLog,
      logChecksum,
      logBytes: this.#logBytes,
      isSchemaKnown: this.#schema !== undefined && isSameSchema(this.#schema, schemaOf(this.#store)),
    };
  }

  /** The mark is of a block that was acknowledged: where the log ends before it, some have vanished. */
  assertReaches(mark: Uint8Array): void {
    const reached = readMark(mark);
    const { sequence } = this.#log;
    if (reached !== undefined && reached > sequence)
      this.#damaged(corrupt(`commits up to sequence ${reached} were stored, and some are gone`, sequence), true);
  }
}
