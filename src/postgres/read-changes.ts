import { createError } from '../engine/ground/errors.ts';
import type { Entity, Store } from '../engine/store/store.ts';
import type { MasterEntry, ReadAnswer, ReadRequest } from '../server/master.ts';
import { fromBody, fromKey, toRoot } from './stored-body.ts';
import type { Statements, Tables } from './tables.ts';

interface ChangeRow {
  readonly now: string;
  readonly forgotten: string;
  /** The last sequence of the page; null where the page holds all there is. */
  readonly cut: string | null;
  readonly object: string | null;
  readonly id: string;
  readonly sequence: string;
  readonly purged: boolean;
  readonly body: string;
  readonly rootobject: string | null;
  readonly rootid: string | null;
  /** The states that the record has had since, oldest first, as JSON; null where there were none, or none were asked for. */
  readonly earlier: string | null;
  readonly born: string;
}

/**
 * The records changed after a sequence. It is one statement, and so a picture of one moment; as sequences come true in their
 * order, that moment has all commits up to that of the clock's row.
 *
 * `cut` is the sequence of the last entry of the page: of each object the first so many are looked at, which an index gives, and the
 * page then reaches to the end of that commit. Whatever was changed is in `before` from then on; what a record was at a sequence
 * is thus the first that is kept of it from later on, unless it was made later still.
 */
function selectChanges(sql: Statements, { clock, record, before }: Tables, request: ReadRequest) {
  const { after, limit, withBefore, heldOnly, since = after } = request;
  const objects = [...request.objects];
  const held = heldOnly ? sql`AND NOT r.purged` : sql``;
  const earlier = withBefore
    ? sql`(SELECT json_agg(b.body ORDER BY b.sequence)::text FROM ${before} b
        WHERE b.object = r.object AND b.id = r.id AND b.sequence > ${since}::bigint)`
    : sql`NULL::text`;
  return sql<ChangeRow[]>`
    WITH page AS (
      SELECT c.sequence AS now, c.forgotten, (
        SELECT s.sequence FROM unnest(${objects}::text[]) AS asked (object)
        CROSS JOIN LATERAL (
          SELECT r.sequence FROM ${record} r WHERE r.object = asked.object AND r.sequence > ${after}::bigint ${held}
          ORDER BY r.sequence LIMIT ${limit}::bigint) s
        ORDER BY s.sequence OFFSET ${limit - 1}::bigint LIMIT 1) AS cut
      FROM ${clock} c WHERE c.one = 1)
    SELECT page.now, page.forgotten, page.cut, r.object, r.id, r.sequence, r.purged, r.body, r.rootobject, r.rootid, r.born, r.earlier
    FROM page LEFT JOIN LATERAL (
      SELECT r.object, r.id, r.sequence, r.purged, r.body, r.rootobject, r.rootid, r.born, ${earlier} AS earlier
      FROM ${record} r WHERE r.object = ANY(${objects}::text[]) AND r.sequence > ${after}::bigint
        AND r.sequence <= coalesce(page.cut, page.now) ${held}) r ON true
    ORDER BY r.sequence, r.object, r.id`;
}

/**
 * Rejects with `SYNC_CHECKPOINT` where changes after the sequence are forgotten, though whoever asks has seen others before it: a
 * purge may have come between the check of a position and this.
 */
export async function readChanges(
  sql: Statements,
  tables: Tables,
  store: Store,
  request: ReadRequest,
): Promise<ReadAnswer> {
  const limit = Math.max(1, request.limit);
  const objects = request.objects.filter((name) => store.find(name) !== undefined);
  const rows = await selectChanges(sql, tables, { ...request, limit, objects });
  const [first] = rows;
  const now = Number(first?.now ?? 0);
  const { after, since = after } = request;
  if (!request.heldOnly && since > 0 && since < Number(first?.forgotten ?? 0))
    throw createError(
      'SYNC_CHECKPOINT',
      'changes after this position are no longer remembered: all is to be read anew',
    );
  const entries = rows.flatMap((row) => (row.object === null ? [] : toEntry(store, row.object, row, request)));
  const sequence = Number(first?.cut ?? now);
  return { entries, sequence, done: sequence >= now };
}

function toEntry(
  store: Store,
  object: string,
  row: ChangeRow,
  { withBefore, after, since = after }: ReadRequest,
): MasterEntry {
  const entity = store.entity(object);
  const root = row.purged ? undefined : toRoot(row.rootobject, row.rootid);
  return {
    object,
    id: fromKey(row.id),
    sequence: Number(row.sequence),
    record: row.purged ? undefined : fromBody(entity, row.body),
    ...(root !== undefined && { root }),
    ...(withBefore && statesOf(entity, row, since)),
  };
}

function statesOf(
  entity: Entity,
  { earlier, born }: ChangeRow,
  since: number,
): Pick<MasterEntry, 'before' | 'earlier'> {
  const bodies = earlier === null ? [] : (JSON.parse(earlier) as string[]);
  const [first = ''] = bodies;
  return {
    before: first === '' || Number(born) > since ? undefined : fromBody(entity, first),
    earlier: {
      *[Symbol.iterator]() {
        for (const body of bodies) if (body !== '') yield fromBody(entity, body);
      },
    },
  };
}

/** How many records of some objects are held, in the bin or not; with `after`, how many records have changed after a sequence. */
export async function countRecords(
  sql: Statements,
  { record }: Tables,
  objects: readonly string[],
  after: number | undefined,
): Promise<number> {
  const which = after === undefined ? sql`NOT purged` : sql`sequence > ${after}::bigint`;
  const [row] = await sql<{ count: string }[]>`
    SELECT count(*) AS count FROM ${record} WHERE object = ANY(${[...objects]}::text[]) AND ${which}`;
  return Number(row?.count ?? 0);
}
