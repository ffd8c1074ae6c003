import type { StoredRecord } from '../record/record.ts';
import { type Condition, type Leaf, satisfies } from './condition.ts';
import { createToKey, visitPath } from './value-key.ts';

export type RowPredicate = (record: StoredRecord) => boolean;

function leafPredicate(leaf: Leaf): RowPredicate {
  const { target, test, negated } = leaf;
  const name = target.field.name;
  const toKey = createToKey(target.spec, target.caseSensitive);
  if (target.steps.length === 0 && target.field.type !== 'list') {
    return (record) => satisfies(test, toKey(record[name])) !== negated;
  }
  // A path that meets a list holds when any element fits; its negation when none does.
  return (record) => visitPath(record[name], target.steps, 0, (value) => satisfies(test, toKey(value))) !== negated;
}

/** A condition as a test of records. It needs no table, so it serves live queries as well. */
export function createRowPredicate(condition: Condition | undefined): RowPredicate {
  if (condition === undefined) return () => true;
  if (condition.kind === 'leaf') return leafPredicate(condition);
  if (condition.kind === 'not') {
    const part = createRowPredicate(condition.part);
    return (record) => !part(record);
  }
  const parts = condition.parts.map(createRowPredicate);
  if (condition.kind === 'or') return (record) => parts.some((part) => part(record));
  return (record) => parts.every((part) => part(record));
}
