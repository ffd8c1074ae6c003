import { createError, EngineError } from '../ground/errors.ts';
import type { Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Store } from '../store/store.ts';
import type { Unit } from '../store/unit.ts';
import type { Progress } from '../transfer/progress.ts';
import { createProgressReporter } from '../transfer/progress.ts';
import { readRows, type SourceRow } from '../transfer/read-rows.ts';
import type { ImportNotes } from '../write/record-writer.ts';
import { assertUnique } from './locate.ts';
import { attempt } from './results.ts';

export interface ImportOptions {
  /** What the payload is; told from its beginning when absent. */
  readonly format?: 'auto' | 'json' | 'ndjson' | 'csv' | undefined;
  /** `keep-good` (default): bad rows are reported, the others kept. `refuse-all`: one bad row and nothing is kept. */
  readonly onBadRow?: 'keep-good' | 'refuse-all' | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** A row that was not kept. */
export interface ImportProblem {
  /** The line of the file, or the place in the list, from 1. */
  readonly line: number;
  readonly reason: string;
}

export interface ImportResult {
  /** Records new here. */
  readonly created: number;
  /** Records that were held and have been brought up to date. */
  readonly updated: number;
  /** Rows of other objects in the same payload, by object. */
  readonly otherObjects: Readonly<Record<string, number>>;
  /** Fields that the object does not have, with how often each was met; their values were left out. */
  readonly ignoredFields: Readonly<Record<string, number>>;
  /** The rows not kept, the first thousand of them. */
  readonly problems: readonly ImportProblem[];
  readonly problemCount: number;
}

const PROBLEMS_MAX = 1000;
/** Rows of one commit when good rows are kept: long enough to be cheap, short enough to leave room for others. */
const CHUNK = 2000;

class Importer {
  readonly #store: Store;
  readonly #reader: Reader;
  readonly #notes: ImportNotes = { ignored: new Map() };
  readonly #others = new Map<string, number>();
  readonly #problems: ImportProblem[] = [];
  #problemCount = 0;
  #created = 0;
  #updated = 0;

  constructor(store: Store, reader: Reader) {
    this.#store = store;
    this.#reader = reader;
  }

  get problemCount(): number {
    return this.#problemCount;
  }

  #refuse(line: number, reason: string): void {
    this.#problemCount++;
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push({ line, reason });
  }

  /** Takes in rows as one commit; the bad ones are left out. */
  take(rows: readonly SourceRow[]): void {
    this.#store.write((unit) => {
      const fresh = new Map<string, StoredRecord>();
      for (const row of rows) this.#takeRow(unit, row, fresh);
      this.#flush(unit, fresh);
    });
  }

  #flush(unit: Unit, fresh: Map<string, StoredRecord>): void {
    if (fresh.size > 0) unit.insertAll(this.#reader.entity.table, [...fresh.values()]);
    fresh.clear();
  }

  #takeRow(unit: Unit, row: SourceRow, fresh: Map<string, StoredRecord>): void {
    const { entity } = this.#reader;
    if ('problem' in row) return this.#refuse(row.line, row.problem);
    if (row.type !== undefined && row.type !== entity.definition.name) {
      this.#others.set(row.type, (this.#others.get(row.type) ?? 0) + 1);
      return;
    }
    // A record may come twice in one payload, and unique keys must be seen: what waits is put in before it is asked for.
    const { table, definition, ids, writer } = entity;
    const given = row.value[definition.roles.id];
    const id = typeof given === 'string' ? ids.normalize(given.trim()) : undefined;
    if (table.uniques.length > 0 || (id !== undefined && fresh.has(id))) this.#flush(unit, fresh);
    const slot = id === undefined ? undefined : table.slotOf(id);
    const before = slot === undefined ? undefined : table.row(slot);
    const outcome = attempt(() => {
      const record = writer.import(row.value, before, this.#store.moment(), this.#notes);
      if (record[definition.roles.deleted] !== true) assertUnique(entity, record, slot ?? -1);
      return record;
    });
    if ('error' in outcome) return this.#refuse(row.line, outcome.error.message);
    if (slot === undefined) {
      fresh.set(outcome.value[definition.roles.id] as string, outcome.value);
      this.#created++;
    } else {
      // What was held already just as it came is counted, and is no change.
      if (outcome.value !== before) unit.replace(table, slot, outcome.value);
      this.#updated++;
    }
  }

  result(): ImportResult {
    return {
      created: this.#created,
      updated: this.#updated,
      otherObjects: Object.fromEntries(this.#others),
      ignoredFields: Object.fromEntries(this.#notes.ignored),
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  assertWhole(): void {
    if (this.#problemCount === 0) return;
    const issues = this.#problems.map(({ line, reason }) => ({
      statusCode: 'IMPORT_REFUSED' as const,
      message: `row ${line}: ${reason}`,
      fields: [],
    }));
    throw new EngineError(issues);
  }
}

function assertOptions({ onBadRow }: ImportOptions): void {
  if (onBadRow !== undefined && onBadRow !== 'keep-good' && onBadRow !== 'refuse-all')
    throw createError('INVALID_OPTION', "onBadRow is 'keep-good' or 'refuse-all'");
}

/**
 * Imports a payload. Rows are committed in chunks, each whole, with a pause between them; with `refuse-all` they are
 * committed all together at the end, or not at all. Throws `UNREADABLE_PAYLOAD`, `IMPORT_REFUSED` or `ABORTED`; when
 * aborted, chunks committed before stay.
 */
export async function importRecords(
  store: Store,
  reader: Reader,
  payload: unknown,
  options: ImportOptions,
): Promise<ImportResult> {
  assertOptions(options);
  const importer = new Importer(store, reader);
  const refuseAll = options.onBadRow === 'refuse-all';
  const report = createProgressReporter(options.onProgress, store.environment);
  const { definition } = reader.entity;
  let waiting: SourceRow[] = [];
  let done = 0;
  const rows = readRows(payload, {
    definition,
    format: options.format ?? 'auto',
    ...(options.signal && { signal: options.signal }),
  });
  for await (const row of rows) {
    waiting.push(row);
    done++;
    if (refuseAll || waiting.length < CHUNK) continue;
    importer.take(waiting);
    waiting = [];
    report.report({ phase: 'import', done });
    await store.environment.pause();
    if (options.signal?.aborted === true)
      throw new EngineError([{ statusCode: 'ABORTED', message: 'the import was aborted', fields: [] }], {
        cause: options.signal.reason,
      });
  }
  if (refuseAll) {
    store.transact(() => {
      importer.take(waiting);
      importer.assertWhole();
    });
  } else importer.take(waiting);
  report.finish({ phase: 'import', done, total: done });
  return importer.result();
}
