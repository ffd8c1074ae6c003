import type { Reader } from '../query/reader.ts';
import type { Store } from '../store/store.ts';
import type { SourceRow } from '../transfer/read-rows.ts';
import type { WriteCall } from '../write/write-call.ts';
import { createRecord, createRecords } from './create.ts';
import { deleteRecord, deleteRecords } from './delete.ts';
import { importRows } from './import-rows.ts';
import { recordUse } from './record-use.ts';
import { type SaveResult, toError, type WriteOptions } from './results.ts';
import { emptyRecycleBin, undeleteRecord, undeleteRecords } from './undelete.ts';
import { updateRecord, updateRecords } from './update.ts';
import { upsertRecords } from './upsert.ts';

/**
 * Makes a write of one object and gives what its caller gets. With one record given it throws what is wrong with it; with
 * a list it gives results in the order of the list.
 */
export function runWrite(store: Store, reader: Reader, { call, input, options, field }: WriteCall): unknown {
  const { entity } = reader;
  const given = (options ?? {}) as WriteOptions;
  const many = Array.isArray(input);
  switch (call) {
    case 'create':
      return many ? createRecords(store, entity, input, given) : createRecord(store, entity, input);
    case 'update':
      return many ? updateRecords(store, entity, input, given) : updateRecord(store, entity, input);
    case 'upsert':
      if (many) return upsertRecords(store, reader, field as string, input, given);
      return onlyOne(upsertRecords(store, reader, field as string, [input], { allOrNone: true }));
    case 'delete':
      return many ? deleteRecords(store, entity, input, given) : deleteRecord(store, entity, input as string);
    case 'undelete':
      return many ? undeleteRecords(store, entity, input, given) : undeleteRecord(store, entity, input as string);
    case 'emptyRecycleBin':
      return emptyRecycleBin(store, entity, input as readonly string[], given);
    case 'recordView':
    case 'recordReference':
      return recordUse(store, entity, input as string | readonly string[], call === 'recordView');
    case 'import':
      return importRows(store, reader, input as readonly SourceRow[], (options ?? {}) as { whole?: boolean });
  }
}

function onlyOne<T extends SaveResult>(results: readonly T[]): T {
  const result = results[0] as T;
  if (!result.success) throw toError(result);
  return result;
}
