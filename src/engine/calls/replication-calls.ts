import { must } from '../ground/assert.ts';
import { formatDateTime, isDateTimeInRange, parseDateTime } from '../ground/date-time.ts';
import { createError } from '../ground/errors.ts';
import type { Reader } from '../query/reader.ts';
import type { StoredRecord } from '../record/record.ts';
import type { Store } from '../store/store.ts';

/** getUpdated and getDeleted (SOAP API Developer Guide, "Data Replication" and the pages of both calls). */

export interface GetUpdatedResult {
  readonly ids: readonly string[];
  /** Everything up to here has been told; the start of the next window. */
  readonly latestDateCovered: string;
}

export interface DeletedRecord {
  readonly id: string;
  readonly deletedDate: string;
}

export interface GetDeletedResult {
  readonly deletedRecords: readonly DeletedRecord[];
  /** Deletions up to this moment may have been purged. */
  readonly earliestDateAvailable: string;
  readonly latestDateCovered: string;
}

export interface ReplicationOptions {
  /** Lifts the limits on how far back a window may begin (30 days updated, 15 deleted, a purge) and on ids. */
  readonly unlimited?: boolean | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const UPDATED_DAYS = 30;
const DELETED_DAYS = 15;
const IDS_MAX = 600_000;

interface Window {
  readonly from: number;
  readonly to: number;
}

function timeOf(value: unknown, name: string): number {
  const ms = value instanceof Date ? value.getTime() : typeof value === 'string' ? parseDateTime(value) : Number.NaN;
  if (!isDateTimeInRange(ms)) throw createError('INVALID_REPLICATION_DATE', `${name} is no dateTime`);
  return minuteOf(ms);
}

/** Seconds are ignored by both calls. */
function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

function readWindow(store: Store, start: unknown, end: unknown, days: number, options: ReplicationOptions): Window {
  const from = timeOf(start, 'startDate');
  const to = timeOf(end, 'endDate');
  if (from >= to) throw createError('INVALID_REPLICATION_DATE', 'startDate must be before endDate');
  if (options.unlimited !== true && from < minuteOf(store.environment.now()) - days * DAY_MS)
    throw createError('INVALID_REPLICATION_DATE', `startDate cannot be more than ${days} days ago`);
  return { from, to };
}

function latestCovered(store: Store, window: Window): string {
  const now = minuteOf(store.environment.now());
  return formatDateTime(Math.max(window.from, Math.min(window.to, now)));
}

function assertIdCount(count: number, options: ReplicationOptions): void {
  if (count > IDS_MAX && options.unlimited !== true) throw createError('EXCEEDED_ID_LIMIT', `more than ${IDS_MAX} ids`);
}

/** The live records created or updated from `start` up to `end`, by SystemModstamp. */
export function getUpdated(
  store: Store,
  reader: Reader,
  start: unknown,
  end: unknown,
  options: ReplicationOptions,
): GetUpdatedResult {
  const window = readWindow(store, start, end, UPDATED_DAYS, options);
  const { id, stamp } = reader.entity.definition.roles;
  const where = { [stamp]: { $gte: formatDateTime(window.from), $lt: formatDateTime(window.to) } };
  const ids = reader.find({ where }).map((record) => record[id] as string);
  assertIdCount(ids.length, options);
  return { ids, latestDateCovered: latestCovered(store, window) };
}

/**
 * The records deleted from `start` up to `end` and still in the recycle bin. Throws `INVALID_REPLICATION_DATE`, also
 * where records deleted since `start` have been purged.
 */
export function getDeleted(
  store: Store,
  reader: Reader,
  start: unknown,
  end: unknown,
  options: ReplicationOptions,
): GetDeletedResult {
  const window = readWindow(store, start, end, DELETED_DAYS, options);
  if (window.to - window.from <= MINUTE_MS)
    throw createError('INVALID_REPLICATION_DATE', 'startDate must be more than one minute before endDate');
  const purged = store.lastPurgedMs(reader.entity);
  // A window that looked whole would hide deletions from whoever copies them.
  if (purged !== undefined && window.from <= purged && options.unlimited !== true)
    throw createError(
      'INVALID_REPLICATION_DATE',
      `deletions up to ${formatDateTime(purged)} have been purged, and startDate is not after it`,
    );
  const { table, definition } = reader.entity;
  const { id, stamp } = definition.roles;
  // The bin's own order hangs on what was undeleted and refused; slots tell which of one moment came first.
  const slots = [...table.bin].sort((left, right) => left - right);
  const records = slots.map((slot) => must(table.row(slot), 'a slot in the bin holds a record'));
  const timed = records.map((record: StoredRecord) => ({ record, at: parseDateTime(record[stamp] as string) }));
  const covered = timed
    .filter(({ at }) => at >= window.from && at < window.to)
    .sort((left, right) => left.at - right.at);
  assertIdCount(covered.length, options);
  const oldest = timed.reduce((least, { at }) => Math.min(least, at), store.environment.now());
  const earliest = purged ?? oldest;
  return {
    deletedRecords: covered.map(({ record }) => ({ id: record[id] as string, deletedDate: record[stamp] as string })),
    earliestDateAvailable: formatDateTime(earliest),
    latestDateCovered: latestCovered(store, window),
  };
}
