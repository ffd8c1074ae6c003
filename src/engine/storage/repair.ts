import type { Environment } from '../ground/environment.ts';
import { createError } from '../ground/errors.ts';
import { logKey } from './block-keys.ts';
import { sealMark } from './mark.ts';
import { openConnection } from './open-connection.ts';
import type { Storage } from './storage.ts';
import type { StorageKey } from './storage-key.ts';
import { verify } from './verify.ts';

/** What a repair has done. */
export interface Repair {
  /** The sequence up to which all is kept. */
  readonly sequence: number;
  /** What was wrong; empty when all was whole and nothing was done. */
  readonly problems: readonly string[];
  /** Blocks that were taken out: the damaged one and all after it. */
  readonly droppedBlocks: number;
}

/** Behind every key of the log. */
const LOG_END = '2-log-~';

/**
 * Makes a damaged database one that opens again: all that is whole up to the first damage stays, the rest goes. Rejects with
 * `STORAGE_CORRUPT` and changes nothing where the snapshot itself is damaged, for which a backup is the cure.
 */
export async function repair(
  storage: Storage,
  name: string,
  key: StorageKey | undefined,
  environment: Environment,
): Promise<Repair> {
  const connection = await openConnection(storage, name, key, environment);
  try {
    const { blocks, problems, sequence, logBlocks, nextLog, isSnapshotWhole } = await verify(connection);
    if (blocks === 0) throw createError('NOT_FOUND', 'nothing is kept under this name');
    if (problems.length === 0) return { sequence, problems, droppedBlocks: 0 };
    if (!isSnapshotWhole)
      throw createError('STORAGE_CORRUPT', `nothing is whole without what is damaged: ${problems[0]}`);
    await connection.write({ put: [], remove: [{ from: logKey(nextLog), to: LOG_END }] }, true);
    await connection.writeMark?.(sealMark(nextLog, sequence));
    return { sequence, problems, droppedBlocks: logBlocks };
  } finally {
    await connection.close();
  }
}
