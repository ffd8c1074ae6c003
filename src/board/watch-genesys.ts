import type { CentreDatabase } from './centre-database.ts';
import { ANSWER_SECONDS, type Queue } from './queues.ts';
import type { SessionCounts, Watch } from './watch.ts';

/** The nested values that tell where a conversation stands. */
interface Conversation {
  readonly lastConnectedQueue: { readonly id: string | null } | null;
  readonly lastConnectedUser: object | null;
  readonly attributes: { readonly [name: string]: { readonly value?: string | null } } | null;
}

/** What has become of the conversations of one queue that are over. */
interface Over {
  handled: number;
  inTime: number;
  lost: number;
}

const STATE = ['lastConnectedQueue', 'lastConnectedUser', 'attributes'] as const;

function isInTime({ attributes }: Conversation): boolean {
  return Number(attributes?.waitSeconds?.value ?? Number.NaN) <= ANSWER_SECONDS;
}

/**
 * GenesysSession of type conversation: open until endedDate, answered once lastConnectedUser is set. The queue is a
 * nested value, which cannot be grouped by; so a live query holds the open conversations, which are few, and its deltas
 * tell of each that ends, while those that were over at the opening come from a find.
 */
export function watchGenesys(db: CentreDatabase, midnight: string): Watch {
  const sessions = db.GenesysSession;
  const today = { type: 'conversation', createdDate: { $gte: midnight } } as const;
  const overByQueue = new Map<string, Over>();
  const tally = (conversation: Conversation) => {
    const key = conversation.lastConnectedQueue?.id ?? '';
    const over = overByQueue.get(key) ?? { handled: 0, inTime: 0, lost: 0 };
    overByQueue.set(key, over);
    if (conversation.lastConnectedUser === null) over.lost++;
    else over.handled++;
    if (isInTime(conversation)) over.inTime++;
  };
  for (const ended of sessions.find({ where: { ...today, endedDate: { $ne: null } }, select: STATE })) tally(ended);
  const open = sessions.live({ where: { ...today, endedDate: null }, select: ['id', 'createdDate', ...STATE] });
  open.delta$.subscribe(({ removed }) => {
    for (const { record } of removed) {
      const ended = sessions.get(record.id ?? '');
      if (ended !== undefined) tally(ended);
    }
  });
  return {
    queries: [open],
    countsOf({ key }: Queue): SessionCounts {
      const ours = open.getSnapshot().filter((conversation) => conversation.lastConnectedQueue?.id === key);
      const waiting = ours.filter((conversation) => conversation.lastConnectedUser === null);
      const arrivals = waiting.map((conversation) => conversation.createdDate ?? midnight);
      const over = overByQueue.get(key) ?? { handled: 0, inTime: 0, lost: 0 };
      return {
        waiting: waiting.length,
        oldest: arrivals.reduce<string | null>((oldest, at) => (oldest === null || at < oldest ? at : oldest), null),
        inSession: ours.length - waiting.length,
        answered: over.handled + ours.length - waiting.length,
        inTime: over.inTime + ours.filter(isInTime).length,
        lost: over.lost,
        handled: over.handled,
      };
    },
  };
}
