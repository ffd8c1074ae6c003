import type { FieldDefinition } from '../definition/define-object.ts';
import type { IdFormat } from '../ground/ids.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Entity, Store } from '../store/store.ts';
import { LIVE } from '../store/table.ts';
import { type AggregatePlan, checkAggregate } from './check-aggregate.ts';
import { checkFind, checkSelect } from './check-query.ts';
import type { QueryScope } from './check-where.ts';
import { explain } from './explain.ts';
import { createProjection } from './project.ts';
import type { Explanation } from './query.ts';
import { runAggregate } from './run-aggregate.ts';
import { createRunStats, type FindPlan, type Found, runCount, runFind } from './run-find.ts';

type QueryData = Readonly<Record<string, unknown>>;

/** Whether a query computes rows rather than finding records: its `select` names values instead of listing fields. */
export function isAggregate(query: QueryData): boolean {
  if (typeof query !== 'object' || query === null) return false;
  return (
    query.groupBy !== undefined ||
    (typeof query.select === 'object' && query.select !== null && !Array.isArray(query.select))
  );
}

/**
 * The one gate for queries of one object: doors, live queries and export ask it, so that what a query may see is decided
 * in one place. Calls that name a record by its id look it up in its table, as a write has to.
 */
export class Reader {
  readonly scope: QueryScope;
  readonly entity: Entity;
  readonly #store: Store;

  constructor(store: Store, entity: Entity) {
    this.#store = store;
    this.entity = entity;
    // By the field and not its name: the rows of an aggregate have fields of their own, under any names.
    const known = new WeakMap<FieldDefinition, readonly IdFormat[]>();
    const formatsOf = (field: FieldDefinition) => {
      let formats = known.get(field);
      if (formats === undefined) {
        formats = store.formatsOf(entity, field);
        known.set(field, formats);
      }
      return formats;
    };
    const now = () => store.environment.now();
    this.scope = { definition: entity.definition, formatsOf, now, targets: new Map() };
  }

  /** The live record of an id, or undefined; 15 characters serve as well as 18. */
  get(id: string): StoredRecord | undefined {
    const { table } = this.entity;
    let slot = table.slotOf(id);
    if (slot === undefined) {
      const canonical = typeof id === 'string' ? this.entity.ids.normalize(id) : undefined;
      slot = canonical === undefined || canonical === id ? undefined : table.slotOf(canonical);
      if (slot === undefined) return undefined;
    }
    return table.states[slot] === LIVE ? table.row(slot) : undefined;
  }

  /** The record of an id that the store holds, in its full form, in the recycle bin too. */
  getAny(id: string): StoredRecord | undefined {
    const { table } = this.entity;
    const slot = table.slotOf(id);
    return slot === undefined ? undefined : table.row(slot);
  }

  records(found: Found): StoredRecord[] {
    const { table } = this.entity;
    const records: StoredRecord[] = new Array(found.count);
    for (let i = 0; i < found.count; i++) records[i] = table.row(found.slots[i] as number) as StoredRecord;
    return records;
  }

  /** The records that fit, at most `max` of them. */
  find(query: QueryData, max = Number.POSITIVE_INFINITY): readonly StoredRecord[] {
    this.#store.assertOpen();
    const plan = checkFind(this.scope, query);
    const records = this.records(runFind(this.entity.table, max < plan.limit ? { ...plan, limit: max } : plan));
    if (query.select === undefined) return records;
    return records.map(createProjection(checkSelect(this.scope, query.select)));
  }

  run(plan: FindPlan): Found {
    this.#store.assertOpen();
    return runFind(this.entity.table, plan);
  }

  count(query: QueryData): number {
    return this.countPlan(checkFind(this.scope, query));
  }

  countPlan(plan: FindPlan): number {
    this.#store.assertOpen();
    const all = runCount(this.entity.table, plan);
    return Math.max(0, Math.min(all - plan.offset, plan.limit));
  }

  aggregate(query: QueryData): readonly StoredRecord[] {
    return this.runAggregate(checkAggregate(this.scope, query));
  }

  runAggregate(plan: AggregatePlan): readonly StoredRecord[] {
    this.#store.assertOpen();
    return runAggregate(this.entity.table, plan);
  }

  /** Runs a query and tells how. */
  explain(query: QueryData): Explanation {
    this.#store.assertOpen();
    if (!isAggregate(query)) return this.explainPlan(checkFind(this.scope, query));
    const stats = createRunStats();
    const rows = runAggregate(this.entity.table, checkAggregate(this.scope, query), stats);
    return explain(stats, rows.length);
  }

  explainPlan(plan: FindPlan): Explanation {
    this.#store.assertOpen();
    const stats = createRunStats();
    return explain(stats, runFind(this.entity.table, plan, stats).count);
  }
}
