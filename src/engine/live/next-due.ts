import { type Condition, conjuncts, type Leaf, type Range } from '../query/condition.ts';
import type { Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';

export interface Aged extends Leaf {
  readonly test: Range & { readonly ages: readonly number[] };
}

/** The ranges of a condition, at any depth, that move with the clock. */
export function agedLeaves(condition: Condition | undefined): readonly Aged[] {
  if (condition === undefined || condition.kind === 'record') return [];
  if (condition.kind === 'leaf')
    return condition.test.op === 'range' && condition.test.ages !== undefined ? [condition as Aged] : [];
  return condition.kind === 'not' ? agedLeaves(condition.part) : condition.parts.flatMap(agedLeaves);
}

/** When a value passes an end that was `endMs` at `sinceMs`; Infinity when it has done so by then. */
function passMs(valueMs: number, endMs: number, sinceMs: number): number {
  if (valueMs < endMs) return Number.POSITIVE_INFINITY;
  // What is just at the end has passed it for `<=` and `>`; for `<` and `>=` it does with the next millisecond.
  return valueMs === endMs ? sinceMs + 1 : sinceMs + (valueMs - endMs);
}

/** When a record first passes one of the ends that move, of those it has not passed by `sinceMs`. */
export function nextPassMs(leaves: readonly Aged[], record: StoredRecord, sinceMs: number): number {
  let due = Number.POSITIVE_INFINITY;
  for (const { target, test } of leaves) {
    const value = record[target.field.name];
    if (typeof value !== 'string') continue;
    const valueMs = Date.parse(value);
    for (const age of test.ages) due = Math.min(due, passMs(valueMs, sinceMs - age, sinceMs));
  }
  return due;
}

/**
 * The next moment after `sinceMs` at which a record passes one of the ends that move, in milliseconds since 1970: the
 * earliest value that lies ahead of an end, among the records that meet what does not move. Infinity where none is left
 * to pass. `which`: whether live records count, and those in the recycle bin.
 */
export function nextDue(
  reader: Reader,
  condition: Condition | undefined,
  which: { readonly live: boolean; readonly deleted: boolean },
  sinceMs: number,
): number {
  const still = conjuncts(condition).filter((part) => agedLeaves(part).length === 0);
  let due = Number.POSITIVE_INFINITY;
  for (const { target, test } of agedLeaves(condition)) {
    for (const age of test.ages) {
      const end = sinceMs - age;
      const ahead: Range = { op: 'range', lower: end, lowerOpen: false, upper: undefined, upperOpen: false };
      const found = reader.run({
        condition: { kind: 'and', parts: [...still, { kind: 'leaf', target, test: ahead, negated: false }] },
        order: [{ target, descending: false, nullsFirst: true }],
        limit: 1,
        offset: 0,
        live: which.live,
        deleted: which.deleted,
      });
      const [record] = reader.records(found) as [StoredRecord | undefined];
      if (record === undefined) continue;
      due = Math.min(due, passMs(Date.parse(record[target.field.name] as string), end, sinceMs));
    }
  }
  return due;
}
