import type { StoredState } from './snapshot-codec.ts';
import type { StoredSchema } from './stored-schema.ts';

/**
 * What the head block holds, as JSON: which snapshot counts, and where the log goes on after it. It is put in the same
 * write that takes the snapshot before it away, so there is always one that is whole.
 */
export interface Head {
  /** The number of the snapshot, from 1. */
  readonly snapshot: number;
  /** How many blocks of rows it has, and the checksum of the last of them. */
  readonly blocks: number;
  readonly rowsChecksum: number;
  /** The number of the first block of the log after it, and the checksum of the one before. */
  readonly log: number;
  readonly logChecksum: number;
  /** The moment of its last commit, in milliseconds since 1970. */
  readonly at: number;
  readonly schema: StoredSchema;
  readonly state: StoredState;
  /** Bytes of all its blocks. */
  readonly bytes: number;
}
