import type { Environment } from '../ground/environment.ts';
import { createError, EngineError, type ErrorCode } from '../ground/errors.ts';
import type { Store } from '../store/store.ts';
import type { Batch } from '../write/change.ts';
import { HEAD_KEY, logKey, rowsBound, rowsKey } from './block-keys.ts';
import { CommitEncoder } from './commit-codec.ts';
import { type BlockKind, sealBlock } from './envelope.ts';
import type { Head } from './head.ts';
import { encodeJson } from './json-bytes.ts';
import { sealMark } from './mark.ts';
import type { JournalState } from './recover.ts';
import { captureStore, type StoreCapture, sealRows } from './snapshot-codec.ts';
import type { StorageConnection, StoredBlock } from './storage.ts';
import { schemaOf } from './stored-schema.ts';

/**
 * When a write's promise settles: when it would survive a loss of power, the end of the process, or at once. In the last
 * two cases the newest commits may be lost then, but never a part of one, nor one before another that is kept.
 */
export type Durability = 'strict' | 'relaxed' | 'memory';

/** How the storage of a database stands. */
export interface StorageHealth {
  /** The kind of the storage. */
  readonly storage: string;
  readonly durability: Durability;
  /** The sequence of the last commit that is kept. */
  readonly storedSequence: number;
  /** Commits that are true in memory and not yet kept. */
  readonly pendingCommits: number;
  readonly snapshotBytes: number;
  /** The sequence up to which all is in columns; the log holds what came after. */
  readonly snapshotSequence: number;
  readonly logBytes: number;
  readonly compacting: boolean;
  /** Whether the platform has promised not to clear it when it is short of room; undefined where it was not asked. */
  readonly persisted: boolean | undefined;
  /** Why nothing is kept any more. */
  readonly failure: ErrorCode | undefined;
  /** Whether all that is kept is encrypted. */
  readonly encrypted: boolean;
}

export interface JournalOptions {
  /** What the storage calls itself. */
  readonly kind: string;
  readonly durability: Durability;
  /** Bytes of log from which on a snapshot is worth its writing. */
  readonly compactBytes: number;
  readonly onError: (error: unknown) => void;
}

/** Who waits for commits to be stored, and up to which. */
interface Waiter {
  readonly sequence: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** The store at a moment, and where the log goes on from it. */
interface Cut {
  readonly capture: StoreCapture;
  readonly log: number;
  readonly logChecksum: number;
  readonly logBytes: number;
}

/**
 * The part of the snapshot that the log grows to before all is written anew: reading a commit takes longer than reading a
 * record of the snapshot, and each byte of the log is written four times more as a part of snapshots.
 */
const SNAPSHOT_SHARE = 0.25;

/**
 * Writes down every commit, all of a turn of the event loop in one write, and from time to time all records, so that the
 * log stays short. One write is on its way at a time; commits made meanwhile go together in the next.
 */
export class Journal {
  readonly #store: Store;
  readonly #connection: StorageConnection;
  readonly #environment: Environment;
  readonly #options: JournalOptions;
  readonly #encoder: CommitEncoder;
  #pending: Batch[] = [];
  readonly #waiters: Waiter[] = [];
  #stored: number;
  #running: Promise<void> | undefined;
  #failure: EngineError | undefined;
  #snapshot: number;
  #snapshotBytes: number;
  #snapshotSequence: number;
  #nextLog: number;
  #logChecksum: number;
  #logBytes: number;
  #isSchemaKnown: boolean;
  #compacting: Promise<void> | undefined;
  /** A capture that waits for the commits before it to be stored. */
  #capture: { give(capture: Cut): void; refuse(error: unknown): void } | undefined;
  /** Bytes of log before which a snapshot is not tried again that could not be written. */
  #compactAfter = 0;
  /** A mark that is on its way. */
  #marking: Promise<void> | undefined;
  #closing = false;

  constructor(store: Store, connection: StorageConnection, state: JournalState, options: JournalOptions) {
    this.#store = store;
    this.#connection = connection;
    this.#environment = store.environment;
    this.#options = options;
    this.#encoder = new CommitEncoder(store);
    this.#stored = store.feed.sequence;
    this.#snapshot = state.snapshot;
    this.#snapshotBytes = state.snapshotBytes;
    this.#snapshotSequence = state.snapshotSequence;
    this.#nextLog = state.nextLog;
    this.#logChecksum = state.logChecksum;
    this.#logBytes = state.logBytes;
    this.#isSchemaKnown = state.isSchemaKnown;
    store.feed.keptUpTo(() => this.#stored);
    store.feed.follow((batch) => this.#take(batch));
    if (options.durability !== 'memory') store.settled = () => this.settled();
  }

  /** The sequence of the last commit that is stored. */
  get storedSequence(): number {
    return this.#stored;
  }

  /** How it stands. */
  health(): StorageHealth {
    return {
      storage: this.#options.kind,
      durability: this.#options.durability,
      storedSequence: this.#stored,
      pendingCommits: this.#store.feed.sequence - this.#stored,
      snapshotBytes: this.#snapshotBytes,
      snapshotSequence: this.#snapshotSequence,
      logBytes: this.#logBytes,
      compacting: this.#compacting !== undefined,
      persisted: this.#connection.persisted,
      failure: this.#failure?.code,
      encrypted: this.#connection.encrypted ?? false,
    };
  }

  #take(batch: Batch): void {
    this.#pending.push(batch);
    this.#wake();
  }

  /** Begins at the end of the turn, so that all that is committed in it goes in one write. */
  #wake(): void {
    this.#running ??= Promise.resolve().then(() => this.#run());
  }

  /** Resolves when all that has been committed by now is stored. Rejects with what the storage said. */
  settled(): Promise<void> {
    const { sequence } = this.#store.feed;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (sequence <= this.#stored) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ sequence, resolve, reject }));
  }

  async #run(): Promise<void> {
    try {
      while (this.#failure === undefined && (this.#pending.length > 0 || this.#capture !== undefined)) {
        const batches = this.#pending;
        this.#pending = [];
        const capture = this.#capture;
        this.#capture = undefined;
        // Now, while the store holds just what is in these commits and those before; but given only when they are stored.
        const captured = capture === undefined ? undefined : captureStore(this.#store);
        try {
          if (batches.length > 0) await this.#append(batches);
        } catch (error) {
          capture?.refuse(error);
          throw error;
        }
        if (captured !== undefined) capture?.give(this.#cut(captured));
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#running = undefined;
    }
    if (this.#failure === undefined) this.#compactWhenWorth();
  }

  async #append(batches: readonly Batch[]): Promise<void> {
    const put: StoredBlock[] = [];
    let { nextLog, checksum } = { nextLog: this.#nextLog, checksum: this.#logChecksum };
    let bytes = 0;
    const add = (kind: BlockKind, sequence: number, count: number, payload: Uint8Array) => {
      const sealed = sealBlock({ kind, number: nextLog, sequence, count, previous: checksum, payload });
      put.push({ key: logKey(nextLog), bytes: sealed.bytes });
      checksum = sealed.checksum;
      bytes += sealed.bytes.length;
      nextLog++;
    };
    if (!this.#isSchemaKnown) add('schema', this.#stored, 0, encodeJson(schemaOf(this.#store)));
    for (const { sequence, count, payload } of this.#encoder.encode(batches)) add('commits', sequence, count, payload);
    await this.#connection.write({ put }, this.#options.durability === 'strict');
    this.#isSchemaKnown = true;
    this.#nextLog = nextLog;
    this.#logChecksum = checksum;
    this.#logBytes += bytes;
    this.#stored = (batches.at(-1) as Batch).sequence;
    while (this.#waiters.length > 0 && (this.#waiters[0] as Waiter).sequence <= this.#stored)
      this.#waiters.shift()?.resolve();
    this.#markSoon();
  }

  /** Beside the writes, which it does not hold up: it may be behind them and never ahead. */
  #markSoon(): void {
    // What a loss of power may take is not spoken of.
    if (this.#options.durability !== 'strict' || this.#connection.writeMark === undefined) return;
    this.#marking ??= this.#markAll().finally(() => {
      this.#marking = undefined;
    });
  }

  async #markAll(): Promise<void> {
    for (let marked = -1; marked < this.#stored; ) {
      marked = this.#stored;
      await this.#mark();
    }
  }

  async #mark(): Promise<void> {
    // It guards what is kept, and is no part of it.
    await this.#connection.writeMark?.(sealMark(this.#nextLog, this.#stored)).catch(this.#options.onError);
  }

  /** What could not be stored is not tried again: nobody knows what of it was kept, and what follows would hang on it. */
  #fail(error: unknown): void {
    this.#failure =
      error instanceof EngineError
        ? error
        : createError('STORAGE_FAILED', 'the storage failed; reopen the database to go on from what it kept');
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#failure);
    this.#capture?.refuse(this.#failure);
    this.#capture = undefined;
    this.#store.refuse(this.#failure);
    this.#options.onError(error);
  }

  #compactWhenWorth(): void {
    const worth = Math.max(this.#options.compactBytes, this.#snapshotBytes * SNAPSHOT_SHARE, this.#compactAfter);
    if (this.#logBytes < worth || this.#closing) return;
    // The log is whole without it, and goes on.
    this.compact().catch((error) => {
      this.#compactAfter = this.#logBytes * 2;
      this.#options.onError(error);
    });
  }

  /** Writes all records down anew and takes away the log before them. Writes go on meanwhile. */
  compact(): Promise<void> {
    this.#compacting ??= this.#compact().finally(() => {
      this.#compacting = undefined;
    });
    return this.#compacting;
  }

  async #compact(): Promise<void> {
    const { capture, log, logChecksum, logBytes } = await this.#takeCut();
    const snapshot = this.#snapshot + 1;
    // Of one that was not finished.
    await this.#connection.write(
      { put: [], remove: [{ from: rowsBound(snapshot), to: rowsBound(snapshot + 1) }] },
      false,
    );
    let [blocks, rowsChecksum, bytes] = [0, 0, 0];
    for (const rows of sealRows(capture)) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#connection.write({ put: [{ key: rowsKey(snapshot, blocks), bytes: rows.bytes }] }, false);
      blocks++;
      rowsChecksum = rows.checksum;
      bytes += rows.bytes.length;
      await this.#environment.pause();
    }
    const { at, state, sequence } = capture;
    const schema = schemaOf(this.#store);
    const head: Head = { snapshot, blocks, rowsChecksum, log, logChecksum, at, schema, state, bytes };
    const sealed = sealBlock({
      kind: 'head',
      number: snapshot,
      sequence,
      count: blocks,
      previous: 0,
      payload: encodeJson(head),
    });
    await this.#connection.write(
      {
        put: [{ key: HEAD_KEY, bytes: sealed.bytes }],
        remove: [
          { from: rowsBound(0), to: rowsBound(snapshot) },
          { from: logKey(0), to: logKey(log) },
        ],
      },
      true,
    );
    this.#snapshot = snapshot;
    this.#snapshotBytes = bytes;
    this.#snapshotSequence = sequence;
    this.#logBytes -= logBytes;
  }

  #cut(capture: StoreCapture): Cut {
    return { capture, log: this.#nextLog, logChecksum: this.#logChecksum, logBytes: this.#logBytes };
  }

  /** The store at a moment, once all its commits up to then are stored. */
  #takeCut(): Promise<Cut> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#capture = { give: resolve, refuse: reject };
      this.#wake();
    });
  }

  /** Resolves when everything is stored and the storage is let go. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#running?.catch(() => undefined);
    await this.#compacting?.catch(() => undefined);
    await this.#marking;
    await this.#connection.close();
    if (this.#failure !== undefined) throw this.#failure;
  }
}
