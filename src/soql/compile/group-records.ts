import type { AggregateKind } from '../../engine/query/check-aggregate.ts';
import type { Key } from '../../engine/query/condition.ts';
import { compareKeys } from '../../engine/query/order.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import type { RunContext } from './run-context.ts';

/** A value of records by which they are grouped, or of which something is computed. */
export interface RecordValue {
  read(record: StoredRecord, run: RunContext): unknown;
  /** The value in the form that compares. */
  keyOf(value: unknown): Key | null;
}

export interface GroupColumn extends RecordValue {
  readonly name: string;
}

export interface AggregateColumn {
  readonly name: string;
  readonly kind: AggregateKind;
  /** Undefined for a count of all records. */
  readonly value: RecordValue | undefined;
}

interface Tally {
  count: number;
  sum: number;
  best: Key | null;
  shown: unknown;
  readonly seen: Set<Key>;
}

interface Group {
  readonly values: readonly unknown[];
  readonly tallies: readonly Tally[];
}

function take(tally: Tally, { kind, value }: AggregateColumn, record: StoredRecord, run: RunContext): void {
  if (value === undefined) {
    tally.count++;
    return;
  }
  const given = value.read(record, run);
  const key = value.keyOf(given);
  if (key === null) return;
  tally.count++;
  if (kind === 'countDistinct') tally.seen.add(key);
  else if (kind === 'sum' || kind === 'avg') tally.sum += key as number;
  else if (kind !== 'count' && (tally.best === null || compareKeys(key, tally.best, kind === 'max', false) < 0)) {
    tally.best = key;
    tally.shown = given;
  }
}

function resultOf({ count, sum, shown, seen }: Tally, kind: AggregateKind): unknown {
  switch (kind) {
    case 'count':
      return count;
    case 'countDistinct':
      return seen.size;
    case 'sum':
      return count === 0 ? null : sum;
    case 'avg':
      return count === 0 ? null : sum / count;
    default:
      return shown;
  }
}

/** Where a computed row says whether it is a subtotal over a column: 1, or 0. */
export function groupingName(column: string): string {
  return `GROUPING(${column})`;
}

/**
 * Groups records one by one, for what the engine's columns cannot: values of parents and of functions, subtotals. `sets`
 * are the columns, by place, that each round groups by; those left out are null. With several rounds each row says of every
 * column, under {@link groupingName}, whether it is a subtotal over it.
 */
export function groupRecords(
  records: readonly StoredRecord[],
  columns: readonly GroupColumn[],
  outputs: readonly AggregateColumn[],
  sets: readonly (readonly number[])[],
  run: RunContext,
): StoredRecord[] {
  const values = records.map((record) => columns.map((column) => column.read(record, run)));
  return sets.flatMap((set) => {
    const rolled = new Set(columns.map((_, at) => at).filter((at) => !set.includes(at)));
    const groups = new Map<string, Group>();
    const create = (own: readonly unknown[]): Group => ({
      values: own,
      tallies: outputs.map(() => ({ count: 0, sum: 0, best: null, shown: null, seen: new Set<Key>() })),
    });
    // Without columns there is one group, of no records too.
    if (columns.length === 0) groups.set('', create([]));
    records.forEach((record, place) => {
      const own = (values[place] as readonly unknown[]).map((value, at) => (rolled.has(at) ? null : value));
      const key = set.length === 0 ? '' : JSON.stringify(set.map((at) => (columns[at] as GroupColumn).keyOf(own[at])));
      let group = groups.get(key);
      if (group === undefined) {
        group = create(own);
        groups.set(key, group);
      }
      for (let i = 0; i < outputs.length; i++)
        take(group.tallies[i] as Tally, outputs[i] as AggregateColumn, record, run);
    });
    return [...groups.values()].map(({ values: own, tallies }) => {
      const row: Record<string, unknown> = {};
      columns.forEach(({ name }, at) => {
        row[name] = own[at];
        if (sets.length > 1) row[groupingName(name)] = rolled.has(at) ? 1 : 0;
      });
      outputs.forEach(({ name, kind }, at) => {
        row[name] = resultOf(tallies[at] as Tally, kind);
      });
      return Object.freeze(row);
    });
  });
}

/** The rounds of a grouping: one, or those of its subtotals. */
export function groupingSets(kind: 'plain' | 'rollup' | 'cube', count: number): readonly (readonly number[])[] {
  const all = Array.from({ length: count }, (_, at) => at);
  if (kind === 'plain') return [all];
  if (kind === 'rollup') return [...all.map((_, at) => all.slice(0, count - at)), []];
  return Array.from({ length: 2 ** count }, (_, mask) => all.filter((at) => (mask & (1 << at)) === 0));
}
