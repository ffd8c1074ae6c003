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
import { agedLeaves, nextDue } from './next-due.ts';
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
  /** Whether the moment at which it does depends on the records. */
  readonly hastens?: boolean;
  /** Whether it has to be computed anew then, as what it is made of is not known record by record. */
  readonly expires?: boolean;
  /** What a record has to meet to concern it, by its own fields; asked anew each time that the clock has moved it. */
  condition(): Condition | undefined;
  /** Its result, in a window other than the query's own where one is given. */
  create(window: LiveWindow | undefined): LiveResult<StoredRecord>;
  /** When the clock next changes what it shows, in milliseconds since 1970. */
  dueMs(nowMs: number): number;
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

  constructor(reader: Reader, query: QueryData) {
    this.reader = reader;
    this.#plan = this.check(query);
    const aged = agedLeaves(this.#plan.condition);
    this.timed = aged.length > 0;
    // What the caller does with the query afterwards is not this one's.
    this.query = this.timed ? structuredClone(query) : query;
    this.key = queryKey(query);
    for (const { target } of aged) reader.entity.table.addIndex([target.field.name]);
  }

  protected abstract check(query: QueryData): P;

  get object(): string {
    return this.reader.entity.definition.name;
  }

  get hastens(): boolean {
    return this.timed;
  }

  plan(): P {
    return this.timed ? this.check(this.query) : this.#plan;
  }

  condition(): Condition | undefined {
    return this.plan().condition;
  }

  dueMs(nowMs: number): number {
    return nextDue(this.reader, this.condition(), nowMs);
  }
}

class FindSource extends DataSource<FindPlan> implements LiveSource {
  readonly #show = createProjection(checkSelect(this.reader.scope, this.query.select));

  protected check(query: QueryData): FindPlan {
    return checkFind(this.reader.scope, query);
  }

  create(window: LiveWindow | undefined): LiveResult<StoredRecord> {
    const fits = this.timed
      ? (record: StoredRecord) => createRowPredicate(this.condition())(record)
      : createRowPredicate(this.condition());
    return new OrderedResult(this.reader, () => createLiveFind(inWindow(this.plan(), window), this.#show, fits));
  }
}

class AggregateSource extends DataSource<AggregatePlan> implements LiveSource {
  readonly expires = true;

  protected check(query: QueryData): AggregatePlan {
    return checkAggregate(this.reader.scope, query);
  }

  create(window: LiveWindow | undefined): LiveResult<StoredRecord> {
    return createAggregateResult(this.reader, () => inWindow(this.plan(), window));
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
  const plan = create();
  if (canMove(plan)) return new AggregateResult(reader, create);
  const run = () =>
    reader.runAggregate(create()).map((row) => {
      return { key: JSON.stringify(plan.groupBy.map((target) => row[target.path])), row };
    });
  return new RerunResult(run, (change) => createConcern(reader, create())(change));
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
