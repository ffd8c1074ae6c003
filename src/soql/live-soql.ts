import { AggregateResult } from '../engine/live/aggregate-result.ts';
import type { Keyed } from '../engine/live/delta.ts';
import type { LiveResult } from '../engine/live/live-query.ts';
import { OrderedResult } from '../engine/live/ordered-result.ts';
import { isSameJson, type StoredRecord } from '../engine/record/record.ts';
import type { CompiledAggregate } from './compile/compile-aggregate.ts';
import type { CompiledFind } from './compile/compile-find.ts';
import type { CompiledSoql } from './compile/compile-soql.ts';
import type { RowForm } from './compile/row-shape.ts';
import type { RunContext } from './compile/run-context.ts';
import { dayOf } from './dates/calendar.ts';
import { namesClock } from './parse/names-clock.ts';
import { soqlError } from './soql-error.ts';

const PLAIN: RowForm = { restVersion: undefined };

/** The result of a query kept up to date by running it anew, when an object it reads has changed or the day has. */
class RerunResult implements LiveResult<StoredRecord> {
  readonly #run: () => readonly Keyed<StoredRecord>[];
  #rows: readonly Keyed<StoredRecord>[] = [];
  #stale = true;

  constructor(run: () => readonly Keyed<StoredRecord>[]) {
    this.#run = run;
  }

  apply(): boolean {
    this.#stale = true;
    return true;
  }

  expire(): void {
    this.#stale = true;
  }

  rows(): readonly Keyed<StoredRecord>[] {
    if (!this.#stale) return this.#rows;
    this.#stale = false;
    const before = new Map(this.#rows.map((entry) => [entry.key, entry]));
    this.#rows = this.#run().map((entry) => {
      const same = before.get(entry.key);
      return same !== undefined && isSameJson(same.row, entry.row) ? same : entry;
    });
    return this.#rows;
  }
}

/** The engine's aggregate, its rows shown under the names of SELECT. */
class ShownAggregate implements LiveResult<StoredRecord> {
  readonly #result: AggregateResult;
  readonly #show: (row: StoredRecord) => StoredRecord;
  readonly #shown = new WeakMap<StoredRecord, StoredRecord>();

  constructor(result: AggregateResult, show: (row: StoredRecord) => StoredRecord) {
    this.#result = result;
    this.#show = show;
  }

  apply(...[change]: Parameters<AggregateResult['apply']>): boolean {
    return this.#result.apply(change);
  }

  rows(): readonly Keyed<StoredRecord>[] {
    return this.#result.rows().map(({ key, row }) => {
      let shown = this.#shown.get(row);
      if (shown === undefined) {
        shown = Object.freeze(this.#show(row));
        this.#shown.set(row, shown);
      }
      return { key, row: shown };
    });
  }
}

function rerunFind(find: CompiledFind, context: () => RunContext): RerunResult {
  const idField = find.scope.object.reader.entity.definition.roles.id;
  return new RerunResult(() => {
    const run = context();
    return find.find(run).map((record) => ({
      key: record[idField] as string,
      row: Object.freeze(find.shape.makeRow(record, run, PLAIN)),
    }));
  });
}

function rerunAggregate(aggregate: CompiledAggregate, context: () => RunContext): RerunResult {
  return new RerunResult(() => {
    const seen = new Map<string, number>();
    return aggregate.rows(context(), PLAIN).map((row) => {
      // Groups have no names but their values, and two may show the same ones.
      const text = JSON.stringify(Object.values(row).filter((value) => typeof value !== 'number'));
      const turn = seen.get(text) ?? 0;
      seen.set(text, turn + 1);
      return { key: `${turn} ${text}`, row: Object.freeze(row) };
    });
  });
}

/**
 * What keeps a query live. One object's records by its own fields move by deltas, and so do its aggregates; what reads
 * other objects, or the clock, is run anew when one of them changes. Throws `MALFORMED_QUERY` for what cannot be live.
 */
export function createLiveResult(compiled: CompiledSoql, context: () => RunContext): LiveResult<StoredRecord> {
  const { query, scope } = compiled;
  const { reader } = scope.object;
  if (compiled.kind === 'count' || query.forView || query.forReference || query.forUpdate)
    throw soqlError('MALFORMED_QUERY', scope.text, query.at, 'a live query has rows, and no FOR clause');
  if (query.select.some(({ kind }) => kind === 'subquery'))
    throw soqlError('MALFORMED_QUERY', scope.text, query.at, 'a live query has no child queries');
  const isSteady = !scope.reads.joined && !namesClock(query) && !query.allRows;
  const run = context();
  if (compiled.kind === 'find') {
    if (!isSteady || !compiled.isEngines) return rerunFind(compiled, context);
    const show = (record: StoredRecord) => Object.freeze(compiled.shape.makeRow(record, run, PLAIN));
    return new OrderedResult(reader, compiled.plan(run), show);
  }
  const plan = isSteady ? compiled.plan(run) : undefined;
  if (plan === undefined) return rerunAggregate(compiled, context);
  return new ShownAggregate(new AggregateResult(reader, plan), (row) => compiled.show(row, run, PLAIN));
}

/** Milliseconds until the user's next day begins, when date literals mean other days. */
export function untilTomorrow({ nowMs, calendar }: RunContext): number {
  const today = dayOf(calendar.wallOf(nowMs));
  return Math.max(1, calendar.startOf(today + 1) - nowMs);
}
