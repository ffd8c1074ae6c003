/**
 * What lasts is kept under this contract: blocks of bytes by key, written whole or not at all. The journal above seals
 * each block so that damage shows; a storage only has to keep them. To write one: `connect` takes the lock, `read` gives
 * everything back in the order of the keys, `write` is atomic, and a write that was to be durable is on the medium when its
 * promise resolves. The suite of `sojourn/testing` runs on any storage.
 */

/** A block of bytes and the name that it is kept under: ASCII, at most 64 characters, ordered by code unit. */
export interface StoredBlock {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** From `from` up to `to`, which is not in it. */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
}

/** One change of what is kept. What is removed goes first; a key that is put again is replaced. */
export interface BlockWrite {
  readonly put: readonly StoredBlock[];
  readonly remove?: readonly KeyRange[] | undefined;
}

/** A database's blocks, while it is open. Calls of `write` come one at a time. */
export interface StorageConnection {
  /**
   * All blocks, in the order of their keys. Called once, before anything is written. Their bytes are kept and read for as
   * long as the database is open, and must not change.
   */
  read(): AsyncIterable<StoredBlock>;
  /**
   * Makes a change, whole or not at all, whatever happens meanwhile. `durable`: resolves once it would survive a loss of
   * power; otherwise once it would survive the end of this process. Writes come true in the order of the calls: a durable
   * one makes those before it durable too. Rejects with `STORAGE_FULL` when there is no room, `STORAGE_FAILED` else.
   */
  write(change: BlockWrite, durable: boolean): Promise<void>;
  /**
   * Where the storage can keep a few bytes beside the blocks: replaces them, after a write has been acknowledged. Blocks
   * that vanish without a trace are noticed by these. Need not be durable. No bytes at all take it away.
   */
  writeMark?(bytes: Uint8Array): Promise<void>;
  readMark?(): Promise<Uint8Array | undefined>;
  /** Whether the platform has promised not to clear what is kept when it is short of room; undefined where it was not asked. */
  readonly persisted?: boolean | undefined;
  /** Of a storage that can be taken over: a number that rises with each connection to the database. */
  readonly epoch?: number | undefined;
  /** Whether all that is kept is encrypted. Not a storage's to say, but of what stands between it and the journal. */
  readonly encrypted?: boolean | undefined;
  /** Ends the connection and gives the lock back. Nothing else is called after it. */
  close(): Promise<void>;
}

/** A place where databases are kept by their names. */
export interface Storage {
  /** What it is, for people: `level`, `dexie`, `memory`. */
  readonly kind: string;
  /**
   * What tells it from others of its kind that tabs and workers can reach: a path, a prefix. Without it each object is a
   * place of its own, which only those that have the object can share.
   */
  readonly place?: string | undefined;
  /**
   * Opens the blocks of a database, none when it is new. No other connection to them can be opened anywhere until this
   * one is closed or its process has ended: rejects with `STORAGE_LOCKED` at once.
   */
  connect(name: string): Promise<StorageConnection>;
  /**
   * Where the platform can tell: calls `tell` once when nobody has the database open any more, and keeps it from others
   * until whoever was told connects, or calls it off by what this returns.
   */
  whenFree?(name: string, tell: () => void): () => void;
  /**
   * Where it can be done safely: as `connect`, though another has it open who does not answer. From then on every write of
   * the other is refused with `STORAGE_LOCKED`, one that is on its way whole or not at all.
   */
  takeOver?(name: string): Promise<StorageConnection>;
}
