import postgres, { type Sql } from 'postgres';
import type { Environment } from '../engine/ground/environment.ts';
import { Listeners } from '../engine/ground/listeners.ts';

/** What a database without LISTEN says to it: a statement, or a feature, that it does not have. */
const UNKNOWN_STATEMENT: ReadonlySet<unknown> = new Set(['42601', '42704', '42883', '0A000']);

export interface WatchOptions {
  /** Whose options the connection is made by. */
  readonly pool: Sql;
  readonly channel: string;
  readonly environment: Environment;
  readonly pollMs: number;
  /** Where the history stands now; rejects while the database cannot be reached. */
  readonly position: () => Promise<number>;
  /** Called when what was heard may have a gap, or the history has gone back: before anyone is told of what comes after. */
  readonly onGap: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Tells listeners of commits, of all processes: one connection listens for the whole process, and a slow poll stands in where there
 * is no NOTIFY, or it is lost. Each listener hears rising sequences, and of none but the last where several come at once.
 */
export class CommitWatch {
  readonly #options: WatchOptions;
  readonly #listeners: Listeners<number>;
  /** A pool of its own, as the connection that listens ends with its pool. */
  #ears: Sql | undefined;
  #told = 0;
  #isClosed = false;
  #hasListened = false;
  /** Whether a connection was lost, and nothing has been done about it yet. */
  #hasGap = false;
  #stopPolling: () => void = () => undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#listeners = new Listeners(options.onError);
  }

  /** Begins to listen. Resolves with whether the database knows NOTIFY; without, the poll does it alone. */
  async open(): Promise<boolean> {
    const { pool, channel, position } = this.#options;
    this.#told = await position();
    this.#hasListened = false;
    const ears = postgres({ ...(pool.options as object), max: 1 });
    try {
      await ears.listen(
        channel,
        (payload) => this.tell(Number(payload)),
        () => this.#onListening(),
      );
      this.#ears = ears;
      this.#poll();
      return true;
    } catch (error) {
      await ears.end({ timeout: 1 });
      if (!UNKNOWN_STATEMENT.has((error as { code?: unknown } | null)?.code)) throw error;
      this.#poll();
      return false;
    }
  }

  add(listener: (sequence: number) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Tells of a commit, unless of a later one was told before. */
  tell(sequence: number): void {
    if (this.#isClosed || !(sequence > this.#told)) return;
    this.#told = sequence;
    this.#listeners.call(sequence);
  }

  /** The first time there is nothing to catch up with; each other time a connection has been lost meanwhile. */
  #onListening(): void {
    this.#hasGap = this.#hasListened;
    this.#hasListened = true;
    // Where that fails the poll does it.
    if (this.#hasGap) this.#catchUp().catch(() => undefined);
  }

  async #catchUp(): Promise<void> {
    const { position, onGap } = this.#options;
    const told = this.#told;
    if (this.#hasGap) {
      await onGap();
      this.#hasGap = false;
    }
    const sequence = await position();
    if (this.#isClosed) return;
    if (sequence < told) {
      // The history has gone back: a backup was restored under this process.
      await onGap();
      this.#told = sequence - 1;
    }
    this.tell(sequence);
  }

  #poll(): void {
    if (this.#isClosed) return;
    const { environment, pollMs } = this.#options;
    this.#stopPolling = environment.wake(() => {
      // A database that is away is asked again the next time.
      this.#catchUp()
        .catch(() => undefined)
        .finally(() => this.#poll());
    }, pollMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopPolling();
    this.#listeners.clear();
    await this.#ears?.end({ timeout: 1 });
  }
}
