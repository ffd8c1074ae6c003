// The public names of `sojourn`, by hand. Whatever is not here or in another door may change without notice.

export { Collection, type CollectionOf } from './engine/collection.ts';
export type { ExportOptions } from './engine/calls/export-records.ts';
export type { ImportOptions, ImportResult } from './engine/calls/import-records.ts';
export type { ImportProblem } from './engine/calls/import-rows.ts';
export type {
  DeletedRecord,
  GetDeletedResult,
  GetUpdatedResult,
  ReplicationOptions,
} from './engine/calls/replication-calls.ts';
export type {
  DeleteResult,
  EmptyRecycleBinResult,
  SaveResult,
  UndeleteResult,
  UpsertResult,
  WriteOptions,
} from './engine/calls/results.ts';
export type { SearchHit, SearchOptions } from './engine/calls/search-records.ts';
export type { Transaction } from './engine/database.ts';
export type { DatabaseOptions } from './engine/open-parts.ts';
export type { CalendarOptions } from './soql/dates/calendar.ts';
export { type Database, openDatabase } from './soql/soql-database.ts';
export type { SearchResult, SearchRow } from './soql/search/run-sosl.ts';
export type { QueryOptions, QueryResult, SearchTextOptions } from './soql/soql-queries.ts';
export type { RowOf, SoqlRow } from './soql/soql-types.ts';
export { defineObject, type FieldDefinition, type ObjectDefinition } from './engine/definition/define-object.ts';
export type {
  Call,
  FieldSpec,
  FieldType,
  IdSpec,
  IndexSpec,
  LayoutSectionSpec,
  Migration,
  ObjectSpec,
  Roles,
  WriteContext,
  WriteRule,
} from './engine/definition/definition.ts';
export type {
  ChildRelationship,
  FieldDescription,
  ObjectDescription,
  ObjectSummary,
  PicklistEntry,
} from './engine/definition/describe.ts';
export type {
  LayoutComponent,
  LayoutDescription,
  LayoutItem,
  LayoutSection,
  RelatedList,
} from './engine/definition/describe-layout.ts';
export type { CreateOf, JsonValue, RecordOf, UpdateOf } from './engine/definition/infer.ts';
export { type Environment, systemEnvironment } from './engine/ground/environment.ts';
export { EngineError, ERROR_CODES, type ErrorCode, type Issue } from './engine/ground/errors.ts';
export { applyDelta, type Delta, type Placed } from './engine/live/delta.ts';
export { eraseDatabase } from './engine/erase-database.ts';
export { type KeyOptions, repairDatabase } from './engine/repair-database.ts';
export { restoreBackup } from './engine/restore-backup.ts';
export type { BackupOptions, RestoreOptions } from './engine/storage/backup.ts';
export type { Durability, StorageHealth } from './engine/storage/storage-health.ts';
export type { Repair } from './engine/storage/repair.ts';
export type { StorageKey } from './engine/storage/storage-key.ts';
export type { StorageProgress } from './engine/storage/storage-progress.ts';
export { memoryStorage } from './engine/storage/memory-storage.ts';
export type {
  BlockWrite,
  KeyRange,
  Storage,
  StorageConnection,
  StoredBlock,
} from './engine/storage/storage.ts';
export type { TextSpan } from './engine/search/highlight.ts';
export type { LiveOptions, LiveQuery } from './engine/live/live-query.ts';
export type { LiveWindow } from './engine/live/live-source.ts';
export type {
  Ago,
  Aggregate,
  AggregateQuery,
  CountQuery,
  Direction,
  Explanation,
  FindQuery,
  Operators,
  OrderBy,
  Query,
  ResultOf,
  Where,
} from './engine/query/query.ts';
export type { TransactionCollection } from './engine/transaction.ts';
export type { Progress } from './engine/transfer/progress.ts';
export type { Batch, Change, ChangeKind, Origin } from './engine/write/change.ts';
export { changeKind } from './engine/write/change.ts';
