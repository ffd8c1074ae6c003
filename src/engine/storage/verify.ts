import { EngineError } from '../ground/errors.ts';
import { readKey } from './block-keys.ts';
import { type Envelope, openBlock } from './envelope.ts';
import type { Head } from './head.ts';
import type { StorageConnection, StoredBlock } from './storage.ts';

/** What a look at all blocks has found. */
export interface Verification {
  readonly blocks: number;
  readonly bytes: number;
  /** Records in the snapshot that counts. */
  readonly records: number;
  /** Commits in the log after it. */
  readonly commits: number;
  /** The sequence up to which all is whole. */
  readonly sequence: number;
  /** The objects that it knows. */
  readonly objects: readonly string[];
  /** What is wrong; empty when all is whole. Nothing is looked at behind the first damage. */
  readonly problems: readonly string[];
  readonly isSnapshotWhole: boolean;
  /** The number of the first block of the log that is not whole or not there, and how many stand from there on. */
  readonly nextLog: number;
  readonly logBlocks: number;
}

/** Reads every block and tries each seal and each link between them. It needs no definitions, and changes nothing. */
export async function verify(connection: StorageConnection): Promise<Verification> {
  const look = new Look();
  for await (const block of connection.read()) look.take(block);
  look.finishSnapshot();
  const mark = await connection.readMark?.();
  if (mark !== undefined) look.takeMark(mark);
  return look.found();
}

class Look {
  #blocks = 0;
  #bytes = 0;
  #records = 0;
  #commits = 0;
  #sequence = 0;
  #head: Head | undefined;
  #rowBlocks = 0;
  #rowsChecksum = 0;
  #nextLog = 1;
  #logChecksum = 0;
  #logBlocks = 0;
  #isSnapshotWhole = true;
  #isSnapshotRead = false;
  readonly #problems: string[] = [];

  take({ key, bytes }: StoredBlock): void {
    this.#blocks++;
    this.#bytes += bytes.length;
    const name = readKey(key);
    if (name === undefined) {
      this.#problems.push(`${key.slice(0, 64)} is no block of a database`);
      return;
    }
    // What the head does not speak of is left of a snapshot that was not finished, or of one before.
    if (name.kind === 'rows' && name.snapshot !== this.#head?.snapshot) return;
    if (name.kind === 'log') {
      this.finishSnapshot();
      if (name.number < this.#nextLog) return;
      if (this.#problems.length > 0) {
        this.#logBlocks++;
        return;
      }
    }
    try {
      const block = openBlock(key, bytes, this.#sequence);
      if (name.kind === 'head') this.#takeHead(block);
      else if (name.kind === 'rows') this.#takeRows(block, name.number, key);
      else this.#takeLog(block, name.number, key);
    } catch (error) {
      this.#problems.push(error instanceof EngineError ? error.message : `block ${key} makes no sense`);
      if (name.kind === 'log') this.#logBlocks++;
      else this.#isSnapshotWhole = false;
    }
  }

  #takeHead(block: Envelope): void {
    this.#head = JSON.parse(new TextDecoder().decode(block.payload)) as Head;
    this.#sequence = block.sequence;
    this.#nextLog = this.#head.log;
    this.#logChecksum = this.#head.logChecksum;
  }

  #takeRows(block: Envelope, number: number, key: string): void {
    if (number !== this.#rowBlocks || block.previous !== this.#rowsChecksum) throw new RangeError(key);
    this.#rowBlocks++;
    this.#rowsChecksum = block.checksum;
    this.#records += block.count;
  }

  finishSnapshot(): void {
    if (this.#isSnapshotRead) return;
    this.#isSnapshotRead = true;
    const head = this.#head;
    if (head === undefined || (head.blocks === this.#rowBlocks && head.rowsChecksum === this.#rowsChecksum)) return;
    this.#isSnapshotWhole = false;
    if (this.#problems.length === 0) this.#problems.push('blocks of the snapshot are missing');
  }

  #takeLog(block: Envelope, number: number, key: string): void {
    if (number !== this.#nextLog || block.previous !== this.#logChecksum) {
      this.#problems.push(`block ${this.#nextLog} of the log is missing or another`);
      this.#logBlocks++;
      return;
    }
    if (block.kind === 'commits') this.#commits += block.count;
    else if (block.kind !== 'schema') throw new RangeError(key);
    this.#nextLog++;
    this.#logChecksum = block.checksum;
    this.#sequence = block.sequence;
  }

  takeMark(mark: Uint8Array): void {
    let reached: number;
    try {
      reached = openBlock('mark', mark, 0).sequence;
    } catch {
      // It guards the log and holds nothing itself.
      return;
    }
    if (reached > this.#sequence && this.#problems.length === 0)
      this.#problems.push(
        `commits up to sequence ${reached} were stored, and those after ${this.#sequence} are missing`,
      );
  }

  found(): Verification {
    return {
      blocks: this.#blocks,
      bytes: this.#bytes,
      records: this.#records,
      commits: this.#commits,
      sequence: this.#sequence,
      objects: this.#head?.schema.objects.map(({ name }) => name) ?? [],
      problems: this.#problems,
      isSnapshotWhole: this.#isSnapshotWhole,
      nextLog: this.#nextLog,
      logBlocks: this.#logBlocks,
    };
  }
}
