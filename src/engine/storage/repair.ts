import { createError } from '../ground/errors.ts';
import { logKey } from './block-keys.ts';
import { sealBlock } from './envelope.ts';
import type { Storage } from './storage.ts';
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
export async function repair(storage: Storage, name: string): Promise<Repair> {
  const connection = await storage.connect(name);
  try {
    const { problems, sequence, logBlocks, nextLog, isSnapshotWhole } = await verify(connection);
    if (problems.length === 0) return { sequence, problems, droppedBlocks: 0 };
    if (!isSnapshotWhole)
      throw createError('STORAGE_CORRUPT', `the snapshot is damaged, and nothing is whole without it: ${problems[0]}`);
    await connection.write({ put: [], remove: [{ from: logKey(nextLog), to: LOG_END }] }, true);
    const payload = new Uint8Array(0);
    const mark = sealBlock({ kind: 'head', number: nextLog, sequence, count: 0, previous: 0, payload });
    await connection.writeMark?.(mark.bytes);
    return { sequence, problems, droppedBlocks: logBlocks };
  } finally {
    await connection.close();
  }
}
