import type { Store } from '../engine/store/store.ts';
import { writeChanges } from './push-tables.ts';
import { fromKey } from './stored-body.ts';
import type { Statements, Tables } from './tables.ts';
import { giveBackSequence, notify, takeSequence } from './write-push.ts';

/** Records that leave the recycle bin in one commit: others wait for it. */
const CHUNK = 2000;

/**
 * Forgets what clients need no more who came by since `cutoffMs`: earlier states, the names of what is gone, and answers to pushes.
 * All of it up to one sequence, which is noted: a client that stands before it is told so.
 */
export async function forgetHistory(sql: Statements, tables: Tables, cutoffMs: number): Promise<void> {
  const { clock, record, before, client } = tables;
  const [row] = await sql<{ forgotten: string }[]>`
    SELECT forgotten FROM ${clock} WHERE one = 1 FOR UPDATE`;
  const [found] = await sql<{ last: string | null }[]>`
    SELECT greatest(
      (SELECT max(sequence) FROM ${before} WHERE at < ${cutoffMs}::bigint),
      (SELECT max(sequence) FROM ${record} WHERE purged AND at < ${cutoffMs}::bigint)) AS last`;
  const last = Number(found?.last ?? 0);
  await sql`DELETE FROM ${client} WHERE usedat < ${cutoffMs}::bigint`;
  if (last <= Number(row?.forgotten)) return;
  await sql`DELETE FROM ${before} WHERE sequence <= ${last}::bigint`;
  await sql`DELETE FROM ${record} WHERE purged AND sequence <= ${last}::bigint`;
  await sql`UPDATE ${clock} SET forgotten = ${last}::bigint WHERE one = 1`;
}

/** Takes out of the recycle bin for good what lies there since before `cutoffMs`: a commit like any other, and its sequence. */
export async function emptyBin(
  sql: Statements,
  { tables, store, channel }: { tables: Tables; store: Store; channel: string | undefined },
  cutoffMs: number,
  nowMs: number,
): Promise<{ readonly sequence: number | undefined; readonly isMore: boolean }> {
  const mark = await takeSequence(sql, tables, nowMs);
  const objects = [...store.entities].map(({ definition }) => definition.name);
  const found = await sql<{ object: string; id: string }[]>`
    SELECT object, id FROM ${tables.record}
    WHERE object = ANY(${objects}::text[]) AND NOT live AND NOT purged AND at < ${cutoffMs}::bigint
    ORDER BY sequence LIMIT ${CHUNK}`;
  if (found.length === 0) {
    await giveBackSequence(sql, tables);
    return { sequence: undefined, isMore: false };
  }
  const now = { record: undefined, isPurged: true };
  const changes = found.map(({ object, id }) => ({ object, id: fromKey(id), now, isNew: false }));
  await Promise.all([...writeChanges(sql, tables, store, changes, mark), ...notify(sql, channel, mark.sequence)]);
  return { sequence: mark.sequence, isMore: found.length === CHUNK };
}
