import type { CentreDatabase } from './centre-database.ts';
import type { QueueFigures } from './figures.ts';
import { iso } from './iso.ts';
import { type Family, QUEUES } from './queues.ts';
import type { Watch } from './watch.ts';
import { AgentWatch } from './watch-agents.ts';
import { watchGenesys } from './watch-genesys.ts';
import { watchSos } from './watch-sos.ts';
import { watchTwilio } from './watch-twilio.ts';

/** The figures of every queue, read from live queries that are kept open for as long as the board runs. */
export class Metrics {
  readonly #watches: Readonly<Record<Family, Watch>>;
  readonly #agents: AgentWatch;

  constructor(db: CentreDatabase, midnightMs: number, nowMs: number) {
    const midnight = iso(midnightMs);
    this.#watches = {
      SOSSession: watchSos(db, midnight),
      GenesysSession: watchGenesys(db, midnight),
      TwilioProxySession: watchTwilio(db, midnight),
    };
    this.#agents = new AgentWatch(db, nowMs);
  }

  get liveQueries(): number {
    return Object.values(this.#watches).reduce((sum, watch) => sum + watch.queries.length, this.#agents.liveQueries);
  }

  /** Lets those go offline whose time is over. */
  moveTo(nowMs: number): void {
    this.#agents.moveTo(nowMs);
  }

  read(): QueueFigures[] {
    return QUEUES.map((queue) => {
      const { oldest, ...counts } = this.#watches[queue.family].countsOf(queue);
      return {
        name: queue.name,
        channel: queue.channel,
        online: this.#agents.onlineIn(queue),
        oldestMs: oldest === null ? undefined : Date.parse(oldest),
        ...counts,
      };
    });
  }

  close(): void {
    for (const watch of Object.values(this.#watches)) {
      for (const query of watch.queries) query.close();
      watch.stop?.();
    }
    this.#agents.close();
  }
}
