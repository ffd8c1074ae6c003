import postgres, { type Sql } from 'postgres';
import { checkOptions } from '../engine/calls/check-options.ts';
import type { ObjectDefinition } from '../engine/definition/define-object.ts';
import { type Environment, systemEnvironment } from '../engine/ground/environment.ts';
import { createError } from '../engine/ground/errors.ts';
import { openParts } from '../engine/open-parts.ts';
import type { Master } from '../server/master.ts';
import { PostgresMaster } from './postgres-master.ts';
import { StatementRunner } from './run-statements.ts';
import { createTables } from './tables.ts';

export interface PostgresMasterOptions {
  /** A pool of the library `postgres`: connections are made by its options, none of its own is used. Either this or `url`. */
  readonly sql?: Sql | undefined;
  /** Where the database is: `postgres://user:password@host:port/database`. */
  readonly url?: string | undefined;
  readonly objects: readonly ObjectDefinition[];
  /** The schema that holds the tables, made where there is none. Small letters, digits and `_`. Default `sojourn`. */
  readonly schema?: string | undefined;
  /** How long a client may stay away and still be told what has changed, in milliseconds. Default 30 days. */
  readonly retentionMs?: number | undefined;
  /** After how long in the recycle bin a record is gone for good, in milliseconds. Never when absent. */
  readonly purgeDeletedMs?: number | undefined;
  /** How often both are looked after, in milliseconds. Default 1 hour. */
  readonly purgeEveryMs?: number | undefined;
  /** How often the position is asked for, in case no notice of a commit came, in milliseconds. Default 5,000. */
  readonly pollMs?: number | undefined;
  /** The id of the user in whose name records are made where a push has none. */
  readonly user?: string | undefined;
  readonly env?: Environment | undefined;
  /** Hears what listeners throw, and the code with which PostgreSQL refused, which clients are not told. Nobody when absent. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const OPTIONS = {
  sql: 'function',
  url: 'string',
  objects: 'object',
  schema: 'string',
  retentionMs: 'number',
  purgeDeletedMs: 'number',
  purgeEveryMs: 'number',
  pollMs: 'number',
  user: 'string',
  env: 'object',
  onError: 'function',
} as const;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const RETENTION_DAYS = 30;
const POLL_MS = 5000;
const SCHEMA = /^[a-z][a-z0-9_]{0,39}$/;

function checkMaster(options: PostgresMasterOptions): void {
  checkOptions(options, OPTIONS);
  const {
    sql,
    url,
    schema = 'sojourn',
    retentionMs = 0,
    purgeDeletedMs = 0,
    pollMs = POLL_MS,
    purgeEveryMs = HOUR_MS,
  } = options;
  if ((sql === undefined) === (url === undefined))
    throw createError('INVALID_OPTION', 'give either url, or sql, a pool of the library postgres');
  if (!SCHEMA.test(schema))
    throw createError(
      'INVALID_OPTION',
      'schema begins with a small letter, and has small letters, digits and _, 40 at most',
    );
  for (const ms of [retentionMs, purgeDeletedMs, pollMs - 1, purgeEveryMs - 1])
    if (!(ms >= 0))
      throw createError(
        'INVALID_OPTION',
        'retentionMs and purgeDeletedMs are milliseconds from 0, purgeEveryMs and pollMs from 1',
      );
  if (sql !== undefined && (typeof sql.begin !== 'function' || typeof sql.listen !== 'function'))
    throw createError('INVALID_OPTION', 'sql takes a pool that postgres() of the library postgres gave');
  // Lists are bound by their types, which the library has to ask for.
  if (sql?.options.fetch_types === false)
    throw createError('INVALID_OPTION', 'sql has fetch_types off: leave it on, as lists are bound by their types');
}

/** What hears of errors must add none. */
function quiet(onError: (error: unknown) => void = () => undefined): (error: unknown) => void {
  return (error) => {
    try {
      onError(error);
    } catch {
      // There is nobody left to tell.
    }
  };
}

function openPool(url: string): Sql {
  try {
    return postgres(url, { onnotice: () => undefined });
  } catch {
    throw createError('INVALID_OPTION', 'url is that of a database, such as postgres://user:password@host:5432/name');
  }
}

/**
 * A master whose records are kept in PostgreSQL: for `createSyncServer`, in any number of processes at once. Nothing is held in
 * memory but the definitions. Rejects with `INVALID_OPTION` or `INVALID_DEFINITION`; `SYNC_UNREACHABLE` where the database does not
 * answer, or refuses; `STORAGE_NEWER` for tables or objects of a later version, `MIGRATION_FAILED` for objects of an earlier one
 * that would have to be carried over. Its methods reject with `SYNC_UNREACHABLE`, and with `DATABASE_CLOSED` after `close`.
 */
export async function postgresMaster(options: PostgresMasterOptions): Promise<Master> {
  checkMaster(options);
  const { objects, schema = 'sojourn', user, env, url } = options;
  const environment = env ?? systemEnvironment();
  const { store } = openParts({ name: schema, objects, user, env: environment });
  const sql = options.sql ?? openPool(url as string);
  const onError = quiet(options.onError);
  return PostgresMaster.open({
    runner: new StatementRunner(sql, environment, onError),
    store,
    environment,
    schema,
    tables: createTables(sql, schema),
    retentionMs: options.retentionMs ?? RETENTION_DAYS * DAY_MS,
    purgeDeletedMs: options.purgeDeletedMs,
    pollMs: options.pollMs ?? POLL_MS,
    purgeEveryMs: options.purgeEveryMs ?? HOUR_MS,
    onError,
  });
}
