import { createError } from '../engine/ground/errors.ts';
import { beginFirstEra } from './eras.ts';
import type { StatementRunner } from './run-statements.ts';
import { STEPS, type Statements, type Tables } from './tables.ts';

/** What two who make the same schema or table at once are told by PostgreSQL, `IF NOT EXISTS` or not. */
const RACES: ReadonlySet<unknown> = new Set(['23505', '42710', '42P06', '42P07', 'XX000']);
const RACE_ATTEMPTS = 5;

async function ignoringRaces(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === RACE_ATTEMPTS || !RACES.has((error as { code?: unknown } | null)?.code)) throw error;
    }
  }
}

/** Asked for before it is made: a role that may make no schemas can still work in one that is there. */
async function createSchema(sql: Statements, schema: string): Promise<void> {
  const found = await sql`SELECT 1 FROM information_schema.schemata WHERE schema_name = ${schema}`;
  if (found.length === 0) await sql`CREATE SCHEMA IF NOT EXISTS ${sql(schema)}`;
}

async function createStepTable(sql: Statements, schema: string, { step }: Tables): Promise<void> {
  const found = await sql`
    SELECT 1 FROM information_schema.tables WHERE table_schema = ${schema} AND table_name = 'step'`;
  if (found.length === 0) await sql`CREATE TABLE IF NOT EXISTS ${step} (number int PRIMARY KEY, at bigint NOT NULL)`;
}

/**
 * Holds back all others who start at once, until the transaction ends: by a row of an ordinary table, as advisory locks are not
 * everywhere.
 */
export async function lockSteps(sql: Statements, { step }: Tables): Promise<void> {
  await sql`INSERT INTO ${step} (number, at) VALUES (0, 0) ON CONFLICT (number) DO NOTHING`;
  await sql`SELECT number FROM ${step} WHERE number = 0 FOR UPDATE`;
}

/**
 * Makes the tables, or brings them to the present form, step by step. Rejects with `STORAGE_NEWER` where they are of a form that
 * this program does not know.
 */
export async function migrateTables(
  runner: StatementRunner,
  { schema, tables, token, nowMs }: { schema: string; tables: Tables; token: string; nowMs: number },
): Promise<void> {
  await runner.run(async (sql) => {
    await ignoringRaces(() => createSchema(sql, schema));
    await ignoringRaces(() => createStepTable(sql, schema, tables));
  });
  await runner.transact(async (sql) => {
    await lockSteps(sql, tables);
    const [row] = await sql<{ last: number }[]>`SELECT max(number) AS last FROM ${tables.step}`;
    const last = Number(row?.last ?? 0);
    if (last > STEPS.length)
      throw createError(
        'STORAGE_NEWER',
        'the tables of the server were made by a newer version of this program: update it, or name another schema',
      );
    for (const [at, take] of STEPS.entries()) {
      if (at < last) continue;
      for (const statement of take(sql, tables)) await statement;
      await sql`INSERT INTO ${tables.step} (number, at) VALUES (${at + 1}, ${nowMs}::bigint)`;
    }
    await beginFirstEra(sql, tables, token, nowMs);
  });
}
