import { createError, type EngineError } from '../ground/errors.ts';
import { crc32c } from './crc32c.ts';

/** What a block holds. */
export const BLOCK_KINDS = ['head', 'schema', 'commits', 'rows', 'keys'] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** A block of the journal, opened. */
export interface Envelope {
  readonly kind: BlockKind;
  /** Its place among the blocks that it is chained to, from 0. */
  readonly number: number;
  /** The sequence of the last commit that is in it, or before it. */
  readonly sequence: number;
  /** How many commits or records it holds. */
  readonly count: number;
  /** The checksum of the block before it in its chain; 0 before the first. */
  readonly previous: number;
  readonly payload: Uint8Array;
  readonly checksum: number;
}

/** Written first in every block; what is newer than this program is not touched by it. */
const FORMAT = 1;
const MAGIC = 0x4e524a53;
const HEAD_BYTES = 40;
const CHECKSUM_AT = 36;

/**
 * Seals a payload: format, kind, number, sequence, count, the checksum of the block before and its own over all that. A
 * block that was damaged, lost, doubled or put elsewhere does not fit where it is read.
 */
export function sealBlock(block: Omit<Envelope, 'checksum'>): {
  readonly bytes: Uint8Array;
  readonly checksum: number;
} {
  const bytes = new Uint8Array(HEAD_BYTES + block.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, FORMAT);
  view.setUint8(5, BLOCK_KINDS.indexOf(block.kind));
  view.setFloat64(8, block.number, true);
  view.setFloat64(16, block.sequence, true);
  view.setUint32(24, block.count, true);
  view.setUint32(28, block.payload.length, true);
  view.setUint32(32, block.previous, true);
  bytes.set(block.payload, HEAD_BYTES);
  const checksum = checksumOf(bytes);
  view.setUint32(CHECKSUM_AT, checksum, true);
  return { bytes, checksum };
}

function checksumOf(bytes: Uint8Array): number {
  return crc32c(bytes.subarray(HEAD_BYTES), crc32c(bytes.subarray(0, CHECKSUM_AT)));
}

/** `sequence`: of the last commit that was read whole. */
export function corrupt(what: string, sequence: number): EngineError {
  return createError('STORAGE_CORRUPT', `${what}: what is stored is whole up to sequence ${sequence}`);
}

/** Opens a block. Throws `STORAGE_CORRUPT` unless it is whole, `STORAGE_NEWER` when a newer program has written it. */
export function openBlock(key: string, bytes: Uint8Array, sequence: number): Envelope {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD_BYTES || view.getUint32(0, true) !== MAGIC)
    throw corrupt(`block ${key} is damaged`, sequence);
  const checksum = view.getUint32(CHECKSUM_AT, true);
  if (checksum !== checksumOf(bytes)) throw corrupt(`block ${key} is damaged`, sequence);
  // Only where the checksum holds is another format the work of another program.
  if (view.getUint8(4) > FORMAT) throw createError('STORAGE_NEWER', 'a newer version of the program has written this');
  const kind = BLOCK_KINDS[view.getUint8(5)];
  if (kind === undefined || view.getUint32(28, true) !== bytes.length - HEAD_BYTES)
    throw corrupt(`block ${key} is damaged`, sequence);
  return {
    kind,
    number: view.getFloat64(8, true),
    sequence: view.getFloat64(16, true),
    count: view.getUint32(24, true),
    previous: view.getUint32(32, true),
    payload: bytes.subarray(HEAD_BYTES),
    checksum,
  };
}
