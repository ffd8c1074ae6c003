import { http } from '../replication/http.ts';
import { type Replication, replicate } from '../replication/replicate.ts';
import { CENTRE_OBJECT_NAMES, type CentreDatabase } from './centre-database.ts';
import { NetworkSwitch } from './network-switch.ts';
import { formatTime } from './words.ts';

/** What the board shows of how a side stands with the server. */
export interface SideFigures {
  readonly name: string;
  readonly isOnline: boolean;
  /** The state of its sync, or how much of the first fetching is done. */
  readonly state: string;
  /** Records that wait to be sent. */
  readonly pending: number;
  readonly rejected: number;
  /** Conflicts met since it was opened. */
  readonly conflicts: number;
  /** How long ago all that the server had was here; undefined before the first time. */
  readonly pulledMsAgo: number | undefined;
  /** The case that is edited by hand, as this side has it. */
  readonly note: string;
}

const PRIORITIES = ['High', 'Medium', 'Low'] as const;
const STATUSES = ['Working', 'Escalated', 'New'] as const;

/** A database on one side of the sync: a client of the server over HTTP, with a network that can be switched off. */
export class Side {
  readonly name: string;
  readonly db: CentreDatabase;
  readonly sync: Replication;
  readonly #network = new NetworkSwitch();
  readonly #now: () => number;
  #conflicts = 0;
  #edits = 0;

  /** Begins to sync at once. */
  constructor(name: string, db: CentreDatabase, url: string, now: () => number) {
    this.name = name;
    this.db = db;
    this.#now = now;
    const connectivity = this.#network;
    // Within one machine, to compress costs more than to send.
    const headers = { 'accept-encoding': 'identity' };
    this.sync = replicate(db, { remote: http({ url, headers }), objects: [...CENTRE_OBJECT_NAMES], connectivity });
    this.sync.conflicts$.subscribe(() => this.#conflicts++);
  }

  get isOnline(): boolean {
    return this.#network.isOnline();
  }

  toggleNetwork(): void {
    this.#network.toggle();
  }

  /**
   * An edit as a person makes it: of the one case, its subject, which both sides write, and a field that the other leaves alone.
   */
  async edit(): Promise<void> {
    const found = this.db.Case.findOne();
    const turn = this.#edits++;
    const Subject = `${this.name}${this.#edits} ${formatTime(this.#now())}`;
    if (found === undefined) {
      await this.db.Case.create({ Subject });
      return;
    }
    const own =
      this.name === 'A'
        ? { Priority: PRIORITIES[turn % PRIORITIES.length] }
        : { Status: STATUSES[turn % STATUSES.length] };
    await this.db.Case.update({ Id: found.Id, Subject, ...own });
  }

  read(): SideFigures {
    const { state, progress, pending, rejected, lastPullAt } = this.sync.status;
    const held = this.db.Case.findOne();
    const total = progress?.total ?? 0;
    const part = progress === undefined || total === 0 ? undefined : Math.min(1, progress.done / total);
    return {
      name: this.name,
      isOnline: this.isOnline,
      state: part === undefined ? state : `${Math.floor(part * 100)} %`,
      pending,
      rejected,
      conflicts: this.#conflicts,
      pulledMsAgo: lastPullAt === undefined ? undefined : Math.max(0, this.#now() - lastPullAt),
      note: held === undefined ? '–' : `${held.Subject ?? ''} ${held.Priority ?? ''} ${held.Status ?? ''}`,
    };
  }
}
