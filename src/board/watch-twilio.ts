import type { CentreDatabase } from './centre-database.ts';
import { ANSWER_SECONDS, type Queue } from './queues.ts';
import type { SessionCounts, Watch } from './watch.ts';

interface Answered {
  readonly service_sid: string | null;
  readonly date_created: string | null;
  readonly date_started: string | null;
  readonly IsDeleted?: boolean;
}

function isInTime({ date_created, date_started }: Answered): boolean {
  if (date_created === null || date_started === null) return false;
  // Whole seconds, as the fields of the other vendors have them.
  return Math.floor((Date.parse(date_started) - Date.parse(date_created)) / 1000) <= ANSWER_SECONDS;
}

/**
 * TwilioProxySession: open while the customer waits, in-progress in talk, then closed. No field holds the wait, so it is worked
 * out when a session changes: for those of before from a find, for all others from the feed of changes. What comes by a sync may
 * be closed when it is first seen.
 */
export function watchTwilio(db: CentreDatabase, midnight: string): Watch {
  const sessions = db.TwilioProxySession;
  const { name } = sessions.definition;
  const today = { date_created: { $gte: midnight } } as const;
  const select = ['service_sid', 'date_created', 'date_started'] as const;
  const inTimeByService = new Map<string | null, number>();
  const tally = (session: Answered | undefined, by: number) => {
    if (session === undefined || session.IsDeleted === true) return;
    if (!isInTime(session) || (session.date_created ?? '') < midnight) return;
    inTimeByService.set(session.service_sid, (inTimeByService.get(session.service_sid) ?? 0) + by);
  };
  const byStatus = sessions.live({
    where: today,
    groupBy: ['service_sid', 'status'],
    select: { count: { $count: '*' }, started: { $count: 'date_started' }, oldest: { $min: 'date_created' } },
  });
  for (const session of sessions.find({ where: { ...today, date_started: { $ne: null } }, select })) tally(session, 1);
  const following = db.changes$.subscribe(({ changes }) => {
    for (const { object, before, after } of changes) {
      if (object !== name) continue;
      tally(before as Answered | undefined, -1);
      tally(after as Answered | undefined, 1);
    }
  });
  return {
    queries: [byStatus],
    stop: () => following.unsubscribe(),
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
