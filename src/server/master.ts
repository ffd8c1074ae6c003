import type { StoredRecord } from '../engine/record/record.ts';
import type { RecordName } from '../engine/store/cascade-memory.ts';
import type { Entity, Store } from '../engine/store/store.ts';
import type { RowAnswer } from '../replication/wire.ts';
import type { MasterRow } from './row-verdict.ts';

/** A place in a master's history. */
export interface Position {
  /** The number of a commit; rises with each, in the order in which they came true. */
  readonly sequence: number;
  /** The era that the commit is of. A new one begins whenever what came after may have been lost, as when a backup is restored. */
  readonly era: string;
}

/** A record that has changed, as it is now. */
export interface MasterEntry {
  readonly object: string;
  readonly id: string;
  /** The commit that changed it last. */
  readonly sequence: number;
  /** The record, in the recycle bin too; undefined when it is gone for good. */
  readonly record: StoredRecord | undefined;
  /** The record whose deletion took it. */
  readonly root?: RecordName | undefined;
  /**
   * Only with `withBefore`: the record as it was at `since`; undefined when there was none, or it was gone already.
   */
  readonly before?: StoredRecord | undefined;
  /** Only with `withBefore`: the record in each state that it has had since then, that one among them, but for the present. */
  readonly earlier?: Iterable<StoredRecord> | undefined;
}

export interface ReadRequest {
  readonly objects: readonly string[];
  /** The sequence after which to read. */
  readonly after: number;
  /** About how many entries; the last commit is never cut apart, so there may be more. */
  readonly limit: number;
  /** Whether what was there before is needed, to tell what has left a filter. */
  readonly withBefore: boolean;
  /** The sequence from which on that is asked for: where the client last held all there was. `after` when absent. */
  readonly since?: number | undefined;
  /** Whether only records that are still held are wanted, in the bin or not, as by a client that has nothing yet. */
  readonly heldOnly: boolean;
}

export interface ReadAnswer {
  /** In the order of their sequences. */
  readonly entries: readonly MasterEntry[];
  /** The sequence up to which all has been read. */
  readonly sequence: number;
  /** Whether that is the last there is. */
  readonly done: boolean;
}

/** A push as a master carries it out. */
export interface MasterPush {
  readonly client: string;
  /** Undefined where the client numbers nothing, as RxDB's: nothing is remembered of it then. */
  readonly push: number | undefined;
  /** Of the content: the same number with another one is another client's. */
  readonly hash: string;
  /** The id of the user who writes. */
  readonly user: string | undefined;
  /** Each taken whole or not at all. */
  readonly commits: readonly (readonly MasterRow[])[];
  /** Whether the user may see a record; one that he may not see is to him as if it were not there (`decideRow`). */
  readonly sees: (row: MasterRow, record: StoredRecord) => boolean;
  /**
   * Whether the user may make this change: the answer to give instead, or undefined. Asked within the transaction, after the row
   * itself was found good, with the record as it is and as it would be.
   */
  readonly judge: (
    row: MasterRow,
    current: StoredRecord | undefined,
    next: StoredRecord | undefined,
  ) => RowAnswer | undefined;
  /**
   * Hears, before the push comes true, of records that are made and are what their rows say but for what the answers say: those
   * very objects, by which `read` may give them. A master that gives others has no use for it.
   */
  readonly onMade?: ((record: StoredRecord) => void) | undefined;
}

/**
 * What a push came to; `repeated` where it was answered before, and this is the same answer. `text`: the answers as JSON, where
 * they were written down so.
 */
export type PushOutcome =
  | {
      readonly kind: 'done';
      readonly commits: readonly (readonly MasterAnswer[])[];
      readonly repeated: boolean;
      readonly text?: string;
    }
  /** A number below the client's last: an answer to it is no longer awaited. */
  | { readonly kind: 'outdated' }
  /** The number was used with another content. */
  | { readonly kind: 'cloned' };

/** An answer to a row as a master gives it: a conflict names what is held, which the handler shows as far as the user may see it. */
export type MasterAnswer =
  | Exclude<RowAnswer, { status: 'conflict' }>
  | { readonly status: 'conflict'; readonly record: StoredRecord | undefined; readonly root?: RecordName | undefined };

/**
 * What holds the truth that clients sync with. All of it may be called at once from many requests, and from several processes
 * where the master is shared.
 */
export interface Master {
  /** The objects by name, with what checks and makes their records; the store itself may be empty. */
  readonly store: Store;
  /** Fields that this master sets, by object. */
  serverFields(object: string): ReadonlySet<string>;
  /** Where it stands. */
  position(): Promise<Position>;
  /** Whether changes after a position can be told: `lost` where this history never had it, `too-old` where some are forgotten. */
  check(position: Position): Promise<'known' | 'lost' | 'too-old'>;
  /** The era that a sequence is of. */
  eraAt(sequence: number): Promise<string>;
  read(request: ReadRequest): Promise<ReadAnswer>;
  /** How many records are held, in the bin or not, of some objects; with `after`, how many entries `read` has after a sequence. */
  count(objects: readonly string[], after?: number): Promise<number>;
  /** Carries out a push: durable, and visible to `read`, when this resolves. */
  write(push: MasterPush): Promise<PushOutcome>;
  /** Calls `listener` whenever commits have come true, with the last sequence. Returns what ends it. */
  watch(listener: (sequence: number) => void): () => void;
  /** Forgets what has been deleted, and pushes that were answered, longer ago than a client may stay away. */
  purge(): Promise<void>;
  close(): Promise<void>;
}

/** The entity of an object, or undefined. */
export function entityOf(master: Master, object: string): Entity | undefined {
  return master.store.find(object);
}
