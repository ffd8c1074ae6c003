import type { EngineError } from '../engine/ground/errors.ts';
import type { SyncState } from './sync-machine.ts';

/** How a sync stands. */
export interface SyncStatus {
  readonly state: SyncState;
  /** Records whose local writes wait to be sent; those on their way count. */
  readonly pending: number;
  /** Of these, those that are on their way. */
  readonly inFlight: number;
  /** Records that wait for a person, and records that the server has refused. */
  readonly conflicts: number;
  readonly rejected: number;
  /** Records of the server that could not be stored here. */
  readonly quarantined: number;
  /** When all that the server had was last here, and all that was written here was last there: milliseconds since 1970. */
  readonly lastPullAt: number | undefined;
  readonly lastPushAt: number | undefined;
  /**
   * Why it does not go on, and what is tried again. Gone as soon as the server gives what it is asked for, and where no failure is the
   * reason: live, offline, paused, or where another tab syncs.
   */
  readonly error: EngineError | undefined;
  /** When it is tried again: milliseconds since 1970. */
  readonly retryAt: number | undefined;
  /** While all is fetched for the first time, or anew: how many records have come, of how many at most. */
  readonly progress: SyncProgress | undefined;
}

export interface SyncProgress {
  readonly phase: 'bootstrap' | 'pull';
  readonly done: number;
  readonly total: number | undefined;
}
