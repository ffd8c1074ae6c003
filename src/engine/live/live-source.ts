import { type AggregatePlan, checkAggregate } from '../query/check-aggregate.ts';
import { checkFind, checkRowCount, checkSelect } from '../query/check-query.ts';
import { type Condition, fieldsOf } from '../query/condition.ts';
import { createProjection } from '../query/project.ts';
import { isAggregate, type Reader } from '../query/reader.ts';
import { createRowPredicate } from '../query/row-predicate.ts';
import type { FindPlan } from '../query/run-find.ts';
import type { StoredRecord } from '../record/record.ts';
import { AggregateResult, canMove } from './aggregate-result.ts';
import type { Join } from './joins.ts';
import type { LiveResult, RecordChange } from './live-result.ts';
import { type Aged, agedLeaves, nextDue, nextPassMs } from './next-due.ts';
import { createLiveFind, OrderedResult } from './ordered-result.ts';
import { queryKey } from './query-key.ts';
import { RerunResult } from './rerun-result.ts';

type QueryData = Readonly<Record<string, unknown>>;

/** Which rows of all that fit are shown. */
export interface LiveWindow {
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

/** What a live query is made of. */
export interface LiveSource {
  /** What equal queries have in common; undefined for one that nothing else can equal. */
  readonly key: string | undefined;
  readonly object: string;
  /** Other objects of which any change concerns it. */
  readonly others?: readonly string[];
  /** The references it looks along. */
  readonly joins?: readonly Join[];
  /** Whether the clock moves it. */
  readonly timed: boolean;
  /** What a record has to meet to concern it, by its own fields; asked anew each time that the clock has moved it. */
  condition(): Condition | undefined;
  /** Its result, in a window other than the query's own where one is given. */
  create(window: LiveWindow | undefined): LiveResult<StoredRecord>;
  /** When the clock next changes what it shows after `sinceMs`, in milliseconds since 1970. */
  dueMs(sinceMs: number): number;
  /** Where that depends on the records: when it first does so by this one, or earlier. */
  passMs?(record: StoredRecord, sinceMs: number): number;
}

/** A plan in another window. */
export function inWindow<P extends { readonly offset: number; readonly limit: number }>(
  plan: P,
  window?: LiveWindow,
): P {
  if (window === undefined) return plan;
  const offset = checkRowCount('offset', window.offset, 0);
  return { ...plan, offset, limit: checkRowCount('limit', window.limit, Number.POSITIVE_INFINITY) };
}

/** A live query given as data. Its plan is made once, or where its conditions move with the clock each time it is asked for. */
abstract class DataSource<P extends { readonly condition: Condition | undefined }> {
  readonly key: string | undefined;
  readonly timed: boolean;
  protected readonly reader: Reader;
  protected readonly query: QueryData;
  readonly #plan: P;
  readonly #aged: readonly Aged[];

  constructor(reader: Reader, query: QueryData) {
    this.reader = reader;
    this.#plan = this.check(query);
    this.#aged = agedLeaves(this.#plan.condition);
    this.timed = this.#aged.length > 0;
    // What the caller does with the query afterwards is not this one's.
    this.query = this.timed ? structuredClone(query) : query;
    this.key = queryKey(query, this.object);
    for (const { target } of this.#aged) reader.entity.table.addIndex([target.field.name]);
  }

  protected abstract check(query: QueryData): P;

  get object(): string {
    return this.reader.entity.definition.name;
  }

  plan(): P {
    return this.timed ? this.check(this.query) : this.#plan;
  }

  condition(): Condition | undefined {
    return this.plan().condition;
  }

  protected abstract which(plan: P): { readonly live: boolean; readonly deleted: boolean };

  dueMs(sinceMs: number): number {
    const plan = this.plan();
    return nextDue(this.reader, plan.condition, this.which(plan), sinceMs);
  }

  passMs(record: StoredRecord, sinceMs: number): number {
    return nextPassMs(this.#aged, record, sinceMs);
  }
}

class FindSource extends DataSource<FindPlan> implements LiveSource {
  readonly #show = createProjection(checkSelect(this.reader.scope, this.query.select));

  protected check(query: QueryData): FindPlan {
    return checkFind(this.reader.scope, query);
  }

  create(window: LiveWindow | undefined): LiveResult<StoredRecord> {
    return new OrderedResult(this.reader, () => createLiveFind(inWindow(this.plan(), window), this.#show));
  }

  protected which(plan: FindPlan): FindPlan {
    return plan;
  }
}

class AggregateSource extends DataSource<AggregatePlan> implements LiveSource {
  protected check(query: QueryData): AggregatePlan {
    return checkAggregate(this.reader.scope, query);
  }

  create(window: LiveWindow | undefined): LiveResult<StoredRecord> {
    return createAggregateResult(this.reader, () => inWindow(this.plan(), window));
  }

  protected which(): { readonly live: boolean; readonly deleted: boolean } {
    return { live: true, deleted: false };
  }
}

/** The source of a query given as data. Throws as a query does. */
export function createSource(reader: Reader, query: QueryData): LiveSource {
  return isAggregate(query) ? new AggregateSource(reader, query) : new FindSource(reader, query);
}

/**
 * What keeps an aggregate in step: moved where it can be, run anew where it cannot. `create`: the plan, anew each time
 * that the moment has moved; only its conditions may differ.
 */
export function createAggregateResult(reader: Reader, create: () => AggregatePlan): LiveResult<StoredRecord> {
  let plan = create();
  if (canMove(plan)) return new AggregateResult(reader, create);
  let concerns = createConcern(reader, plan);
  const run = () => {
    const renewed = create();
    if (renewed !== plan) concerns = createConcern(reader, renewed);
    plan = renewed;
    return reader.runAggregate(plan).map((row) => {
      return { key: JSON.stringify(plan.groupBy.map((target) => row[target.path])), row };
    });
  };
  return new RerunResult(run, (change) => concerns(change));
}

/** Whether a change can have moved an aggregate: a record that fits came, went, or changed in a field that is read. */
function createConcern(reader: Reader, plan: AggregatePlan): (change: RecordChange) => boolean {
  const fits = createRowPredicate(plan.condition);
  const fields = new Set(fieldsOf(plan.condition));
  for (const { field } of plan.groupBy) fields.add(field.name);
  for (const { target } of plan.outputs) if (target !== undefined) fields.add(target.field.name);
  const { deleted } = reader.entity.definition.roles;
  const isIn = (record: StoredRecord | undefined): record is StoredRecord =>
    record !== undefined && record[deleted] !== true && fits(record);
  return ({ before, after }) => {
    if (!isIn(before)) return isIn(after);
    return !isIn(after) || [...fields].some((name) => before[name] !== after[name]);
  };
}
