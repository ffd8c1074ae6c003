import type { Queue } from './queues.ts';

/** What live queries say of one queue's sessions of today. */
export interface SessionCounts {
  readonly waiting: number;
  /** The dateTime at which the one who has waited longest arrived; null when nobody waits. */
  readonly oldest: string | null;
  readonly inSession: number;
  readonly answered: number;
  readonly inTime: number;
  readonly lost: number;
  readonly handled: number;
}

/** The live queries over one family of sessions. */
export interface Watch {
  readonly queries: readonly { close(): void }[];
  /** Ends what else it follows. */
  stop?(): void;
  countsOf(queue: Queue): SessionCounts;
}
