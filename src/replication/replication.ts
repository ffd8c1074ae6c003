// The public names of `sojourn/replication`, by hand.

export type { Conflict, ConflictHandler, ConflictPolicy, SettledConflict } from './conflict.ts';
export { type Connectivity, platformConnectivity } from './connectivity.ts';
export { type EndpointsOptions, endpoints, type ForeignMessage } from './endpoints.ts';
export { type HttpRemoteOptions, http } from './http.ts';
export type { ExportedEntry, Outbox, OutboxEntry } from './outbox.ts';
export type { PulledRow } from './pulled-row.ts';
export {
  type FailureKind,
  type PullPage,
  type Remote,
  RemoteFailure,
  type ResetReason,
  type StreamMessage,
} from './remote.ts';
export { type RecordState, type Replication, replicate } from './replicate.ts';
export type { ReplicateOptions } from './replicate-options.ts';
export { type RxdbHttpOptions, type RxdbPaths, rxdbHttp } from './rxdb-http.ts';
export { nextState, SYNC_EVENTS, SYNC_STATES, type SyncEvent, type SyncState } from './sync-machine.ts';
export { syncObjects } from './sync-objects.ts';
export type { SyncProgress, SyncStatus } from './sync-status.ts';
export type {
  PullRequest,
  PushAnswer,
  PushRequest,
  PushRow,
  RowAnswer,
  StreamDocuments,
  WireDocument,
} from './wire.ts';
