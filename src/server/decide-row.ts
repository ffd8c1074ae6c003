import type { StoredRecord } from '../engine/record/record.ts';
import type { MasterPush } from './master.ts';
import { type Held, judgeRow, type MasterRow, type Verdict, type VerdictScope } from './row-verdict.ts';

const NOTHING: Held = { record: undefined, isPurged: false };

/** The answer to what a user may not write, the same whether or not there is a record that he may not see. */
export const FORBIDDEN = Object.freeze({
  status: 'refused',
  code: 'SYNC_FORBIDDEN',
  message: 'this may not be written',
} as const);

export interface Decision {
  readonly verdict: Verdict;
  /** What is held as far as the user may see it: answers are made of this alone. */
  readonly seen: Held;
}

/**
 * The verdict on a row with what its user may see and write asked. A record that he may not see is to him as if it were not
 * there: he is told the same, and what he would make in its place is refused in the words of any refusal. `last`: of a record
 * that is gone for good, how it was at the end.
 */
export function decideRow(
  scope: VerdictScope,
  push: Pick<MasterPush, 'judge' | 'sees'>,
  row: MasterRow,
  held: Held,
  last?: StoredRecord | undefined,
): Decision {
  const shown = held.isPurged ? last : held.record;
  const isHidden = (shown !== undefined || held.isPurged) && !(shown !== undefined && push.sees(row, shown));
  const seen = isHidden ? NOTHING : held;
  const verdict = judgeRow(scope, row, seen);
  if (verdict.kind !== 'put' && verdict.kind !== 'purge') return { verdict, seen };
  const answer = push.judge(row, seen.record, verdict.kind === 'put' ? verdict.record : undefined);
  if (answer !== undefined) return { verdict: { kind: 'refused', answer }, seen };
  return { verdict: isHidden ? { kind: 'refused', answer: FORBIDDEN } : verdict, seen };
}
