import type { Environment } from '../engine/ground/environment.ts';
import type { Position } from '../server/master.ts';
import type { CommitMark } from './push-tables.ts';
import type { Statements, Tables } from './tables.ts';

const TOKEN_BYTES = 12;

/** A name that no other era has, in this history or in one that was lost. */
export function createToken({ random }: Environment): string {
  return Array.from(random(new Uint8Array(TOKEN_BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Begins an era with whatever is committed next. A restored backup has lost the commits after some sequence, and will give their
 * numbers to others: of the era that begins when it is opened, so that a client which has seen the lost ones is told apart. One that
 * no commit belongs to yet is replaced: no client can have its name.
 */
export async function beginEra(sql: Statements, { clock, era }: Tables, token: string, nowMs: number): Promise<void> {
  await sql`SELECT sequence FROM ${clock} WHERE one = 1 FOR UPDATE`;
  await sql`
    INSERT INTO ${era} (start, token, at) SELECT sequence, ${token}, ${nowMs}::bigint FROM ${clock} WHERE one = 1
    ON CONFLICT (start) DO UPDATE SET token = excluded.token, at = excluded.at`;
}

/** Begins an era with the commit of this transaction, which has taken its sequence. */
export async function beginEraAt(
  sql: Statements,
  { era }: Tables,
  token: string,
  { sequence, at }: CommitMark,
): Promise<void> {
  await sql`
    INSERT INTO ${era} (start, token, at) VALUES (${sequence - 1}::bigint, ${token}, ${at}::bigint)
    ON CONFLICT (start) DO UPDATE SET token = excluded.token, at = excluded.at`;
}

/** The era in which there is nothing yet. */
export async function beginFirstEra(sql: Statements, { era }: Tables, token: string, nowMs: number): Promise<void> {
  await sql`
    INSERT INTO ${era} (start, token, at) VALUES (-1, ${token}, ${nowMs}::bigint) ON CONFLICT (start) DO NOTHING`;
}

/** The era of a sequence: the last that began before it. */
export async function readEra(sql: Statements, { era }: Tables, sequence: number): Promise<string> {
  const [row] = await sql<{ token: string }[]>`
    SELECT token FROM ${era} WHERE start < ${sequence}::bigint ORDER BY start DESC LIMIT 1`;
  return row?.token ?? '';
}

/** Where the history stands; in one statement, so that both are of one moment. */
export async function readPosition(sql: Statements, { clock, era }: Tables): Promise<Position> {
  const [row] = await sql<{ sequence: string; token: string }[]>`
    SELECT c.sequence, (SELECT e.token FROM ${era} e WHERE e.start < c.sequence ORDER BY e.start DESC LIMIT 1) AS token
    FROM ${clock} c WHERE c.one = 1`;
  return { sequence: Number(row?.sequence), era: row?.token ?? '' };
}

/** Whether changes after a position can be told. */
export async function checkPosition(
  sql: Statements,
  { clock, era }: Tables,
  position: Position,
): Promise<'known' | 'lost' | 'too-old'> {
  if (!Number.isSafeInteger(position.sequence) || position.sequence < 0) return 'lost';
  const [row] = await sql<{ sequence: string; forgotten: string; token: string | null }[]>`
    SELECT c.sequence, c.forgotten, (
      SELECT e.token FROM ${era} e WHERE e.start < ${position.sequence}::bigint ORDER BY e.start DESC LIMIT 1) AS token
    FROM ${clock} c WHERE c.one = 1`;
  if (row === undefined || position.sequence > Number(row.sequence) || row.token !== position.era) return 'lost';
  return position.sequence < Number(row.forgotten) ? 'too-old' : 'known';
}
