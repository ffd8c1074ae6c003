import type { CentreDatabase } from './centre-database.ts';
import { ANSWER_SECONDS, type Queue } from './queues.ts';
import type { SessionCounts, Watch } from './watch.ts';

/**
 * SOSSession: created when the customer arrives, StartTime set when answered, EndTime when over, SessionDuration only
 * when it was both; counts of those fields therefore say how many sessions have come how far.
 */
export function watchSos(db: CentreDatabase, midnight: string): Watch {
  const sessions = db.SOSSession;
  const today = { CreatedDate: { $gte: midnight } } as const;
  const all = sessions.live({
    where: today,
    groupBy: ['DeploymentId'],
    select: { answered: { $count: 'StartTime' }, ended: { $count: 'EndTime' }, handled: { $count: 'SessionDuration' } },
  });
  const waiting = sessions.live({
    where: { ...today, StartTime: null, EndTime: null },
    groupBy: ['DeploymentId'],
    select: { count: { $count: '*' }, oldest: { $min: 'CreatedDate' } },
  });
  const inTime = sessions.live({
    where: { ...today, WaitDuration: { $lte: ANSWER_SECONDS } },
    groupBy: ['DeploymentId'],
    select: { count: { $count: '*' } },
  });
  return {
    queries: [all, waiting, inTime],
    countsOf({ key }: Queue): SessionCounts {
      const isOurs = (row: { readonly DeploymentId: string | null }) => row.DeploymentId === key;
      const { answered, ended, handled } = all.getSnapshot().find(isOurs) ?? { answered: 0, ended: 0, handled: 0 };
      const line = waiting.getSnapshot().find(isOurs);
      return {
        waiting: line?.count ?? 0,
        oldest: line?.oldest ?? null,
        inSession: answered - handled,
        answered,
        inTime: inTime.getSnapshot().find(isOurs)?.count ?? 0,
        lost: ended - handled,
        handled,
      };
    },
  };
}
