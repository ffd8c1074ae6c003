import type { ErrorCode } from '../ground/errors.ts';

/**
 * When a write's promise settles: when it would survive a loss of power, the end of the process, or at once. In the last
 * two cases the newest commits may be lost then, but never a part of one. A loss of power may there take an older commit and
 * leave a newer one, as LevelDB keeps the order of what it was not asked to make durable within one of its files alone: such
 * a database is told to be damaged, and `repairDatabase` keeps all that came before.
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
  /** Whether this is the one that writes, follows another tab that does, or reads alone. */
  readonly role: 'leader' | 'follower' | 'reader';
  /** Why nothing is kept any more. */
  readonly failure: ErrorCode | undefined;
  /** Whether all that is kept is encrypted. */
  readonly encrypted: boolean;
}
