import {
  GenesysSession,
  genesys,
  LiveAgentSession,
  SOSSession,
  salesforce,
  TwilioProxySession,
  twilio,
} from '../collections/catalog.ts';
import type { CentreDatabase } from './centre-database.ts';
import { ChangeMeter } from './change-meter.ts';
import type { BoardClock } from './clock.ts';
import type { Figures } from './figures.ts';
import { Metrics } from './metrics.ts';

/** In the order shown. */
const SHOWN = [SOSSession.name, LiveAgentSession.name, GenesysSession.name, TwilioProxySession.name] as const;

export interface DeskRequest {
  readonly db: CentreDatabase;
  readonly clock: BoardClock;
  readonly midnightMs: number;
  readonly openedAtMs: number;
  readonly openedMs: number;
  readonly heapBytes: () => number;
}

/** One who watches a database of the centre: live queries, and a count of what changes. */
export class Desk {
  readonly meter = new ChangeMeter();
  readonly #request: DeskRequest;
  readonly #metrics: Metrics;
  readonly #stopCounting: () => void;

  constructor(request: DeskRequest) {
    const { db, midnightMs, openedAtMs } = request;
    this.#request = request;
    this.#metrics = new Metrics(db, midnightMs, openedAtMs);
    const counting = db.changes$.subscribe((batch) => {
      for (const change of batch.changes) this.meter.count(change.object);
    });
    this.#stopCounting = () => counting.unsubscribe();
  }

  /** Ends a second of `elapsedMs`: rates are counted by it, and agents whose time is over go offline. */
  endSecond(elapsedMs: number): void {
    this.meter.endSecond(elapsedMs);
    this.#metrics.moveTo(this.#request.clock.now());
  }

  read(): Figures {
    const { db, clock, openedMs, heapBytes } = this.#request;
    const { meter } = this;
    return {
      nowMs: clock.now(),
      queues: this.#metrics.read(),
      objects: SHOWN.map((name) => ({
        name,
        held: db[name].size,
        changesPerSecond: meter.perSecondOf(name),
        recent: meter.recentOf(name),
      })),
      held: [...salesforce, ...genesys, ...twilio].reduce((sum, { name }) => sum + db.collection(name).size, 0),
      openedMs,
      changesPerSecond: meter.changesPerSecond,
      microsPerChange: meter.microsPerChange,
      heapBytes: heapBytes(),
      liveQueries: this.#metrics.liveQueries,
    };
  }

  close(): void {
    this.#stopCounting();
    this.#metrics.close();
  }
}
