// The public names of `sojourn/server`, by hand.

export { createSyncHandler, type SyncHandler, type SyncStats } from './create-sync-handler.ts';
export { type DatabaseMasterOptions, databaseMaster } from './database-master.ts';
export type {
  Master,
  MasterAnswer,
  MasterEntry,
  MasterPush,
  Position,
  PushOutcome,
  ReadAnswer,
  ReadRequest,
} from './master.ts';
export { masterObjects } from './master-objects.ts';
export { type NodeRequest, type NodeResponse, toNodeListener } from './node-listener.ts';
export type { MasterRow } from './row-verdict.ts';
export type { ErrorContext, SyncEvent, SyncHandlerOptions, SyncIdentity, SyncLimits } from './sync-options.ts';
