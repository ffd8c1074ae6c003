import { isCipher } from './cipher-header.ts';
import { corrupt, openBlock, sealBlock } from './envelope.ts';

/** The bytes that say how far the log reached: the number of its next block, and the sequence of the last commit in it. */
export function sealMark(nextLog: number, sequence: number): Uint8Array {
  const payload = new Uint8Array(0);
  return sealBlock({ kind: 'head', number: nextLog, sequence, count: 0, previous: 0, payload }).bytes;
}

/**
 * The sequence that a mark speaks of; undefined for one that is damaged: it guards the log and holds nothing itself. Throws
 * `STORAGE_CORRUPT` for one that is encrypted still, as the keys have then vanished, and all that they were for.
 */
export function readMark(mark: Uint8Array): number | undefined {
  if (isCipher(mark)) throw corrupt('the keys of what was stored are missing', 0);
  try {
    return openBlock('mark', mark, 0).sequence;
  } catch {
    return undefined;
  }
}
