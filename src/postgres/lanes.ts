import postgres, { type Sql, type TransactionSql } from 'postgres';
import type { Statements } from './tables.ts';

/** One connection, which is made when first used. */
interface Lane {
  readonly sql: Sql;
  /** Whether its connection has ended. What was under way on it is over then. */
  isLost: boolean;
}

/** Where nothing can be sent any more. */
class LaneLostError extends Error {
  /** As the library has it: `CONNECTION_ENDED` is for good. */
  readonly code: 'CONNECTION_CLOSED' | 'CONNECTION_ENDED';

  constructor(code: LaneLostError['code']) {
    super(code);
    this.code = code;
  }
}

/** Whether the connection ends with it, at once or in a moment. */
function isEnd(error: unknown): boolean {
  const { severity, code } = (error ?? {}) as { severity?: unknown; code?: unknown };
  return severity === 'FATAL' || severity === 'PANIC' || (typeof code === 'string' && /^(?:E|CONN)/.test(code));
}

/**
 * Connections, each a pool of one. A pool of several does not say which of its connections has ended, and the library (3.4.9) sends
 * what comes next within a transaction, the ROLLBACK too, to one that has: that is thrown in a turn of its own and ends the process.
 * And a connection that ended while something waited to be sent never comes back. So every statement asks first, and a lane whose
 * connection has ended is put away with it.
 */
export class Lanes {
  readonly #options: object;
  readonly #max: number;
  #count = 0;
  #isEnding = false;
  readonly #free: Lane[] = [];
  readonly #busy = new Set<Lane>();
  readonly #waiting: ((lane: Lane) => void)[] = [];

  /** `options`: those of a pool of the library, as it has read them. */
  constructor(options: object, max: number) {
    this.#options = options;
    this.#max = max;
  }

  #create(): Lane {
    const onclose = () => {
      lane.isLost = true;
    };
    const lane: Lane = { sql: postgres({ ...this.#options, max: 1, onclose }), isLost: false };
    return lane;
  }

  async #take(): Promise<Lane> {
    let lane = this.#free.pop();
    while (lane?.isLost) {
      this.#count--;
      lane = this.#free.pop();
    }
    if (lane === undefined && this.#count < this.#max) {
      this.#count++;
      lane = this.#create();
    }
    lane ??= await new Promise<Lane>((resolve) => this.#waiting.push(resolve));
    this.#busy.add(lane);
    return lane;
  }

  #leave(lane: Lane): void {
    this.#busy.delete(lane);
    const next = this.#waiting.shift();
    // Whoever still waits at the end learns of it by a lane that has ended.
    if (next !== undefined) next(lane.isLost && !this.#isEnding ? this.#create() : lane);
    else if (lane.isLost) this.#count--;
    else this.#free.push(lane);
  }

  async #use<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
    if (this.#isEnding) throw new LaneLostError('CONNECTION_ENDED');
    const lane = await this.#take();
    try {
      return await work(lane);
    } catch (error) {
      if (isEnd(error)) lane.isLost = true;
      throw error;
    } finally {
      this.#leave(lane);
    }
  }

  /** Runs single statements. */
  run<T>(work: (sql: Statements) => Promise<T>): Promise<T> {
    return this.#use((lane) => work(lane.sql));
  }

  /** Runs statements within a transaction, which is taken back when `work` rejects. */
  transact<T>(isolation: string, work: (sql: Statements) => Promise<T>): Promise<T> {
    return this.#use((lane) => {
      return lane.sql.begin(`isolation level ${isolation}`, (sql) => carryOut(lane, sql, work)) as Promise<T>;
    });
  }

  /** Ends the connections, once what is under way is done, or after some seconds. */
  async end(seconds: number): Promise<void> {
    this.#isEnding = true;
    const lanes = [...this.#free, ...this.#busy];
    await Promise.all(lanes.map(({ sql }) => sql.end({ timeout: seconds })));
  }
}

/**
 * Once the connection has ended, this never settles: `begin` has been told already, and would only send a COMMIT or a ROLLBACK to
 * where nothing is. That it has ended is known as soon as the library knows it, and what is sent in the same turn goes out before
 * it can end.
 */
function carryOut<T>(lane: Lane, sql: TransactionSql, work: (sql: Statements) => Promise<T>): Promise<T> {
  const send = (...call: Parameters<TransactionSql>) => {
    if (lane.isLost) throw new LaneLostError('CONNECTION_CLOSED');
    return sql(...call);
  };
  return new Promise((resolve, reject) => {
    work(send as unknown as Statements).then(
      (result) => {
        if (!lane.isLost) resolve(result);
      },
      (error) => {
        if (!lane.isLost && !isEnd(error)) reject(error);
      },
    );
  });
}
