import { createError } from '../ground/errors.ts';
import { checkSelect } from '../query/check-query.ts';
import { createProjection } from '../query/project.ts';
import type { Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';
import { assertIdList, canonicalId } from './locate.ts';

/** The most ids of one call (SOAP API, retrieve). */
const IDS_MAX = 2000;

/** Records by id, in the order of the ids; null where there is none to be had. Throws `MALFORMED_ID`, `INVALID_FIELD`. */
export function retrieveRecords(
  reader: Reader,
  ids: readonly string[],
  fields: readonly string[] | undefined,
): (StoredRecord | null)[] {
  assertIdList(ids);
  if (ids.length > IDS_MAX) throw createError('EXCEEDED_ID_LIMIT', `retrieve takes at most ${IDS_MAX} ids`);
  const project = createProjection(checkSelect(reader.scope, fields));
  return ids.map((id) => {
    const record = reader.get(canonicalId(reader.entity, id));
    return record === undefined ? null : project(record);
  });
}
