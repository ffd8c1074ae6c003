import { formatDateTime } from '../engine/ground/date-time.ts';
import type { Store } from '../engine/store/store.ts';
import { auditUser } from '../server/audit-user.ts';
import type { MasterPush, PushOutcome } from '../server/master.ts';
import type { MasterRow } from '../server/row-verdict.ts';
import { readClient, recall, writeClient } from './client-memory.ts';
import { draftPush, type PushDraft, type PushGround } from './draft-push.ts';
import {
  type CommitMark,
  readHeld,
  readNumbers,
  readOwners,
  writeChanges,
  writeNumbers,
  writeOwners,
} from './push-tables.ts';
import type { Statements, Tables } from './tables.ts';

export interface WriteScope {
  readonly tables: Tables;
  readonly store: Store;
  readonly serverFields: (object: string) => ReadonlySet<string>;
  /** Where listeners are told; undefined where the database knows no NOTIFY. */
  readonly channel: string | undefined;
}

/** What a transaction came to. */
export interface Written {
  readonly outcome: PushOutcome;
  /** The commit, where anything has changed. */
  readonly sequence: number | undefined;
}

/**
 * Takes the next sequence. Its row is locked until the transaction ends, so writers of any number and of any process stand in one
 * line here, and the order of sequences is that in which commits come true: whoever sees a sequence sees all before it. A sequence
 * of PostgreSQL's, or a time, would be taken in one order and come true in another, and a reader would pass over what came late.
 */
export async function takeSequence(sql: Statements, { clock }: Tables, nowMs: number): Promise<CommitMark> {
  const [row] = await sql<{ sequence: string; at: string }[]>`
    UPDATE ${clock} SET sequence = sequence + 1, at = greatest(at, ${nowMs}::bigint) WHERE one = 1 RETURNING sequence, at`;
  return { sequence: Number(row?.sequence), at: Number(row?.at) };
}

/** Gives back a sequence that nothing was done with. Nobody has seen it: its row is still locked. */
export async function giveBackSequence(sql: Statements, { clock }: Tables): Promise<void> {
  await sql`UPDATE ${clock} SET sequence = sequence - 1 WHERE one = 1`;
}

/** Tells the listeners of all processes, once the transaction has come true. */
export function notify(sql: Statements, channel: string | undefined, sequence: number): Promise<unknown>[] {
  return channel === undefined ? [] : [sql`SELECT pg_notify(${channel}, ${String(sequence)})`];
}

/** Ids in the one form in which they are kept, so that no record is taken for another than itself. */
function normalizeRows(store: Store, commits: MasterPush['commits']): MasterPush['commits'] {
  return commits.map((rows) =>
    rows.map((row): MasterRow => {
      const id = store.find(row.object)?.ids.normalize(row.id);
      return id === undefined || id === row.id ? row : { ...row, id };
    }),
  );
}

/** Drafts until every key that it comes upon is known: once where there are no unique keys, most often twice where there are. */
async function draftWithKeys(
  sql: Statements,
  tables: Tables,
  ground: PushGround,
  push: Pick<MasterPush, 'commits' | 'judge' | 'sees'>,
): Promise<PushDraft> {
  const owners = new Map(ground.owners);
  for (;;) {
    const draft = draftPush({ ...ground, owners }, push);
    if (draft.unknown.length === 0) return draft;
    for (const [key, id] of await readOwners(sql, tables, draft.unknown)) owners.set(key, id);
  }
}

function numberedObjects(store: Store, rows: readonly MasterRow[]): readonly string[] {
  const objects = new Set(rows.map(({ object }) => object));
  return [...objects].filter((name) => store.find(name)?.definition.fields.some(({ autoNumber }) => autoNumber));
}

/**
 * Carries out a push within a transaction. Reads and writes are each sent in one go, so that a push costs few turns whatever is in
 * it, and others wait for it no longer.
 */
export async function writePush(sql: Statements, scope: WriteScope, push: MasterPush, nowMs: number): Promise<Written> {
  const { tables, store, serverFields, channel } = scope;
  const commits = normalizeRows(store, push.commits);
  const rows = commits.flat();
  // In this order: what is read after the row of the clock is locked holds still until the end.
  const [mark, client, held, numbers] = await Promise.all([
    takeSequence(sql, tables, nowMs),
    readClient(sql, tables, push),
    readHeld(sql, tables, store, rows),
    readNumbers(sql, tables, numberedObjects(store, rows)),
  ]);
  const known = recall(store, push, client);
  if (known !== undefined) {
    await giveBackSequence(sql, tables);
    return { outcome: known, sequence: undefined };
  }
  const moment = { now: formatDateTime(mark.at), user: auditUser(store, push.user) };
  const ground = { store, moment, serverFields, held, numbers, owners: new Map<string, string>() };
  const draft = await draftWithKeys(sql, tables, ground, { ...push, commits });
  const outcome: PushOutcome = { kind: 'done', commits: draft.answers, repeated: false };
  const remembered = () => writeClient(sql, tables, push, draft.answers, mark.at);
  if (draft.changes.length === 0) {
    await Promise.all([giveBackSequence(sql, tables), ...remembered()]);
    return { outcome, sequence: undefined };
  }
  await Promise.all([
    ...writeChanges(sql, tables, store, draft.changes, mark),
    ...writeNumbers(sql, tables, draft.numbers),
    ...writeOwners(sql, tables, draft),
    ...remembered(),
    ...notify(sql, channel, mark.sequence),
  ]);
  return { outcome, sequence: mark.sequence };
}
