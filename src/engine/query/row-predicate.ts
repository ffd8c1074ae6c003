import { formatDateTime } from '../ground/date-time.ts';
import type { StoredRecord } from '../record/record.ts';
import { type Condition, isPlainField, type Key, type Leaf, type LeafTest, satisfies, testCost } from './condition.ts';
import { createToKey, type ToKey, visitPath } from './value-key.ts';

export type RowPredicate = (record: StoredRecord) => boolean;

const always: RowPredicate = () => true;

function leafPredicate(leaf: Leaf): RowPredicate {
  const { target, test, negated } = leaf;
  const name = target.field.name;
  if (target.spec.type === 'dateTime' && isPlainField(target)) {
    // Stored dateTimes are of one form whose texts order as the moments do: comparing them spares reading each.
    const inText = testOfTexts(test);
    return (record) => satisfies(inText, record[name] as string | null) !== negated;
  }
  const toKey = createToKey(target.spec, target.caseSensitive);
  if (isPlainField(target)) {
    // The two tests that most live queries are made of, without what the others need.
    if (test.op === 'null') return negated ? (record) => record[name] !== null : (record) => record[name] === null;
    if (test.op === 'eq' && !negated) return createEquality(name, toKey, test.key);
    return (record) => satisfies(test, toKey(record[name])) !== negated;
  }
  // A path that meets a list holds when any element fits; its negation when none does.
  return (record) => visitPath(record[name], target.steps, 0, (value) => satisfies(test, toKey(value))) !== negated;
}

function testOfTexts(test: LeafTest): LeafTest {
  const text = (key: Key | undefined) => (key === undefined ? undefined : formatDateTime(key as number));
  if (test.op === 'eq') return { op: 'eq', key: formatDateTime(test.key as number) };
  if (test.op === 'in') return { ...test, keys: new Set([...test.keys].map((key) => formatDateTime(key as number))) };
  return test.op === 'range' ? { ...test, lower: text(test.lower), upper: text(test.upper) } : test;
}

function createEquality(name: string, toKey: ToKey, key: Key): RowPredicate {
  return (record) => toKey(record[name]) === key;
}

/** A condition as a test of records. It needs no table, so it serves live queries as well. */
export function createRowPredicate(condition: Condition | undefined): RowPredicate {
  if (condition === undefined) return always;
  if (condition.kind === 'leaf') return leafPredicate(condition);
  if (condition.kind === 'record') return condition.fits;
  if (condition.kind === 'not') {
    const part = createRowPredicate(condition.part);
    return (record) => !part(record);
  }
  const cheapFirst = [...condition.parts].sort((left, right) => testCost(left) - testCost(right));
  return join(cheapFirst.map(createRowPredicate), condition.kind === 'or');
}

/** Two parts apart: what most conditions have, in one closure instead of a list that is walked. */
function join(parts: readonly RowPredicate[], any: boolean): RowPredicate {
  const [first, second] = parts as readonly [RowPredicate, RowPredicate];
  if (parts.length === 2)
    return any ? (record) => first(record) || second(record) : (record) => first(record) && second(record);
  return any ? (record) => parts.some((part) => part(record)) : (record) => parts.every((part) => part(record));
}
