import { createError } from '../ground/errors.ts';
import { type BlockName, readKey } from './block-keys.ts';
import { corrupt, type Envelope, openBlock } from './envelope.ts';
import type { Head } from './head.ts';
import { decodeJson } from './json-bytes.ts';

/** A block that counts, and the part that it is of. */
export interface ChainedBlock {
  readonly name: BlockName;
  readonly block: Envelope;
}

/**
 * The blocks of a database in their order, each of which must be whole and follow the one before: the head, the rows of the
 * snapshot that it names, the log from where it says.
 */
export class BlockChain {
  head: Head | undefined;
  /** The sequence up to which all is whole. */
  sequence = 0;
  /** The number of the next block of the log, and the checksum of the one before. */
  nextLog = 1;
  logChecksum = 0;
  #rowBlocks = 0;
  #rowsChecksum = 0;
  #isSnapshotRead = false;
  #isSnapshotWhole = false;

  /**
   * Takes the next block. Undefined for one that no head speaks of: left of a snapshot that was not finished, or of one
   * before. Throws `STORAGE_CORRUPT`, `STORAGE_NEWER`, or `WRONG_KEY` for blocks that are encrypted.
   */
  take(key: string, bytes: Uint8Array): ChainedBlock | undefined {
    const name = readKey(key);
    if (name === undefined) throw corrupt(`${key.slice(0, 64)} is no block of a database`, this.sequence);
    if (name.kind === 'rows' && name.snapshot !== this.head?.snapshot) return undefined;
    if (name.kind === 'log') {
      this.endSnapshot();
      if (name.number < this.nextLog) return undefined;
    }
    const block = openBlock(key, bytes, this.sequence);
    // With the right key nothing of the ring is seen here.
    if (name.kind === 'keys') throw createError('WRONG_KEY', 'what is stored is encrypted, and no key was given');
    if (name.kind === 'head') this.#takeHead(block, key);
    else if (name.kind === 'rows') this.#takeRows(block, name.number, key);
    else this.#takeLog(block, name.number);
    return { name, block };
  }

  #takeHead(block: Envelope, key: string): void {
    if (block.kind !== 'head') throw corrupt(`block ${key} does not fit`, this.sequence);
    const head = decodeJson(block.payload) as Head;
    this.head = head;
    this.sequence = block.sequence;
    this.nextLog = head.log;
    this.logChecksum = head.logChecksum;
  }

  #takeRows(block: Envelope, number: number, key: string): void {
    const isNext = block.number === number && number === this.#rowBlocks && block.previous === this.#rowsChecksum;
    if (block.kind !== 'rows' || !isNext) throw corrupt(`block ${key} does not fit`, this.sequence);
    this.#rowBlocks++;
    this.#rowsChecksum = block.checksum;
  }

  #takeLog(block: Envelope, number: number): void {
    const isNext = block.number === number && number === this.nextLog && block.previous === this.logChecksum;
    if (!isNext || (block.kind !== 'commits' && block.kind !== 'schema'))
      throw corrupt(`block ${this.nextLog} of the log is missing or another`, this.sequence);
    this.nextLog++;
    this.logChecksum = block.checksum;
    this.sequence = block.sequence;
  }

  /** Whether all of the snapshot has been read and is whole. */
  get isSnapshotWhole(): boolean {
    return this.#isSnapshotWhole;
  }

  /** Before the log, which is about what the snapshot holds. Throws `STORAGE_CORRUPT` unless all of it was read. */
  endSnapshot(): void {
    if (this.#isSnapshotRead) return;
    this.#isSnapshotRead = true;
    const { head } = this;
    if (head !== undefined && (head.blocks !== this.#rowBlocks || head.rowsChecksum !== this.#rowsChecksum))
      throw corrupt('blocks of the snapshot are missing', 0);
    this.#isSnapshotWhole = true;
  }
}
