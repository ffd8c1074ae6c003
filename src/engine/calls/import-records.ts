import type { ObjectDefinition } from '../definition/define-object.ts';
import { createError, EngineError } from '../ground/errors.ts';
import type { Store } from '../store/store.ts';
import type { Progress } from '../transfer/progress.ts';
import { createProgressReporter } from '../transfer/progress.ts';
import { readRows, type SourceRow } from '../transfer/read-rows.ts';
import { type ImportProblem, type ImportTally, PROBLEMS_MAX } from './import-rows.ts';

export interface ImportOptions {
  /** What the payload is; told from its beginning when absent. */
  readonly format?: 'auto' | 'json' | 'ndjson' | 'csv' | undefined;
  /** `keep-good` (default): bad rows are reported, the others kept. `refuse-all`: one bad row and nothing is kept. */
  readonly onBadRow?: 'keep-good' | 'refuse-all' | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
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

/** Rows of one commit when good rows are kept: long enough to be cheap, short enough to leave room for others. */
const CHUNK = 2000;

/** What came of all rows, of one commit after another. */
class ImportSum {
  readonly #others = new Map<string, number>();
  readonly #ignored = new Map<string, number>();
  readonly #problems: ImportProblem[] = [];
  #problemCount = 0;
  #created = 0;
  #updated = 0;

  add({ created, updated, others, ignored, problems, problemCount }: ImportTally): void {
    this.#created += created;
    this.#updated += updated;
    for (const [name, count] of others) this.#others.set(name, (this.#others.get(name) ?? 0) + count);
    for (const [name, count] of ignored) this.#ignored.set(name, (this.#ignored.get(name) ?? 0) + count);
    this.#problems.push(...problems.slice(0, PROBLEMS_MAX - this.#problems.length));
    this.#problemCount += problemCount;
  }

  result(): ImportResult {
    return {
      created: this.#created,
      updated: this.#updated,
      otherObjects: Object.fromEntries(this.#others),
      ignoredFields: Object.fromEntries(this.#ignored),
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }
}

function assertOptions({ onBadRow }: ImportOptions): void {
  if (onBadRow !== undefined && onBadRow !== 'keep-good' && onBadRow !== 'refuse-all')
    throw createError('INVALID_OPTION', "onBadRow is 'keep-good' or 'refuse-all'");
}

/** Makes one commit of rows, here or in the tab that writes. */
export type TakeRows = (rows: readonly SourceRow[], options: { readonly whole: boolean }) => unknown;

/**
 * Imports a payload. Rows are committed in chunks, each whole, with a pause between them; with `refuse-all` they are
 * committed all together at the end, or not at all. Throws `UNREADABLE_PAYLOAD`, `IMPORT_REFUSED` or `ABORTED`; when
 * aborted, chunks committed before stay.
 */
export async function importRecords(
  { environment }: Store,
  definition: ObjectDefinition,
  takeRows: TakeRows,
  payload: unknown,
  options: ImportOptions,
): Promise<ImportResult> {
  assertOptions(options);
  const sum = new ImportSum();
  const whole = options.onBadRow === 'refuse-all';
  const report = createProgressReporter(options.onProgress, environment);
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
    if (whole || waiting.length < CHUNK) continue;
    sum.add((await takeRows(waiting, { whole })) as ImportTally);
    waiting = [];
    report.report({ phase: 'import', done });
    await environment.pause();
    if (options.signal?.aborted === true)
      throw new EngineError([{ statusCode: 'ABORTED', message: 'the import was aborted', fields: [] }], {
        cause: options.signal.reason,
      });
  }
  sum.add((await takeRows(waiting, { whole })) as ImportTally);
  report.finish({ phase: 'import', done, total: done });
  return sum.result();
}
