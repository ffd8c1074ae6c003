import { EngineError } from '../ground/errors.ts';
import { BlockChain } from './block-chain.ts';
import { readKey } from './block-keys.ts';
import type { Envelope } from './envelope.ts';
import { readMark } from './mark.ts';
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
  look.end(await connection.readMark?.());
  return look.found();
}

class Look {
  readonly #chain = new BlockChain();
  #blocks = 0;
  #bytes = 0;
  #records = 0;
  #commits = 0;
  #logBlocks = 0;
  /** The number of the block behind the last whole commit, and how many blocks of one that is not whole follow. */
  #wholeLog: number | undefined;
  #openBlocks = 0;
  #isSnapshotWhole = true;
  readonly #problems: string[] = [];

  take({ key, bytes }: StoredBlock): void {
    this.#blocks++;
    this.#bytes += bytes.length;
    const inLog = readKey(key)?.kind === 'log';
    if (this.#problems.length > 0) {
      if (inLog) this.#logBlocks++;
      return;
    }
    if (inLog && !this.#try('', () => this.#endSnapshot())) return;
    const isWhole = this.#try(key, () => {
      const taken = this.#chain.take(key, bytes);
      if (taken?.block.kind === 'rows') this.#records += taken.block.count;
      else if (taken?.name.kind === 'log') this.#takeLog(taken.block);
    });
    if (isWhole) return;
    if (inLog) this.#logBlocks += 1 + this.#openBlocks;
    else this.#isSnapshotWhole = false;
  }

  #takeLog({ kind, count }: Envelope): void {
    this.#commits += kind === 'commits' ? count : 0;
    if (kind === 'commits' && count === 0) {
      this.#wholeLog ??= this.#chain.nextLog - 1;
      this.#openBlocks++;
      return;
    }
    this.#wholeLog = this.#chain.nextLog;
    this.#openBlocks = 0;
  }

  #endSnapshot(): void {
    this.#isSnapshotWhole = false;
    this.#chain.endSnapshot();
    this.#isSnapshotWhole = true;
  }

  /** Notes what goes wrong. Returns whether nothing has. */
  #try(key: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      // Nothing is known of what cannot be read.
      if (error instanceof EngineError && error.code === 'WRONG_KEY') throw error;
      this.#problems.push(error instanceof EngineError ? error.message : `block ${key} makes no sense`);
      return false;
    }
  }

  end(mark: Uint8Array | undefined): void {
    if (this.#problems.length > 0 || !this.#try('', () => this.#endSnapshot())) return;
    let reached: number | undefined;
    if (mark !== undefined && !this.#try('', () => (reached = readMark(mark)))) return;
    const { sequence } = this.#chain;
    if (this.#openBlocks > 0) {
      this.#problems.push('the last commit of the log is not whole');
      this.#logBlocks = this.#openBlocks;
      return;
    }
    if (reached !== undefined && reached > sequence)
      this.#problems.push(`commits up to sequence ${reached} were stored, and those after ${sequence} are missing`);
  }

  found(): Verification {
    return {
      blocks: this.#blocks,
      bytes: this.#bytes,
      records: this.#records,
      commits: this.#commits,
      sequence: this.#chain.sequence,
      problems: this.#problems,
      isSnapshotWhole: this.#isSnapshotWhole,
      nextLog: this.#wholeLog ?? this.#chain.nextLog,
      logBlocks: this.#logBlocks,
    };
  }
}
