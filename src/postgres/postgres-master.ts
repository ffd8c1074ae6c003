import type { Environment } from '../engine/ground/environment.ts';
import { createError } from '../engine/ground/errors.ts';
import type { Store } from '../engine/store/store.ts';
import { serverFieldsOf } from '../replication/document.ts';
import type { Master, MasterPush, Position, PushOutcome, ReadAnswer, ReadRequest } from '../server/master.ts';
import { CommitWatch } from './commit-watch.ts';
import { beginEra, beginEraAt, checkPosition, createToken, readEra, readPosition } from './eras.ts';
import { matchObjects } from './match-objects.ts';
import { migrateTables } from './migrate-tables.ts';
import { emptyBin, forgetHistory } from './purge-history.ts';
import { countRecords, readChanges } from './read-changes.ts';
import type { StatementRunner } from './run-statements.ts';
import type { Tables } from './tables.ts';
import { type WriteScope, writePush } from './write-push.ts';

export interface MasterParts {
  readonly runner: StatementRunner;
  readonly store: Store;
  readonly environment: Environment;
  readonly schema: string;
  readonly tables: Tables;
  readonly retentionMs: number;
  readonly purgeDeletedMs: number | undefined;
  readonly pollMs: number;
  readonly purgeEveryMs: number;
  readonly onError: (error: unknown) => void;
}

/** A master that keeps all of its truth in PostgreSQL: any number of processes may have one over the same tables. */
export class PostgresMaster implements Master {
  readonly store: Store;
  readonly #parts: MasterParts;
  readonly #watch: CommitWatch;
  readonly #serverFields: ReadonlyMap<string, ReadonlySet<string>>;
  #channel: string | undefined;
  /** The last sequence that this process has committed: one that is not above it tells of a history that has gone back. */
  #seen = 0;
  #isClosed = false;
  #stopPurging: () => void = () => undefined;

  private constructor(parts: MasterParts) {
    this.#parts = parts;
    this.store = parts.store;
    this.#serverFields = new Map(
      [...parts.store.entities].map(({ definition }) => [definition.name, serverFieldsOf(definition)]),
    );
    this.#watch = new CommitWatch({
      pool: parts.runner.pool,
      channel: parts.schema,
      environment: parts.environment,
      pollMs: parts.pollMs,
      position: async () => (await this.position()).sequence,
      onGap: () => this.#beginEra(),
      onError: parts.onError,
    });
  }

  /** Makes the tables ready, begins an era and listens. */
  static async open(parts: MasterParts): Promise<PostgresMaster> {
    const { runner, schema, tables, store, environment } = parts;
    const master = new PostgresMaster(parts);
    try {
      const nowMs = environment.now();
      await migrateTables(runner, { schema, tables, token: createToken(environment), nowMs });
      await runner.transact((sql) => matchObjects(sql, tables, store));
      await master.#beginEra();
      const isListening = await runner.insist(() => master.#watch.open());
      master.#channel = isListening ? schema : undefined;
      master.#lookAfter();
      return master;
    } catch (error) {
      await master.close();
      throw error;
    }
  }

  /** Purges now and then. What fails is tried again the next time. */
  #lookAfter(): void {
    if (this.#isClosed) return;
    const { environment, purgeEveryMs } = this.#parts;
    this.#stopPurging = environment.wake(() => {
      this.purge()
        .catch(() => undefined)
        .finally(() => this.#lookAfter());
    }, purgeEveryMs);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw createError('DATABASE_CLOSED', 'the master has been closed: make another');
  }

  #beginEra(): Promise<void> {
    const { runner, tables, environment } = this.#parts;
    return runner.transact((sql) => beginEra(sql, tables, createToken(environment), environment.now()));
  }

  serverFields(object: string): ReadonlySet<string> {
    return this.#serverFields.get(object) ?? new Set();
  }

  async position(): Promise<Position> {
    this.#assertOpen();
    return this.#parts.runner.run((sql) => readPosition(sql, this.#parts.tables));
  }

  async check(position: Position): Promise<'known' | 'lost' | 'too-old'> {
    this.#assertOpen();
    return this.#parts.runner.run((sql) => checkPosition(sql, this.#parts.tables, position));
  }

  async eraAt(sequence: number): Promise<string> {
    this.#assertOpen();
    return this.#parts.runner.run((sql) => readEra(sql, this.#parts.tables, sequence));
  }

  async read(request: ReadRequest): Promise<ReadAnswer> {
    this.#assertOpen();
    const { runner, tables } = this.#parts;
    return runner.run((sql) => readChanges(sql, tables, this.store, request));
  }

  async count(objects: readonly string[], after?: number): Promise<number> {
    this.#assertOpen();
    return this.#parts.runner.run((sql) => countRecords(sql, this.#parts.tables, objects, after));
  }

  get #scope(): WriteScope {
    const { tables, store } = this.#parts;
    return { tables, store, serverFields: (object) => this.serverFields(object), channel: this.#channel };
  }

  async write(push: MasterPush): Promise<PushOutcome> {
    this.#assertOpen();
    const { runner, environment, tables } = this.#parts;
    const seen = this.#seen;
    const { outcome, sequence } = await runner.transact(async (sql) => {
      const written = await writePush(sql, this.#scope, push, environment.now());
      // Restored under this process. What was lost had these numbers before, so they are another era's from this one on.
      if (written.sequence !== undefined && written.sequence <= seen)
        await beginEraAt(sql, tables, createToken(environment), { sequence: written.sequence, at: environment.now() });
      return written;
    });
    if (sequence !== undefined) this.#note(sequence, seen);
    return outcome;
  }

  #note(sequence: number, seen: number): void {
    this.#seen = sequence <= seen ? sequence : Math.max(this.#seen, sequence);
    this.#watch.tell(sequence);
  }

  watch(listener: (sequence: number) => void): () => void {
    this.#assertOpen();
    return this.#watch.add(listener);
  }

  async purge(): Promise<void> {
    this.#assertOpen();
    const { runner, tables, store, environment, retentionMs, purgeDeletedMs } = this.#parts;
    const nowMs = environment.now();
    for (let isMore = purgeDeletedMs !== undefined; isMore; ) {
      const scope = { tables, store, channel: this.#channel };
      const cutoffMs = nowMs - (purgeDeletedMs as number);
      const emptied = await runner.transact((sql) => emptyBin(sql, scope, cutoffMs, nowMs));
      if (emptied.sequence !== undefined) this.#note(emptied.sequence, this.#seen);
      isMore = emptied.isMore;
    }
    await runner.transact((sql) => forgetHistory(sql, tables, nowMs - retentionMs));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopPurging();
    await this.#watch.close();
    this.store.close();
    await this.#parts.runner.end();
  }
}
