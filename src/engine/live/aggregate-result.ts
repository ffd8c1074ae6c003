import type { AggregatePlan } from '../query/check-aggregate.ts';
import { fieldsOf } from '../query/condition.ts';
import type { Reader } from '../query/reader.ts';
import { createRowPredicate, type RowPredicate } from '../query/row-predicate.ts';
import { isSameJson, type StoredRecord } from '../record/record.ts';
import type { Change } from '../write/change.ts';
import type { Keyed } from './delta.ts';

/**
 * The rows of an aggregate query, computed anew when a change can have moved one of them: when a record that fits came,
 * went, or changed in a field the query reads.
 */
export class AggregateResult {
  readonly #reader: Reader;
  readonly #plan: AggregatePlan;
  readonly #fits: RowPredicate;
  readonly #fields: readonly string[];
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
  }

  #isIn(record: StoredRecord | undefined): boolean {
    return record !== undefined && record[this.#reader.entity.definition.roles.deleted] !== true && this.#fits(record);
  }

  apply(change: Change): boolean {
    const wasIn = this.#isIn(change.before);
    const isIn = this.#isIn(change.after);
    if (!wasIn && !isIn) return false;
    if (wasIn && isIn && this.#fields.every((name) => change.before?.[name] === change.after?.[name])) return false;
    this.#stale = true;
    return true;
  }

  rows(): readonly Keyed<StoredRecord>[] {
    if (!this.#stale) return this.#rows;
    this.#stale = false;
    const before = new Map(this.#rows.map((entry) => [entry.key, entry]));
    this.#rows = this.#reader.runAggregate(this.#plan).map((row) => {
      const key = JSON.stringify(this.#plan.groupBy.map((target) => row[target.path]));
      const same = before.get(key);
      return same !== undefined && isSameJson(same.row, row) ? same : { key, row };
    });
    return this.#rows;
  }
}
