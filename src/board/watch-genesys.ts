import type { CentreDatabase } from './centre-database.ts';
import { ANSWER_SECONDS, QUEUES, type Queue } from './queues.ts';
import type { SessionCounts, Watch } from './watch.ts';

/** Every wait that is in time, in the form that attributes have. */
const TIMELY_WAITS = Array.from({ length: ANSWER_SECONDS + 1 }, (_, seconds) => String(seconds));

/**
 * GenesysSession of type conversation: the queue is a nested value, which can be asked for but not grouped by, so each
 * queue has its own queries. What came of the routing is null while the customer waits, then Answered or Abandon.
 */
function watchQueue(db: CentreDatabase, midnight: string, { key }: Queue) {
  const ours = { type: 'conversation', 'lastConnectedQueue.id': key, createdDate: { $gte: midnight } } as const;
  const byOutcome = db.GenesysSession.live({
    where: ours,
    groupBy: ['lastAcdOutcome'],
    select: { count: { $count: '*' }, ended: { $count: 'endedDate' }, oldest: { $min: 'createdDate' } },
  });
  const inTime = db.GenesysSession.live({
    where: { ...ours, 'attributes.waitSeconds.value': { $in: TIMELY_WAITS } },
    select: { count: { $count: '*' } },
  });
  return { byOutcome, inTime };
}

export function watchGenesys(db: CentreDatabase, midnight: string): Watch {
  const queues = QUEUES.filter((queue) => queue.family === 'GenesysSession');
  const watches = new Map(queues.map((queue) => [queue, watchQueue(db, midnight, queue)]));
  return {
    queries: [...watches.values()].flatMap(({ byOutcome, inTime }) => [byOutcome, inTime]),
    countsOf(queue: Queue): SessionCounts {
      const watch = watches.get(queue);
      const rows = watch?.byOutcome.getSnapshot() ?? [];
      const waiting = rows.find((row) => row.lastAcdOutcome === null);
      const answered = rows.find((row) => row.lastAcdOutcome === 'Answered');
      const lost = rows.find((row) => row.lastAcdOutcome === 'Abandon');
      return {
        waiting: waiting?.count ?? 0,
        oldest: waiting?.oldest ?? null,
        inSession: (answered?.count ?? 0) - (answered?.ended ?? 0),
        answered: answered?.count ?? 0,
        inTime: watch?.inTime.getSnapshot()[0]?.count ?? 0,
        lost: lost?.count ?? 0,
        handled: answered?.ended ?? 0,
      };
    },
  };
}
