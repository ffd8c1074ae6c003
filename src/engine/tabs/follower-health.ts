import type { StorageHealth } from '../storage/storage-health.ts';

/** What a tab that follows another has to say of a storage that it does not write. */
export const NOTHING_STORED = {
  snapshotBytes: 0,
  snapshotSequence: 0,
  logBytes: 0,
  compacting: false,
  persisted: undefined,
  role: 'follower',
} as const satisfies Partial<StorageHealth>;
