import type { AggregatePlan } from '../query/check-aggregate.ts';
import { fieldsOf, type Key } from '../query/condition.ts';
import { groupValueReader } from '../query/group.ts';
import { createRowKey } from '../query/order.ts';
import type { Reader } from '../query/reader.ts';
import { createRowPredicate, type RowPredicate } from '../query/row-predicate.ts';
import { selectSlots } from '../query/run-aggregate.ts';
import { createRunStats } from '../query/run-find.ts';
import type { StoredRecord } from '../record/record.ts';
import { SortedRun } from '../store/sorted-run.ts';
import { type Accumulator, accumulatorMaker } from './accumulator.ts';
import type { Keyed } from './delta.ts';
import { GroupRows, type Put } from './group-rows.ts';
import type { LiveResult, RecordChange } from './live-result.ts';
import type { Span } from './replaced-span.ts';

interface Group {
  readonly id: number;
  readonly key: Key | null;
  /** The same in every result of such groups. */
  readonly name: string;
  /** The members, whose first gives the group its place and its name. */
  slots: SortedRun;
  accumulators: readonly Accumulator[];
}

type KeyReader = (record: StoredRecord) => Key | null;

/** Whether every value of an aggregate can be moved exactly by what comes and goes. */
export function canMove({ outputs }: AggregatePlan): boolean {
  return outputs.every((output) => accumulatorMaker(output) !== undefined);
}

/** What has no order, such as a boolean in a field of any type, is a group apart from null; JSON writes both alike. */
function textOf(key: Key | null): Key | readonly [] | null {
  return typeof key === 'number' && Number.isNaN(key) ? [] : key;
}

/**
 * The rows of an aggregate query whose values can be moved exactly: a change costs the groups it touches, and no other
 * record is read.
 */
export class AggregateResult implements LiveResult<StoredRecord> {
  readonly #reader: Reader;
  readonly #create: () => AggregatePlan;
  #plan: AggregatePlan;
  #fits: RowPredicate;
  /** What the query reads: a change of nothing else does not move it. */
  readonly #fields: readonly string[];
  readonly #makers: readonly (() => Accumulator)[];
  readonly #groupKeys: readonly KeyReader[];
  readonly #outputKeys: readonly KeyReader[];
  readonly #valueReaders: readonly ((slot: number) => unknown)[];
  readonly #deletedField: string;
  readonly #groups = new Map<Key | null, Group>();
  readonly #touched = new Set<Group>();
  readonly #rows: GroupRows;
  #groupCount = 0;

  /** `create`: the plan, anew each time that the moment has moved; only its conditions may differ. */
  constructor(reader: Reader, create: () => AggregatePlan) {
    const plan = create();
    this.#reader = reader;
    this.#create = create;
    this.#plan = plan;
    this.#deletedField = reader.entity.definition.roles.deleted;
    this.#fits = createRowPredicate(plan.condition);
    const fields = new Set(fieldsOf(plan.condition));
    for (const target of plan.groupBy) fields.add(target.field.name);
    for (const { target } of plan.outputs) if (target !== undefined) fields.add(target.field.name);
    this.#fields = [...fields];
    this.#groupKeys = plan.groupBy.map(createRowKey);
    this.#outputKeys = plan.outputs.map(({ target }) => (target === undefined ? () => 1 : createRowKey(target)));
    this.#makers = plan.outputs.map((output) => accumulatorMaker(output) as () => Accumulator);
    this.#valueReaders = plan.groupBy.map((target) => groupValueReader(reader.entity.table, target));
    this.#rows = new GroupRows(plan);
    if (this.#groupKeys.length === 0) this.#touched.add(this.#createGroup(''));
    this.#fill();
  }

  #fill(): void {
    const { table } = this.#reader.entity;
    const { slots, count } = selectSlots(table, this.#plan, createRunStats());
    for (let i = 0; i < count; i++) {
      const slot = slots === undefined ? i : (slots[i] as number);
      this.#add(table.row(slot) as StoredRecord, slot);
    }
  }

  #createGroup(key: Key | null): Group {
    const accumulators = this.#makers.map((make) => make());
    const name = `${typeof key} ${key}`;
    const group = { id: this.#groupCount++, key, name, slots: new SortedRun(false), accumulators };
    this.#groups.set(key, group);
    return group;
  }

  #keyOf(record: StoredRecord): Key | null {
    if (this.#groupKeys.length === 0) return '';
    if (this.#groupKeys.length === 1) return (this.#groupKeys[0] as KeyReader)(record);
    return JSON.stringify(this.#groupKeys.map((read) => textOf(read(record))));
  }

  #add(record: StoredRecord, slot: number): void {
    const key = this.#keyOf(record);
    const group = this.#groups.get(key) ?? this.#createGroup(key);
    this.#touched.add(group);
    group.slots.insert(0, slot);
    const { accumulators } = group;
    for (let i = 0; i < accumulators.length; i++) accumulators[i]?.add(this.#outputKey(i, record), slot);
  }

  #remove(record: StoredRecord, slot: number): void {
    const group = this.#groups.get(this.#keyOf(record)) as Group;
    this.#touched.add(group);
    group.slots.remove(0, slot);
    const { accumulators } = group;
    for (let i = 0; i < accumulators.length; i++) accumulators[i]?.remove(this.#outputKey(i, record), slot);
  }

  #outputKey(at: number, record: StoredRecord): Key | null {
    return (this.#outputKeys[at] as KeyReader)(record) ?? null;
  }

  #isIn(record: StoredRecord | undefined): record is StoredRecord {
    return record !== undefined && record[this.#deletedField] !== true && this.#fits(record);
  }

  apply({ before, after, slot }: RecordChange): boolean {
    if (before === after) return false;
    const wasIn = this.#isIn(before);
    const isIn = this.#isIn(after);
    if (!wasIn && !isIn) return false;
    if (wasIn && isIn && this.#fields.every((name) => before[name] === after[name])) return false;
    if (wasIn && isIn && this.#stays(before, after, slot)) return true;
    if (wasIn) this.#remove(before, slot);
    if (isIn) this.#add(after, slot);
    return true;
  }

  /** A record that stays in its group moves just the values that it has changed. Returns whether it stays. */
  #stays(before: StoredRecord, after: StoredRecord, slot: number): boolean {
    const key = this.#keyOf(after);
    if (!Object.is(key, this.#keyOf(before))) return false;
    const group = this.#groups.get(key) as Group;
    this.#touched.add(group);
    const { accumulators } = group;
    for (let i = 0; i < accumulators.length; i++) {
      const old = this.#outputKey(i, before);
      const fresh = this.#outputKey(i, after);
      if (Object.is(old, fresh)) continue;
      accumulators[i]?.remove(old, slot);
      accumulators[i]?.add(fresh, slot);
    }
    return true;
  }

  /** What is so by now: the moment may have moved what fits. Groups stay the same ones. */
  expire(): void {
    this.#plan = this.#create();
    this.#fits = createRowPredicate(this.#plan.condition);
    this.#rows.renew(this.#plan);
    for (const group of this.#groups.values()) {
      group.slots = new SortedRun(false);
      group.accumulators = this.#makers.map((make) => make());
      this.#touched.add(group);
    }
    this.#fill();
  }

  adopt(rows: readonly Keyed<StoredRecord>[]): void {
    this.#rows.adopt(rows);
  }

  replaced(): Span | undefined {
    return this.#rows.replaced();
  }

  /** The rows of all groups; only those that changes have touched are made anew. */
  rows(reuse = false): readonly Keyed<StoredRecord>[] {
    const puts: Put[] = [];
    for (const group of this.#touched) {
      const isGone = group.slots.size === 0 && this.#groupKeys.length > 0;
      if (isGone) this.#groups.delete(group.key);
      const first = group.slots.size === 0 ? 0 : group.slots.firstSlot;
      puts.push({ group: group.id, key: group.name, first, row: isGone ? undefined : this.#makeRow(group) });
    }
    this.#touched.clear();
    this.#rows.put(puts);
    return this.#rows.window(reuse);
  }

  #makeRow({ slots, accumulators }: Group): StoredRecord {
    const row: Record<string, unknown> = {};
    const { groupBy, outputs } = this.#plan;
    for (let i = 0; i < groupBy.length; i++)
      row[(groupBy[i] as AggregatePlan['groupBy'][number]).path] = this.#valueReaders[i]?.(slots.firstSlot);
    for (let i = 0; i < outputs.length; i++)
      row[(outputs[i] as AggregatePlan['outputs'][number]).name] = accumulators[i]?.value();
    return Object.freeze(row);
  }
}
