import type { Keyed } from '../engine/live/delta.ts';
import type { LiveResult, RecordChange } from '../engine/live/live-result.ts';
import { createAggregateResult, inWindow, type LiveSource, type LiveWindow } from '../engine/live/live-source.ts';
import { type LiveFind, OrderedResult } from '../engine/live/ordered-result.ts';
import { queryKey } from '../engine/live/query-key.ts';
import type { Span } from '../engine/live/replaced-span.ts';
import { RerunResult } from '../engine/live/rerun-result.ts';
import { createRowPredicate } from '../engine/query/row-predicate.ts';
import { isSameJson, type StoredRecord } from '../engine/record/record.ts';
import type { CompiledAggregate } from './compile/compile-aggregate.ts';
import type { CompiledFind } from './compile/compile-find.ts';
import type { CompiledSoql } from './compile/compile-soql.ts';
import type { RowForm } from './compile/row-shape.ts';
import type { RowWindow, RunContext } from './compile/run-context.ts';
import { dayOf } from './dates/calendar.ts';
import { namesClock } from './parse/names-clock.ts';
import { soqlError } from './soql-error.ts';

const PLAIN: RowForm = { restVersion: undefined };

/** The engine's aggregate, its rows shown under the names of SELECT. */
class ShownAggregate implements LiveResult<StoredRecord> {
  readonly #result: LiveResult<StoredRecord>;
  readonly #show: (row: StoredRecord) => StoredRecord;
  readonly #shown = new WeakMap<Keyed<StoredRecord>, Keyed<StoredRecord>>();
  /** What was shown last of a group: what SELECT leaves out of it may change and nobody sees it. */
  #byKey = new Map<Keyed<StoredRecord>['key'], Keyed<StoredRecord>>();
  #inner: readonly Keyed<StoredRecord>[] | undefined;
  #rows: readonly Keyed<StoredRecord>[] = [];

  constructor(result: LiveResult<StoredRecord>, show: (row: StoredRecord) => StoredRecord) {
    this.#result = result;
    this.#show = show;
  }

  apply(change: RecordChange): boolean {
    return this.#result.apply(change);
  }

  expire(): void {
    this.#result.expire?.();
  }

  rows(): readonly Keyed<StoredRecord>[] {
    const inner = this.#result.rows();
    if (inner === this.#inner) return this.#rows;
    this.#inner = inner;
    this.#rows = inner.map((entry) => {
      let shown = this.#shown.get(entry);
      if (shown === undefined) {
        shown = this.#showAnew(entry);
        this.#shown.set(entry, shown);
        this.#byKey.set(entry.key, shown);
      }
      return shown;
    });
    // Those of groups that are gone weigh no more than those shown.
    if (this.#byKey.size > 2 * inner.length + 64) this.#byKey = new Map(this.#rows.map((row) => [row.key, row]));
    return this.#rows;
  }

  #showAnew({ key, row }: Keyed<StoredRecord>): Keyed<StoredRecord> {
    const fresh = Object.freeze(this.#show(row));
    const last = this.#byKey.get(key);
    return last !== undefined && isSameJson(last.row, fresh) ? last : { key, row: fresh };
  }

  adopt(rows: readonly Keyed<StoredRecord>[]): void {
    this.#byKey = new Map(rows.map((row) => [row.key, row]));
  }

  replaced(): Span | undefined {
    return this.#result.replaced?.();
  }
}

/** What a live find is by now: ids of parents gathered to find its records by index, and asked one by one afterwards. */
function createLiveFind(find: CompiledFind, context: () => RunContext, window: LiveWindow | undefined): LiveFind {
  const run = context();
  const fits = createRowPredicate(find.filter({ ...run, live: true }));
  return {
    plan: inWindow(find.plan(run), window),
    fits,
    order: find.order.map(({ keyOf, descending, nullsFirst }) => {
      return { keyOf: (record: StoredRecord) => keyOf(record, run), descending, nullsFirst };
    }),
    show: (record) => Object.freeze(find.shape.makeRow(record, run, PLAIN)),
    joined: find.scope.reads.joins.size > 0,
  };
}

/** The rows asked for, whatever LIMIT and OFFSET say. Throws `MALFORMED_QUERY`. */
function rowWindow(window: LiveWindow | undefined): RowWindow | undefined {
  return window === undefined ? undefined : inWindow({ offset: 0, limit: 0 }, window);
}

function rerunFind(find: CompiledFind, context: () => RunContext, window: LiveWindow | undefined): RerunResult {
  const idField = find.scope.object.reader.entity.definition.roles.id;
  const rows = rowWindow(window);
  return new RerunResult(() => {
    const run = context();
    return find.find(run, undefined, rows).map((record) => ({
      key: record[idField] as string,
      row: Object.freeze(find.shape.makeRow(record, run, PLAIN)),
    }));
  });
}

function rerunAggregate(
  aggregate: CompiledAggregate,
  context: () => RunContext,
  window: LiveWindow | undefined,
): RerunResult {
  const shown = rowWindow(window);
  return new RerunResult(() => {
    const seen = new Map<string, number>();
    return aggregate.rows(context(), PLAIN, shown).map((row) => {
      // Groups have no names but their values, and two may show the same ones.
      const text = JSON.stringify(Object.values(row).filter((value) => typeof value !== 'number'));
      const turn = seen.get(text) ?? 0;
      seen.set(text, turn + 1);
      return { key: `${turn} ${text}`, row: Object.freeze(row) };
    });
  });
}

function assertCanLive({ kind, query, scope }: CompiledSoql): void {
  if (kind === 'count')
    throw soqlError(
      'MALFORMED_QUERY',
      scope.text,
      query.at,
      'a live query has rows: COUNT(Id) gives one, COUNT() none',
    );
  if (query.forView || query.forReference || query.forUpdate)
    throw soqlError('MALFORMED_QUERY', scope.text, query.at, 'a live query has no FOR clause');
  if (query.select.some((item) => item.kind === 'subquery'))
    throw soqlError('MALFORMED_QUERY', scope.text, query.at, 'a live query has no child queries');
}

/**
 * What a live query of SOQL is made of. One object's records move by deltas, by their own fields and those of their
 * parents, and so do aggregates of its fields; semi-joins, and groups by more than fields, are run anew when a record that
 * they read changes. Throws `MALFORMED_QUERY` for what cannot be live.
 */
export function createLiveSource(
  compiled: CompiledSoql,
  binds: Readonly<Record<string, unknown>>,
  context: () => RunContext,
): LiveSource {
  assertCanLive(compiled);
  const { query, scope } = compiled;
  const { reader } = scope.object;
  const { others, joins } = scope.reads;
  const source = {
    key: queryKey({ soql: scope.text, binds }, reader.entity.definition.name),
    object: reader.entity.definition.name,
    timed: namesClock(query),
    dueMs: (sinceMs: number) => sinceMs + untilTomorrow({ ...context(), nowMs: sinceMs }),
  };
  const everything = () => undefined;
  const parents = [...joins.values()].map(({ parent }) => parent);
  const rest = { ...source, condition: everything, others: [...new Set([...others, ...parents])] };
  if (compiled.kind === 'find') {
    // Deleted records come and go with their parents in ways that only running the query anew gets right.
    if (others.size > 0 || (query.allRows && joins.size > 0))
      return { ...rest, create: (window: LiveWindow | undefined) => rerunFind(compiled, context, window) };
    return {
      ...source,
      condition: () => compiled.filter({ ...context(), live: true }),
      joins: [...joins.values()],
      create: (window: LiveWindow | undefined) =>
        new OrderedResult(reader, () => createLiveFind(compiled, context, window)),
    };
  }
  const aggregate = compiled as CompiledAggregate;
  const isEngines = others.size + joins.size === 0 && !query.allRows && aggregate.plan(context()) !== undefined;
  if (!isEngines) return { ...rest, create: (window) => rerunAggregate(aggregate, context, window) };
  return {
    ...source,
    condition: () => aggregate.filter(context()),
    create: (window) => {
      const result = createAggregateResult(reader, () => {
        const plan = aggregate.plan(context());
        if (plan === undefined) throw new RangeError('a query of columns stays one');
        return inWindow(plan, window);
      });
      return new ShownAggregate(result, (row) => aggregate.show(row, context(), PLAIN));
    },
  };
}

/** Milliseconds until the user's next day begins, when date literals mean other days. */
export function untilTomorrow({ nowMs, calendar }: RunContext): number {
  const today = dayOf(calendar.wallOf(nowMs));
  return Math.max(1, calendar.startOf(today + 1) - nowMs);
}
