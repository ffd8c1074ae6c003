import type { StoredRecord } from '../engine/record/record.ts';
import type { RowAnswer } from '../replication/wire.ts';
import { hashText } from './checkpoint.ts';
import { FORBIDDEN } from './decide-row.ts';
import type { MasterAnswer, MasterPush } from './master.ts';
import { type GivenRow, readRow } from './push-rows.ts';
import type { MasterRow } from './row-verdict.ts';
import type { SyncCall, SyncContext } from './sync-context.ts';
import { SyncFailure } from './sync-failure.ts';
import { View } from './view.ts';

const HELD: MasterAnswer = { status: 'held' };

export interface GivenPush {
  readonly client: string;
  readonly push: number | undefined;
  readonly commits: readonly (readonly GivenRow[])[];
  readonly isWhole: boolean;
  /** What the number stands for, the same with each repetition; of no use without a number. */
  readonly text: string;
  /** Hears of records that come back to their client by no stream of its own. */
  readonly onMade?: MasterPush['onMade'];
}

export interface CarriedPush {
  readonly commits: readonly (readonly MasterAnswer[])[];
  /** The same as JSON, where a master had written it down. */
  readonly text: string | undefined;
  readonly view: View;
  /** Of a push of whole states, by object and id: the records that the user may see and that stood in the way of their rows. */
  readonly seen: ReadonlyMap<string, StoredRecord>;
}

export function rowKey({ object, id }: Pick<MasterRow, 'object' | 'id'>): string {
  return `${object} ${id}`;
}

/** Whether the user may make a change, by the rule that the options give. What throws denies. */
function judge({ options }: SyncContext, { identity, hear }: SyncCall): MasterPush['judge'] {
  const { canWrite } = options;
  if (canWrite === undefined) return () => undefined;
  return ({ object }, before, after): RowAnswer | undefined => {
    let verdict: ReturnType<typeof canWrite>;
    try {
      verdict = canWrite(identity.user, object, before, after, identity);
    } catch (error) {
      hear(error);
      return FORBIDDEN;
    }
    if (verdict === true) return undefined;
    // A promise too: what is not known yet is not allowed.
    const { code, message } = (verdict ?? {}) as { readonly code?: unknown; readonly message?: unknown };
    if (typeof code !== 'string' || typeof message !== 'string') return FORBIDDEN;
    return { status: 'refused', code, message };
  };
}

/** Has the master carry out a push. A commit with a row that cannot even be read is not given to it. */
export async function carryPush(context: SyncContext, call: SyncCall, given: GivenPush): Promise<CarriedPush> {
  const { master, options, environment, objects } = context;
  const { identity } = call;
  call.rows = given.commits.reduce((sum, rows) => sum + rows.length, 0);
  // An empty commit is answered and remembered like any other.
  if (Math.max(call.rows, given.commits.length) > context.limits.pushRows)
    throw new SyncFailure(413, 'SYNC_LIMIT', `a push of more than ${context.limits.pushRows} rows`);
  const view = new View(
    master,
    options.canRead,
    identity,
    [...objects].map((name) => ({ name })),
    call.hear,
  );
  const { commits, refusals } = readCommits(context, given);
  const seen = new Map<string, StoredRecord>();
  const outcome = await master.write({
    // A name is a client's under one user: it tells nothing of the pushes of another.
    client: JSON.stringify([identity.user, given.client]),
    push: given.push,
    hash: given.push === undefined ? '' : await hashText(environment, given.text),
    user: identity.user,
    commits,
    sees: (row, record) => {
      if (!view.mayRead(row.object, record)) return false;
      if (given.isWhole) seen.set(rowKey(row), record);
      return true;
    },
    judge: judge(context, call),
    onMade: given.onMade,
  });
  if (outcome.kind === 'outdated')
    throw new SyncFailure(409, 'SYNC_CLIENT', 'a later push of this client was answered');
  if (outcome.kind === 'cloned') throw new SyncFailure(409, 'SYNC_CLIENT', 'the number was used for another push');
  if (refusals.size === 0) return { commits: outcome.commits, text: outcome.text, view, seen };
  const answered = outcome.commits.values();
  const all = given.commits.map((_, at) => refusals.get(at) ?? answered.next().value ?? []);
  return { commits: all, text: undefined, view, seen };
}

/** The commits as a master takes them, and by their place the answers to those with a row that cannot even be read. */
function readCommits(context: SyncContext, given: GivenPush) {
  const commits: MasterRow[][] = [];
  const refusals = new Map<number, readonly MasterAnswer[]>();
  for (const [at, rows] of given.commits.entries()) {
    const read: MasterRow[] = [];
    for (const row of rows) {
      const each = readRow(context, row, given.isWhole);
      if ('refusal' in each) {
        const place = read.length;
        refusals.set(
          at,
          rows.map((_, other) => (other === place ? each.refusal : HELD)),
        );
        break;
      }
      read.push(each);
    }
    if (!refusals.has(at)) commits.push(read);
  }
  return { commits, refusals };
}
