import type { Environment } from '../engine/ground/environment.ts';
import type { PolicyOf } from './apply-documents.ts';
import type { SettledConflict } from './conflict.ts';
import type { Remote } from './remote.ts';
import type { SyncedObject } from './sync-scope.ts';
import type { SyncProgress } from './sync-status.ts';
import type { SyncStore } from './sync-store.ts';

/** What the passes of a sync are made of. */
export interface SyncParts {
  readonly name: string;
  readonly at: SyncStore;
  readonly remote: Remote;
  readonly env: Environment;
  readonly objects: readonly SyncedObject[];
  readonly pushRows: number;
  readonly pullRows: number;
  readonly policyOf: PolicyOf;
  readonly onProgress: (progress: SyncProgress | undefined) => void;
  readonly onConflicts: (conflicts: readonly SettledConflict[]) => void;
}
