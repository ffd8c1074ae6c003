import type { StoredRecord } from '../record/record.ts';
import type { Entity, Store } from '../store/store.ts';
import { migrationFailed, RecordCarrier } from './carry-record.ts';
import { recordsOf, type StagedObject } from './staged-object.ts';
import type { ProgressListener } from './storage-progress.ts';

/** Records that are carried over before others have their turn: a few milliseconds, with a migration that is not slow. */
const CHUNK = 1000;

/**
 * Carries the records of staged objects over into the store, which holds all others already. In memory alone: nothing is
 * written here, and a record that cannot be carried ends it with `MIGRATION_FAILED`. It is no commit: the sequence stays.
 */
export async function migrate(
  store: Store,
  staged: ReadonlyMap<string, StagedObject>,
  tell: ProgressListener,
): Promise<void> {
  const waiting = [...staged].map(([name, object]) => {
    return { entity: store.entity(name), object, records: recordsOf(object.entity) };
  });
  const total = waiting.reduce((sum, { records }) => sum + records.length, 0);
  let done = 0;
  tell({ phase: 'migrate', done, total });
  for (const { entity, object, records } of waiting) {
    const carrier = new RecordCarrier(entity, object);
    const carried: StoredRecord[] = [];
    for (let from = 0; from < records.length; from += CHUNK) {
      for (const record of records.slice(from, from + CHUNK)) carried.push(carrier.carry(record));
      done += Math.min(CHUNK, records.length - from);
      tell({ phase: 'migrate', done, total });
      await store.environment.pause();
    }
    goOnCounting(entity, object, carried);
    fillNumbers(entity, carrier.unnumbered, carried);
    assertUnique(entity, carried);
    entity.table.insertAll(carried);
    for (const [id, root] of object.entity.table.deletedWith.copy()) entity.table.deletedWith.set(id, root);
  }
}

/** No number is given again. Those of a field that is gone are most likely those of one that has come, by another name. */
function goOnCounting({ numbers }: Entity, { entity: before }: StagedObject, records: readonly StoredRecord[]): void {
  const last = before.numbers.last();
  numbers.resume(last);
  const own = Object.keys(numbers.last());
  for (const [gone, digits] of Object.entries(last)) {
    if (own.includes(gone)) continue;
    for (const name of own) if (last[name] === undefined) numbers.resume({ [name]: digits });
  }
  for (const record of records) numbers.observe(record);
}

/** Gives numbers, in the order of creation, to records that are without. */
function fillNumbers({ numbers, writer }: Entity, fields: ReadonlySet<string>, records: StoredRecord[]): void {
  for (const name of fields)
    for (const [at, record] of records.entries())
      if (record[name] === null) records[at] = writer.setField(record, name, numbers.next(name));
}

function assertUnique({ table, definition }: Entity, records: readonly StoredRecord[]): void {
  const { name, version, roles } = definition;
  for (const unique of table.uniques) {
    const keys = new Set<unknown>();
    for (const record of records) {
      const key = record[roles.deleted] === true ? undefined : unique.keyOf(record);
      if (key === undefined) continue;
      if (keys.has(key))
        throw migrationFailed(name, version, String(record[roles.id]), `another has its ${unique.fields.join(', ')}`);
      keys.add(key);
    }
  }
}
