import type { CentreDatabase } from './centre-database.ts';
import { iso } from './iso.ts';
import type { Queue } from './queues.ts';

/**
 * LiveAgentSession: an agent is online until LogoutTime, which the object requires from the start and so lies ahead. A
 * query cannot have a bound that moves with time, so this one is opened anew as time goes on.
 */
export class AgentWatch {
  readonly liveQueries = 1;
  readonly #db: CentreDatabase;
  #online: ReturnType<typeof openOnline>;

  constructor(db: CentreDatabase, nowMs: number) {
    this.#db = db;
    this.#online = openOnline(db, nowMs);
  }

  moveTo(nowMs: number): void {
    this.#online.close();
    this.#online = openOnline(this.#db, nowMs);
  }

  onlineIn(queue: Queue): number {
    return this.#online.getSnapshot().find((row) => row.OwnerId === queue.groupId)?.count ?? 0;
  }

  close(): void {
    this.#online.close();
  }
}

function openOnline(db: CentreDatabase, nowMs: number) {
  return db.LiveAgentSession.live({
    where: { LogoutTime: { $gt: iso(nowMs) }, LoginTime: { $lte: iso(nowMs) } },
    groupBy: ['OwnerId'],
    select: { count: { $count: '*' } },
  });
}
