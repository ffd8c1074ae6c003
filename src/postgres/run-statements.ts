import type { Sql } from 'postgres';
import type { Environment } from '../engine/ground/environment.ts';
import { createError, EngineError } from '../engine/ground/errors.ts';
import { Lanes } from './lanes.ts';
import type { Statements } from './tables.ts';

const ATTEMPTS = 6;
const FIRST_WAIT_MS = 10;

/** What another attempt may get past: conflicts of transactions, and connections that are lost or refused for the moment. */
const PASSING: ReadonlySet<unknown> = new Set([
  '40001',
  '40P01',
  '55P03',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Of PostgreSQL, of the library, of the system. */
const CODE = /^[A-Z0-9_]{1,40}$/;

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}

function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  return PASSING.has(code) || (typeof code === 'string' && code.startsWith('08'));
}

/** Whether the driver or the server made it, rather than what was called within a transaction. */
function isTheirs(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof EngineError) return false;
  return error.name === 'PostgresError' || 'query' in error || isPassing(error) || codeOf(error) === 'CONNECTION_ENDED';
}

/** More would only stand in the line for the row of the clock. */
const WRITERS = 4;
const READERS = 8;
const END_S = 5;

/** Runs statements, again where a later attempt may do better. */
export class StatementRunner {
  /** Whose options the connections are made by; none of its own is used. */
  readonly pool: Sql;
  readonly #environment: Environment;
  readonly #onError: (error: unknown) => void;
  readonly #writers: Lanes;
  readonly #readers: Lanes;

  constructor(pool: Sql, environment: Environment, onError: (error: unknown) => void) {
    this.pool = pool;
    this.#environment = environment;
    this.#onError = onError;
    this.#writers = new Lanes(pool.options, WRITERS);
    this.#readers = new Lanes(pool.options, READERS);
  }

  /** What `work` gives, by single statements. Rejects as `insist`. */
  run<T>(work: (sql: Statements) => Promise<T>): Promise<T> {
    return this.insist(() => this.#readers.run(work));
  }

  /**
   * The same within a transaction in which every statement sees what was committed before it began: after the wait for the row
   * of the clock, that is all that those before have done.
   */
  transact<T>(work: (sql: Statements) => Promise<T>): Promise<T> {
    return this.insist(() => this.#writers.transact('read committed', work));
  }

  /**
   * What `work` gives, tried several times. Rejects with `SYNC_UNREACHABLE` when the database cannot be reached, or refuses:
   * without a cause, as the driver's errors hold what was bound to the statement.
   */
  async insist<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!isTheirs(error)) throw error;
        if (attempt === ATTEMPTS || !isPassing(error)) throw this.#refusal(error);
        await this.#wait(attempt);
      }
    }
  }

  /** The code is for whoever runs the server; a client is told none of it. */
  #refusal(error: unknown): EngineError {
    const code = codeOf(error);
    const known = typeof code === 'string' && CODE.test(code) ? code : 'unknown';
    this.#onError(createError('SYNC_UNREACHABLE', `PostgreSQL did not answer, or refused: ${known}`));
    return createError('SYNC_UNREACHABLE', 'the database of the server did not answer, or refused');
  }

  async end(): Promise<void> {
    await Promise.all([this.#writers.end(END_S), this.#readers.end(END_S)]);
  }

  /** Up to twice as long each time, and by chance, so that those who met do not meet again. */
  async #wait(attempt: number): Promise<void> {
    const [chance = 0] = this.#environment.random(new Uint8Array(1));
    const ms = FIRST_WAIT_MS * 2 ** attempt * (0.5 + chance / 512);
    let isOver = false;
    this.#environment.wake(() => {
      isOver = true;
    }, ms);
    // Turns keep a program alive, which timers of the environment do not: one that waits for its database must not end of it.
    while (!isOver) await this.#environment.pause();
  }
}
