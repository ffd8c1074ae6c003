/** Long work, for people who wait for it. */
export interface StorageProgress {
  readonly phase: 'open' | 'migrate' | 'compact' | 'backup' | 'restore';
  /** Records; while a database is opened, bytes read. */
  readonly done: number;
  /** How many there are; 0 while that is not known. */
  readonly total: number;
}

export type ProgressListener = (progress: StorageProgress) => void;

/** Tells a listener how far work has come, which goes on whatever it throws. */
export function createTeller(
  onProgress: ProgressListener | undefined,
  onError: (error: unknown) => void,
): ProgressListener {
  if (onProgress === undefined) return () => undefined;
  return (progress) => {
    try {
      onProgress(progress);
    } catch (error) {
      onError(error);
    }
  };
}
