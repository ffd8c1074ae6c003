import { type Condition, conjuncts, type Leaf, type Range } from '../query/condition.ts';
import type { Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';

interface Aged extends Leaf {
  readonly test: Range & { readonly ages: readonly number[] };
}

/** The ranges of a condition, at any depth, that move with the clock. */
export function agedLeaves(condition: Condition | undefined): readonly Aged[] {
  if (condition === undefined || condition.kind === 'record') return [];
  if (condition.kind === 'leaf')
    return condition.test.op === 'range' && condition.test.ages !== undefined ? [condition as Aged] : [];
  return condition.kind === 'not' ? agedLeaves(condition.part) : condition.parts.flatMap(agedLeaves);
}

/**
 * The next moment at which a record passes one of the ends that move, in milliseconds since 1970: the earliest value that
 * lies ahead of an end, among the records that meet what does not move. Infinity where none is left to pass.
 */
export function nextDue(reader: Reader, condition: Condition | undefined, nowMs: number): number {
  const still = conjuncts(condition).filter((part) => agedLeaves(part).length === 0);
  let due = Number.POSITIVE_INFINITY;
  for (const { target, test } of agedLeaves(condition)) {
    for (const age of test.ages) {
      const end = nowMs - age;
      const ahead: Range = { op: 'range', lower: end, lowerOpen: false, upper: undefined, upperOpen: false };
      const found = reader.run({
        condition: { kind: 'and', parts: [...still, { kind: 'leaf', target, test: ahead, negated: false }] },
        order: [{ target, descending: false, nullsFirst: true }],
        limit: 1,
        offset: 0,
        live: true,
        deleted: false,
      });
      const [record] = reader.records(found) as [StoredRecord | undefined];
      if (record === undefined) continue;
      const value = Date.parse(record[target.field.name] as string);
      // What is just at the end has passed it for `<=` and `>`; for `<` and `>=` it does with the next millisecond.
      due = Math.min(due, value === end ? nowMs + 1 : value + age);
    }
  }
  return due;
}
