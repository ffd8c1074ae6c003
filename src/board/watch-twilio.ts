import type { CentreDatabase } from './centre-database.ts';
import { ANSWER_SECONDS, type Queue } from './queues.ts';
import type { SessionCounts, Watch } from './watch.ts';

interface Answered {
  readonly service_sid: string | null;
  readonly date_created: string | null;
  readonly date_started: string | null;
}

function isInTime({ date_created, date_started }: Answered): boolean {
  if (date_created === null || date_started === null) return false;
  // Whole seconds, as the fields of the other vendors have them.
  return Math.floor((Date.parse(date_started) - Date.parse(date_created)) / 1000) <= ANSWER_SECONDS;
}

/**
 * TwilioProxySession: open while the customer waits, in-progress in talk, then closed. No field holds the wait, so it is
 * worked out once for each session: for those over at the opening from a find, for all others from the deltas of a live
 * query, which tell of each when it goes in progress.
 */
export function watchTwilio(db: CentreDatabase, midnight: string): Watch {
  const sessions = db.TwilioProxySession;
  const today = { date_created: { $gte: midnight } } as const;
  const select = ['service_sid', 'date_created', 'date_started'] as const;
  const inTimeByService = new Map<string | null, number>();
  const tally = (session: Answered) => {
    if (isInTime(session))
      inTimeByService.set(session.service_sid, (inTimeByService.get(session.service_sid) ?? 0) + 1);
  };
  const byStatus = sessions.live({
    where: today,
    groupBy: ['service_sid', 'status'],
    select: { count: { $count: '*' }, started: { $count: 'date_started' }, oldest: { $min: 'date_created' } },
  });
  for (const session of sessions.find({ where: { ...today, status: 'closed', date_started: { $ne: null } }, select }))
    tally(session);
  const inProgress = sessions.live({ where: { ...today, status: 'in-progress' }, select });
  inProgress.delta$.subscribe((delta) => {
    for (const { record } of delta.added) tally(record);
  });
  return {
    queries: [byStatus, inProgress],
    countsOf({ key }: Queue): SessionCounts {
      const rows = byStatus.getSnapshot().filter((row) => row.service_sid === key);
      const open = rows.find((row) => row.status === 'open');
      const closed = rows.find((row) => row.status === 'closed');
      const inSession = rows.find((row) => row.status === 'in-progress')?.count ?? 0;
      const handled = closed?.started ?? 0;
      return {
        waiting: open?.count ?? 0,
        oldest: open?.oldest ?? null,
        inSession,
        answered: inSession + handled,
        inTime: inTimeByService.get(key) ?? 0,
        lost: (closed?.count ?? 0) - handled,
        handled,
      };
    },
  };
}
