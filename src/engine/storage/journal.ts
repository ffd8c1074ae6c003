import type { Environment } from '../ground/environment.ts';
import { createError, EngineError } from '../ground/errors.ts';
import type { Store } from '../store/store.ts';
import type { Batch } from '../write/change.ts';
import { HEAD_KEY, logKey, rowsBound, rowsKey } from './block-keys.ts';
import { CommitEncoder, type CommitPart } from './commit-codec.ts';
import { type BlockKind, sealBlock } from './envelope.ts';
import type { Head } from './head.ts';
import { encodeJson } from './json-bytes.ts';
import { sealMark } from './mark.ts';
import type { JournalState } from './recover.ts';
import { captureStore, type StoreCapture, sealRows } from './snapshot-codec.ts';
import type { BlockWrite, StorageConnection, StoredBlock } from './storage.ts';
import type { Durability, StorageHealth } from './storage-health.ts';
import { createTeller, type ProgressListener } from './storage-progress.ts';
import { schemaOf } from './stored-schema.ts';

export interface JournalOptions {
  /** What the storage calls itself. */
  readonly kind: string;
  readonly durability: Durability;
  /** Bytes of log from which on a snapshot is worth its writing. */
  readonly compactBytes: number;
  /** Hears of commits once they are stored, as they are stored. */
  readonly onStored?: ((parts: readonly CommitPart[]) => void) | undefined;
  /** Hears why nothing is stored any more. */
  readonly onFailure?: ((failure: EngineError) => void) | undefined;
  readonly onError: (error: unknown) => void;
}

/** Who waits for commits to be stored, and up to which. */
interface Waiter {
  readonly sequence: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Who waits for the store at a moment: told when that is, and given it once it is stored. */
interface Capturing {
  taken(sequence: number): void;
  give(cut: Cut): void;
  refuse(error: unknown): void;
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
 * record of the snapshot. At a half each byte of the log is written twice more as a part of snapshots, at a quarter four times.
 */
const SNAPSHOT_SHARE = 0.5;

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
  #compactingNext: Promise<void> | undefined;
  /** The sequence of the moment that the compaction under way writes down, once there is one. */
  #cutAt: number | undefined;
  /** Who waits for a capture, and for the commits before it to be stored. */
  #captures: Capturing[] = [];
  /** The write that was asked for last: they go one at a time, as the contract says. */
  #lastWrite: Promise<void> = Promise.resolve();
  /** Who hears of the compaction that is under way, and of the next. */
  #tellers: ProgressListener[] = [];
  #nextTellers: ProgressListener[] = [];
  /** Bytes of log before which a snapshot is not tried again that could not be written. */
  #compactAfter = 0;
  /** A mark that is on its way. */
  #marking: Promise<void> | undefined;
  #closing = false;
  readonly #unfollow: () => void;

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
    this.#unfollow = store.feed.follow((batch) => this.#take(batch));
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
      role: 'leader',
      failure: this.#failure?.code,
      encrypted: this.#connection.encrypted ?? false,
    };
  }

  #write(change: BlockWrite, durable: boolean): Promise<void> {
    const write = this.#lastWrite.then(() => this.#connection.write(change, durable));
    this.#lastWrite = write.catch(() => undefined);
    return write;
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
      while (this.#failure === undefined && (this.#pending.length > 0 || this.#captures.length > 0)) {
        const batches = this.#pending;
        this.#pending = [];
        const waiting = this.#captures;
        this.#captures = [];
        // Now, while the store holds just what is in these commits and those before; but given only when they are stored.
        const captured = waiting.length === 0 ? undefined : captureStore(this.#store);
        for (const { taken } of waiting) taken(this.#store.feed.sequence);
        try {
          if (batches.length > 0) await this.#append(batches);
        } catch (error) {
          for (const { refuse } of waiting) refuse(error);
          throw error;
        }
        if (captured !== undefined) for (const { give } of waiting) give(this.#cut(captured));
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
    const parts = this.#encoder.encode(batches);
    for (const { sequence, count, payload } of parts) add('commits', sequence, count, payload);
    await this.#write({ put }, this.#options.durability === 'strict');
    this.#isSchemaKnown = true;
    this.#nextLog = nextLog;
    this.#logChecksum = checksum;
    this.#logBytes += bytes;
    this.#stored = (batches.at(-1) as Batch).sequence;
    while (this.#waiters.length > 0 && (this.#waiters[0] as Waiter).sequence <= this.#stored)
      this.#waiters.shift()?.resolve();
    this.#options.onStored?.(parts);
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
        : createError('STORAGE_FAILED', 'the storage failed: reopen() the database to go on from what it kept');
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#failure);
    for (const { refuse } of this.#captures.splice(0)) refuse(this.#failure);
    this.#store.refuse(this.#failure);
    this.#options.onFailure?.(this.#failure);
    this.#options.onError(error);
  }

  #compactWhenWorth(): void {
    const worth = Math.max(this.#options.compactBytes, this.#snapshotBytes * SNAPSHOT_SHARE, this.#compactAfter);
    if (this.#logBytes < worth || this.#closing || this.#compacting !== undefined) return;
    // The log is whole without it, and goes on.
    this.compact().catch((error) => {
      this.#compactAfter = this.#logBytes * 2;
      this.#options.onError(error);
    });
  }

  /** Writes all records down anew and takes away the log before them. Writes go on meanwhile. */
  compact(onProgress?: ProgressListener): Promise<void> {
    const teller = createTeller(onProgress, this.#options.onError);
    const isShared = this.#cutAt === undefined || this.#cutAt === this.#store.feed.sequence;
    if (this.#compacting === undefined || isShared) {
      this.#tellers.push(teller);
      return this.#compacting ?? this.#beginCompacting();
    }
    // One that runs holds what was there when its cut was taken: what came since is for another, which all who ask share.
    this.#nextTellers.push(teller);
    this.#compactingNext ??= this.#compacting
      .catch(() => undefined)
      .then(() => {
        this.#compactingNext = undefined;
        return this.#beginCompacting();
      });
    return this.#compactingNext;
  }

  #beginCompacting(): Promise<void> {
    this.#compacting = this.#compact().finally(() => {
      this.#compacting = undefined;
      this.#cutAt = undefined;
      this.#tellers = this.#nextTellers;
      this.#nextTellers = [];
    });
    return this.#compacting;
  }

  async #compact(): Promise<void> {
    const { capture, log, logChecksum, logBytes } = await this.#takeCut((sequence) => {
      this.#cutAt = sequence;
    });
    const snapshot = this.#snapshot + 1;
    // Of one that was not finished.
    await this.#write({ put: [], remove: [{ from: rowsBound(snapshot), to: rowsBound(snapshot + 1) }] }, false);
    let [blocks, rowsChecksum, bytes, done] = [0, 0, 0, 0];
    const total = capture.tables.reduce((sum, { records }) => sum + records.length, 0);
    const tell = () => {
      for (const teller of this.#tellers) teller({ phase: 'compact', done, total });
    };
    tell();
    for (const rows of sealRows(capture)) {
      if (this.#failure !== undefined) throw this.#failure;
      // Durably, each: LevelDB makes durable what stands in the log file of the moment, not what went to those before it,
      // and the head must not be on the medium before what it speaks of.
      await this.#write({ put: [{ key: rowsKey(snapshot, blocks), bytes: rows.bytes }] }, true);
      blocks++;
      rowsChecksum = rows.checksum;
      bytes += rows.bytes.length;
      done += rows.count;
      tell();
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
    await this.#write(
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

  /** All records of a moment, once all that was committed up to then is stored. */
  async capture(): Promise<StoreCapture> {
    return (await this.#takeCut(() => undefined)).capture;
  }

  /** The store at a moment, once all its commits up to then are stored. */
  #takeCut(taken: (sequence: number) => void): Promise<Cut> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#captures.push({ taken, give: resolve, refuse: reject });
      this.#wake();
    });
  }

  /** Resolves when everything is stored and the storage is let go. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#unfollow();
    await this.#running?.catch(() => undefined);
    await (this.#compactingNext ?? this.#compacting)?.catch(() => undefined);
    await this.#marking;
    await this.#connection.close();
    if (this.#failure !== undefined) throw this.#failure;
  }
}
