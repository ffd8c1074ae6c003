import { SERVICE_LEVEL_TARGET } from './queues.ts';

/** What the board shows of one queue. All of it comes from live queries. */
export interface QueueFigures {
  readonly name: string;
  readonly channel: string;
  readonly online: number;
  readonly inSession: number;
  readonly waiting: number;
  /** When the one who has waited longest arrived; undefined when nobody waits. */
  readonly oldestMs: number | undefined;
  /** Answered so far today, and how many of those in time. */
  readonly answered: number;
  readonly inTime: number;
  /** Gave up waiting. */
  readonly lost: number;
  /** Answered and over. */
  readonly handled: number;
}

/** What the board shows of one object. */
export interface ObjectFigures {
  readonly name: string;
  readonly held: number;
  readonly changesPerSecond: number;
  /** Changes in each of the last seconds, the newest last. */
  readonly recent: readonly number[];
}

export interface Figures {
  /** The board's clock. */
  readonly nowMs: number;
  readonly queues: readonly QueueFigures[];
  readonly objects: readonly ObjectFigures[];
  /** Records of all objects, users and queues too. */
  readonly held: number;
  readonly openedMs: number;
  readonly changesPerSecond: number;
  /** What one write takes, with every live query brought up to date; undefined before the first. */
  readonly microsPerChange: number | undefined;
  readonly heapBytes: number;
  readonly liveQueries: number;
}

/** All queues together. */
export function totalOf(queues: readonly QueueFigures[]): QueueFigures {
  const sum = (read: (queue: QueueFigures) => number) => queues.reduce((total, queue) => total + read(queue), 0);
  const oldest = queues.flatMap((queue) => (queue.oldestMs === undefined ? [] : [queue.oldestMs]));
  return {
    name: 'All queues',
    channel: '',
    online: sum((queue) => queue.online),
    inSession: sum((queue) => queue.inSession),
    waiting: sum((queue) => queue.waiting),
    oldestMs: oldest.length === 0 ? undefined : Math.min(...oldest),
    answered: sum((queue) => queue.answered),
    inTime: sum((queue) => queue.inTime),
    lost: sum((queue) => queue.lost),
    handled: sum((queue) => queue.handled),
  };
}

/** The part of those who came and were answered in time; those who gave up count against it. Undefined for none. */
export function serviceLevelOf(queue: QueueFigures): number | undefined {
  const offered = queue.answered + queue.lost;
  return offered === 0 ? undefined : queue.inTime / offered;
}

export type Tone = 'good' | 'fair' | 'poor' | undefined;

const FAIR_LEVEL = 0.7;
const FAIR_WAIT_MS = 60_000;
const POOR_WAIT_MS = 120_000;

/** Goes by the level as it is shown, to a tenth of a percent: 80.0 % must not look like a miss. */
export function serviceLevelTone(level: number | undefined): Tone {
  if (level === undefined) return undefined;
  const shown = Math.round(level * 1000) / 1000;
  return shown >= SERVICE_LEVEL_TARGET ? 'good' : shown >= FAIR_LEVEL ? 'fair' : 'poor';
}

/** A wait says something only once it is long. */
export function waitTone(waitMs: number | undefined): Tone {
  if (waitMs === undefined || waitMs < FAIR_WAIT_MS) return undefined;
  return waitMs < POOR_WAIT_MS ? 'fair' : 'poor';
}
