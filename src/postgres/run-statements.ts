import type { Sql, TransactionSql } from 'postgres';
import type { Environment } from '../engine/ground/environment.ts';
import { createError, EngineError } from '../engine/ground/errors.ts';

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

/** Runs statements against a pool, again where a later attempt may do better. */
export class StatementRunner {
  readonly sql: Sql;
  readonly #environment: Environment;

  constructor(sql: Sql, environment: Environment) {
    this.sql = sql;
    this.#environment = environment;
  }

  /**
   * What `work` gives. Rejects with `SYNC_UNREACHABLE` when the database cannot be reached, or refuses: without a cause, as the
   * driver's errors hold what was bound to the statement.
   */
  async run<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(this.sql);
      } catch (error) {
        if (!isTheirs(error)) throw error;
        if (attempt === ATTEMPTS || !isPassing(error))
          throw createError('SYNC_UNREACHABLE', 'the database of the server did not answer, or refused');
        await this.#wait(attempt);
      }
    }
  }

  /**
   * The same within a transaction in which every statement sees what was committed before it began: after the wait for the row
   * of the clock, that is all that those before have done.
   */
  transact<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T> {
    return this.run((sql) => sql.begin('isolation level read committed', work) as Promise<T>);
  }

  /** Up to twice as long each time, and by chance, so that those who met do not meet again. */
  #wait(attempt: number): Promise<void> {
    const [chance = 0] = this.#environment.random(new Uint8Array(1));
    const ms = FIRST_WAIT_MS * 2 ** attempt * (0.5 + chance / 512);
    return new Promise((resolve) => {
      this.#environment.wake(resolve, ms);
    });
  }
}
