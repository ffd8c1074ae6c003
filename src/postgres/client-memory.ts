import { createHash } from 'node:crypto';
import type { Store } from '../engine/store/store.ts';
import type { MasterAnswer, MasterPush, PushOutcome } from '../server/master.ts';
import { toKey, toRecord } from './stored-body.ts';
import type { Statements, Tables } from './tables.ts';

/** What is remembered of a client: its last push. */
export interface RememberedPush {
  readonly push: string;
  readonly hash: string;
  readonly answer: string;
}

/** Names longer than an index takes are kept by their hash. */
const NAME_MAX = 500;

function nameOf(client: string): string {
  const key = toKey(client);
  return key.length <= NAME_MAX ? key : `#${createHash('sha256').update(key).digest('hex')}`;
}

export async function readClient(
  sql: Statements,
  { client }: Tables,
  { client: name, push }: MasterPush,
): Promise<RememberedPush | undefined> {
  if (push === undefined) return undefined;
  const [found] = await sql<RememberedPush[]>`SELECT push, hash, answer FROM ${client} WHERE id = ${nameOf(name)}`;
  return found;
}

/** The outcome of a push that needs no more to be done, or undefined. */
export function recall(store: Store, push: MasterPush, found: RememberedPush | undefined): PushOutcome | undefined {
  if (found === undefined || push.push === undefined) return undefined;
  const last = Number(found.push);
  if (push.push > last) return undefined;
  if (push.push < last) return { kind: 'outdated' };
  if (toKey(push.hash) !== found.hash) return { kind: 'cloned' };
  const answers = JSON.parse(found.answer) as readonly (readonly MasterAnswer[])[];
  const commits = answers.map((rows, commit) =>
    rows.map((answer, at) => revive(store, push.commits[commit]?.[at]?.object, answer)),
  );
  return { kind: 'done', commits, repeated: true };
}

/** The record of a conflict is a record again. */
function revive(store: Store, object: string | undefined, answer: MasterAnswer): MasterAnswer {
  if (answer.status !== 'conflict') return answer;
  const entity = object === undefined ? undefined : store.find(object);
  const { record } = answer;
  if (record === undefined || entity === undefined) return { ...answer, record: undefined };
  return { ...answer, record: toRecord(entity, record) };
}

/** Remembers what a push came to. */
export function writeClient(
  sql: Statements,
  { client }: Tables,
  push: MasterPush,
  answers: readonly (readonly MasterAnswer[])[],
  at: number,
): Promise<unknown>[] {
  if (push.push === undefined) return [];
  return [
    sql`
      INSERT INTO ${client} (id, push, hash, answer, usedat)
      VALUES (${nameOf(push.client)}, ${push.push}::bigint, ${toKey(push.hash)}, ${JSON.stringify(answers)}, ${at}::bigint)
      ON CONFLICT (id) DO UPDATE SET
        push = excluded.push, hash = excluded.hash, answer = excluded.answer, usedat = excluded.usedat`,
  ];
}
