import type { WireDocument } from '../replication/wire.ts';
import { FORBIDDEN } from './decide-row.ts';
import { entityOf, type MasterAnswer } from './master.ts';
import type { MasterRow } from './row-verdict.ts';
import type { SyncContext } from './sync-context.ts';

/** A row as it came. */
export interface GivenRow {
  readonly object: string;
  readonly assumedMasterState?: unknown;
  readonly newDocumentState: unknown;
}

/** Why a row is not given to a master. */
export interface UnreadRow {
  readonly refusal: MasterAnswer;
}

function refusal(code: string, message: string, fields: string[] = []): UnreadRow {
  return { refusal: { status: 'refused', code, message, fields } };
}

/** Reads a row: its object must be offered, its id be one of that object, in the one form that ids have. */
export function readRow({ master, objects }: SyncContext, given: GivenRow, isWhole: boolean): MasterRow | UnreadRow {
  const entity = objects.has(given.object) ? entityOf(master, given.object) : undefined;
  if (entity === undefined) return { refusal: FORBIDDEN as MasterAnswer };
  const { ids, definition } = entity;
  const idField = definition.roles.id;
  const next = given.newDocumentState as WireDocument;
  const assumed = (given.assumedMasterState ?? undefined) as WireDocument | undefined;
  const id = next[idField];
  if (typeof id !== 'string' || ids.normalize(id) !== id || !ids.owns(id))
    return refusal('MALFORMED_ID', `${definition.name}: ${idField} is no id of this object in its full form`, [
      idField,
    ]);
  if (assumed !== undefined && (assumed[idField] ?? id) !== id)
    return refusal('MALFORMED_ID', `${definition.name}: both states of a row have the same ${idField}`, [idField]);
  return { object: given.object, id, assumed, next, isWhole };
}
