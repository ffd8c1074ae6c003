import type { AggregatePlan } from '../query/check-aggregate.ts';
import { fieldsOf, type Key } from '../query/condition.ts';
import { groupValueReader } from '../query/group.ts';
import { createRowKey } from '../query/order.ts';
import type { Reader } from '../query/reader.ts';
import { createRowPredicate, type RowPredicate } from '../query/row-predicate.ts';
import { arrangeRows, selectSlots } from '../query/run-aggregate.ts';
import { createRunStats } from '../query/run-find.ts';
import { isSameJson, type StoredRecord } from '../record/record.ts';
import { SortedRun } from '../store/sorted-run.ts';
import type { Change } from '../write/change.ts';
import { type Accumulator, accumulatorMaker } from './accumulator.ts';
import type { Keyed } from './delta.ts';

interface Group {
  /** The members, whose first gives the group its place and its name. */
  readonly slots: SortedRun;
  readonly accumulators: readonly Accumulator[];
  row: StoredRecord | undefined;
}

/**
 * The rows of an aggregate query, moved by what comes and goes: a change costs its own groups and no other record is
 * read. Where an output cannot be moved exactly, the rows are computed anew, but only when a record that fits came,
 * went, or changed in a field the query reads.
 */
export class AggregateResult {
  readonly #reader: Reader;
  readonly #plan: AggregatePlan;
  readonly #fits: RowPredicate;
  readonly #fields: readonly string[];
  readonly #makers: readonly (() => Accumulator)[] | undefined;
  readonly #groupKeys: readonly ((record: StoredRecord) => Key | null)[];
  readonly #outputKeys: readonly ((record: StoredRecord) => Key | null)[];
  readonly #groups = new Map<string, Group>();
  #rows: readonly Keyed<StoredRecord>[] = [];
  #stale = true;

  constructor(reader: Reader, plan: AggregatePlan) {
    this.#reader = reader;
    this.#plan = plan;
    this.#fits = createRowPredicate(plan.condition);
    const fields = new Set(fieldsOf(plan.condition));
    for (const target of plan.groupBy) fields.add(target.field.name);
    for (const { target } of plan.outputs) if (target !== undefined) fields.add(target.field.name);
    this.#fields = [...fields];
    this.#groupKeys = plan.groupBy.map(createRowKey);
    this.#outputKeys = plan.outputs.map(({ target }) => (target === undefined ? () => 1 : createRowKey(target)));
    const makers = plan.outputs.map(accumulatorMaker);
    this.#makers = makers.every((maker) => maker !== undefined) ? makers : undefined;
    if (this.#makers !== undefined) this.#fill(this.#makers);
  }

  #fill(makers: readonly (() => Accumulator)[]): void {
    const { table } = this.#reader.entity;
    if (this.#plan.groupBy.length === 0) this.#groups.set('', createGroup(makers));
    const { slots, count } = selectSlots(table, this.#plan, createRunStats());
    for (let i = 0; i < count; i++) {
      const slot = slots === undefined ? i : (slots[i] as number);
      this.#add(table.rows[slot] as StoredRecord, slot, makers);
    }
  }

  #keyOf(record: StoredRecord): string {
    if (this.#groupKeys.length === 0) return '';
    return JSON.stringify(this.#groupKeys.map((read) => textOf(read(record))));
  }

  #add(record: StoredRecord, slot: number, makers: readonly (() => Accumulator)[]): void {
    const key = this.#keyOf(record);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = createGroup(makers);
      this.#groups.set(key, group);
    }
    group.row = undefined;
    group.slots.insert(0, slot);
    for (let i = 0; i < group.accumulators.length; i++) group.accumulators[i]?.add(this.#outputKey(i, record), slot);
  }

  #remove(record: StoredRecord, slot: number): void {
    const key = this.#keyOf(record);
    const group = this.#groups.get(key) as Group;
    group.row = undefined;
    group.slots.remove(0, slot);
    for (let i = 0; i < group.accumulators.length; i++) group.accumulators[i]?.remove(this.#outputKey(i, record), slot);
    if (group.slots.size === 0 && this.#groupKeys.length > 0) this.#groups.delete(key);
  }

  #outputKey(at: number, record: StoredRecord): Key | null {
    return this.#outputKeys[at]?.(record) ?? null;
  }

  #isIn(record: StoredRecord | undefined): record is StoredRecord {
    return record !== undefined && record[this.#reader.entity.definition.roles.deleted] !== true && this.#fits(record);
  }

  apply({ before, after, slot }: Change): boolean {
    const wasIn = this.#isIn(before);
    const isIn = this.#isIn(after);
    if (!wasIn && !isIn) return false;
    if (wasIn && isIn && this.#fields.every((name) => before[name] === after[name])) return false;
    this.#stale = true;
    if (this.#makers === undefined) return true;
    if (wasIn) this.#remove(before, slot);
    if (isIn) this.#add(after, slot, this.#makers);
    return true;
  }

  rows(): readonly Keyed<StoredRecord>[] {
    if (!this.#stale) return this.#rows;
    this.#stale = false;
    const before = new Map(this.#rows.map((entry) => [entry.key, entry]));
    const rows = this.#makers === undefined ? this.#reader.runAggregate(this.#plan) : this.#currentRows();
    this.#rows = rows.map((row) => {
      const key = JSON.stringify(this.#plan.groupBy.map((target) => row[target.path]));
      const same = before.get(key);
      return same !== undefined && (same.row === row || isSameJson(same.row, row)) ? same : { key, row };
    });
    return this.#rows;
  }

  /** The rows of all groups; only those that a change has touched are made anew. */
  #currentRows(): readonly StoredRecord[] {
    const { table } = this.#reader.entity;
    const readers = this.#plan.groupBy.map((target) => groupValueReader(table, target));
    const groups = [...this.#groups.values()];
    if (groups.length > 1) groups.sort((left, right) => left.slots.firstSlot - right.slots.firstSlot);
    for (const group of groups) group.row ??= this.#makeRow(group, readers);
    return arrangeRows(
      groups.map((group) => group.row as StoredRecord),
      this.#plan,
    );
  }

  #makeRow({ slots, accumulators }: Group, readers: readonly ((slot: number) => unknown)[]): StoredRecord {
    const row: Record<string, unknown> = {};
    this.#plan.groupBy.forEach((target, i) => {
      row[target.path] = readers[i]?.(slots.firstSlot);
    });
    this.#plan.outputs.forEach(({ name }, i) => {
      row[name] = accumulators[i]?.value();
    });
    return Object.freeze(row);
  }
}

/** What has no order, such as a boolean in a field of any type, is a group apart from null; JSON writes both alike. */
function textOf(key: Key | null): Key | readonly [] | null {
  return typeof key === 'number' && Number.isNaN(key) ? [] : key;
}

function createGroup(makers: readonly (() => Accumulator)[]): Group {
  return { slots: new SortedRun(false), accumulators: makers.map((make) => make()), row: undefined };
}
