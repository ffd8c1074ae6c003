import type { StoredRecord } from '../record/record.ts';
import type { Column } from '../store/column.ts';
import { LIVE, type Table } from '../store/table.ts';
import { countInts, countTwoInts, listLive, narrowDoubles, narrowInts, scanDoubles, scanInts } from './column-loops.ts';
import { createColumnTest, createSlotTest } from './column-test.ts';
import type { Condition, Leaf } from './condition.ts';
import { createRowPredicate } from './row-predicate.ts';

/** Below this a column would cost more to build than the rows cost to read. */
const COLUMN_MIN = 256;

/**
 * The column a leaf can be tested on, built if the table is large enough to be worth it. A field whose texts hardly
 * repeat gets none: its dictionary would be as large as the table.
 */
function columnFor(table: Table, leaf: Leaf): Column | undefined {
  if (leaf.target.steps.length > 0) return undefined;
  const name = leaf.target.field.name;
  const built = table.builtColumn(name);
  if (built !== undefined) return built;
  if (table.slotCount < COLUMN_MIN || isManyTexts(table, name)) return undefined;
  return table.column(name);
}

/** Looks at a sample, evenly spread, before a dictionary is built for nothing. */
export function isManyTexts(table: Table, name: string): boolean {
  const type = table.field(name).type;
  if (type !== 'string' && type !== 'url' && type !== 'email' && type !== 'phone') return false;
  const at = table.positionOf(name);
  const step = Math.max(1, Math.floor(table.slotCount / 256));
  const seen = new Set<unknown>();
  let count = 0;
  for (let slot = 0; slot < table.slotCount; slot += step) {
    const value = table.value(slot, at);
    if (value === undefined || value === null) continue;
    seen.add(value);
    count++;
  }
  return count > 32 && seen.size > count / 2;
}

/** The test of one slot against any condition: columns where they serve, the record where not. */
export function createSlotPredicate(table: Table, condition: Condition): (slot: number) => boolean {
  if (condition.kind === 'leaf') {
    const column = columnFor(table, condition);
    if (column !== undefined)
      return createSlotTest(column, createColumnTest(column, condition.test, condition.negated));
    const predicate = createRowPredicate(condition);
    return (slot) => predicate(table.row(slot) as StoredRecord);
  }
  if (condition.kind === 'record') return (slot) => condition.fits(table.row(slot) as StoredRecord);
  if (condition.kind === 'not') {
    const part = createSlotPredicate(table, condition.part);
    return (slot) => !part(slot);
  }
  const parts = condition.parts.map((part) => createSlotPredicate(table, part));
  if (condition.kind === 'or') return (slot) => parts.some((part) => part(slot));
  return (slot) => parts.every((part) => part(slot));
}

/** Keeps those of the first `count` slots that satisfy `condition`, in place and in order. Returns how many. */
export function narrow(table: Table, condition: Condition, slots: Int32Array, count: number): number {
  if (condition.kind === 'leaf') {
    const column = columnFor(table, condition);
    if (column !== undefined) {
      const test = createColumnTest(column, condition.test, condition.negated);
      if (test.kind === 'interval') {
        const { lower, upper, negated } = test;
        return column.values instanceof Int32Array
          ? narrowInts(column.values, lower, upper, negated ? 1 : 0, slots, count)
          : narrowDoubles(column.values, lower, upper, negated ? 1 : 0, slots, count);
      }
      return narrowBy(createSlotTest(column, test), slots, count);
    }
  }
  return narrowBy(createSlotPredicate(table, condition), slots, count);
}

function narrowBy(fits: (slot: number) => boolean, slots: Int32Array, count: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const slot = slots[i] as number;
    if (fits(slot)) slots[kept++] = slot;
  }
  return kept;
}

/**
 * The live slots that satisfy a leaf on a numeric interval, read straight off its column. Undefined where some slot is
 * empty or deleted or the leaf is of another kind: then all live slots are listed first and narrowed.
 */
export function scanInterval(table: Table, condition: Condition, slots: Int32Array): number | undefined {
  if (condition.kind !== 'leaf' || table.liveCount !== table.slotCount) return undefined;
  const column = columnFor(table, condition);
  if (column === undefined) return undefined;
  const test = createColumnTest(column, condition.test, condition.negated);
  if (test.kind !== 'interval') return undefined;
  return column.values instanceof Int32Array
    ? scanInts(column.values, test.lower, test.upper, test.negated ? 1 : 0, slots, table.slotCount)
    : scanDoubles(column.values, test.lower, test.upper, test.negated ? 1 : 0, slots, table.slotCount);
}

/** An int column and the interval of it that a condition admits; undefined for any other kind of condition. */
function intInterval(
  table: Table,
  condition: Condition,
): { values: Int32Array; lower: number; upper: number } | undefined {
  const column = condition.kind === 'leaf' ? columnFor(table, condition) : undefined;
  if (condition.kind !== 'leaf' || column === undefined || !(column.values instanceof Int32Array)) return undefined;
  const test = createColumnTest(column, condition.test, condition.negated);
  if (test.kind !== 'interval' || test.negated) return undefined;
  return { values: column.values, lower: test.lower, upper: test.upper };
}

/**
 * How many records of a table without gaps fit one or two intervals of ints, in one pass and without listing them;
 * undefined for other conditions.
 */
export function countIntervals(table: Table, parts: readonly Condition[]): number | undefined {
  if (parts.length > 2 || table.liveCount !== table.slotCount) return undefined;
  const first = intInterval(table, parts[0] as Condition);
  if (first === undefined) return undefined;
  if (parts.length === 1) return countInts(first.values, first.lower, first.upper, table.slotCount);
  const second = intInterval(table, parts[1] as Condition);
  if (second === undefined) return undefined;
  const { values, lower, upper } = second;
  return countTwoInts(first.values, first.lower, first.upper, values, lower, upper, table.slotCount);
}

/** Lists the slots of every live record, in order. */
export function listSlots(table: Table, slots: Int32Array): number {
  return listLive(table.states, LIVE, slots, table.slotCount);
}
