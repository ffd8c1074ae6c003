import { EngineError } from '../ground/errors.ts';
import type { Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Store } from '../store/store.ts';
import type { Unit } from '../store/unit.ts';
import type { SourceRow } from '../transfer/read-rows.ts';
import type { ImportNotes } from '../write/read-imported.ts';
import { assertUnique } from './locate.ts';
import { attempt } from './results.ts';

/** A row that was not kept. */
export interface ImportProblem {
  /** The line of the file, or the place in the list, from 1. */
  readonly line: number;
  readonly reason: string;
}

/** What came of some rows of a payload. Plain data. */
export interface ImportTally {
  readonly created: number;
  readonly updated: number;
  readonly others: readonly (readonly [object: string, count: number])[];
  readonly ignored: readonly (readonly [field: string, count: number])[];
  readonly problems: readonly ImportProblem[];
  readonly problemCount: number;
}

export const PROBLEMS_MAX = 1000;

class RowImport {
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

  #refuse(line: number, reason: string): void {
    this.#problemCount++;
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push({ line, reason });
  }

  /** Takes in rows as one commit; the bad ones are left out. */
  take(rows: readonly SourceRow[]): void {
    this.#store.writeAs('import', (unit) => {
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

  assertWhole(): void {
    if (this.#problemCount === 0) return;
    const issues = this.#problems.map(({ line, reason }) => ({
      statusCode: 'IMPORT_REFUSED' as const,
      message: `row ${line}: ${reason}`,
      fields: [],
    }));
    throw new EngineError(issues);
  }

  tally(): ImportTally {
    return {
      created: this.#created,
      updated: this.#updated,
      others: [...this.#others],
      ignored: [...this.#notes.ignored],
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }
}

/** Takes in rows of a payload in one commit. `whole`: throws `IMPORT_REFUSED` and keeps nothing where one of them is bad. */
export function importRows(
  store: Store,
  reader: Reader,
  rows: readonly SourceRow[],
  { whole = false }: { readonly whole?: boolean | undefined },
): ImportTally {
  const importing = new RowImport(store, reader);
  if (!whole) importing.take(rows);
  else
    store.transact(() => {
      importing.take(rows);
      importing.assertWhole();
    });
  return importing.tally();
}
