import type { ObjectDefinition } from '../definition/define-object.ts';
import { createIssue, EngineError } from '../ground/errors.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Store } from '../store/store.ts';
import { createProgressReporter, type Progress } from '../transfer/progress.ts';
import { writeRows } from '../transfer/write-rows.ts';

export interface ExportOptions {
  /** Default `ndjson`. */
  readonly format?: 'ndjson' | 'json' | 'csv' | undefined;
  /** Whether records in the recycle bin are written too. Default false. */
  readonly deleted?: boolean | undefined;
  /** Which records; all when absent. */
  readonly where?: Readonly<Record<string, unknown>> | undefined;
  /** Which fields, in this order; all when absent. */
  readonly fields?: readonly string[] | undefined;
  /** CSV only: a `'` before texts that a spreadsheet would run as a formula. They no longer read back as they were. */
  readonly escapeFormulas?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Writes records out as text. Throws `ABORTED`. */
export async function* exportRecords(
  store: Store,
  definition: ObjectDefinition,
  records: readonly StoredRecord[],
  options: ExportOptions,
): AsyncGenerator<string> {
  const report = createProgressReporter(options.onProgress, store.environment);
  let done = 0;
  function* counted() {
    for (const record of records) {
      yield record;
      done++;
    }
  }
  const { format = 'ndjson', fields, escapeFormulas } = options;
  for (const piece of writeRows(counted(), definition, { format, fields, escapeFormulas })) {
    if (options.signal?.aborted === true)
      throw new EngineError([createIssue('ABORTED', 'the export was aborted')], { cause: options.signal.reason });
    store.assertOpen();
    yield piece;
    report.report({ phase: 'export', done, total: records.length });
  }
  report.finish({ phase: 'export', done, total: records.length });
}
