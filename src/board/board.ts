import type { Storage } from '../index.ts';
import {
  type CentreDatabase,
  type CentreEnvironment,
  type CentrePlace,
  openCentreDatabase,
} from './centre-database.ts';
import type { BoardClock } from './clock.ts';
import { createDay, type Day } from './day.ts';
import { Desk } from './desk.ts';
import type { Figures } from './figures.ts';
import { loadDay } from './load-day.ts';
import { makeWrite } from './make-write.ts';
import { Random } from './random.ts';
import { resumeDay } from './resume-day.ts';
import { type Write, writesFor, writeWithin } from './traffic.ts';

/** How often one may draw in vain before a step is taken to have nothing more to tell. */
const MISSES_MAX = 200;

export interface BoardRequest {
  readonly seed: number;
  readonly sessions: number;
  readonly clock: BoardClock;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Resolves in a later turn of the event loop. */
  readonly pause: () => Promise<void>;
  readonly heapBytes: () => number;
  readonly onProgress: (phase: string, done: number, total: number) => void;
  /** Where the day is kept, and gone on with when there is one; in memory alone when absent. */
  readonly storage?: Storage | undefined;
  /** What ids are made of; from the seed when absent. With a storage unlike any before, as those ids are still there. */
  readonly random?: ((bytes: Uint8Array) => Uint8Array) | undefined;
  /** Given where the clock goes by real time and live queries are to see the next day begin. */
  readonly wake?: CentreEnvironment['wake'];
  readonly place?: CentrePlace;
  /** Brings a new day into the empty database; by default it is imported. Gives the milliseconds that it took. */
  readonly fill?: (db: CentreDatabase, day: Day) => Promise<number>;
}

/** What a step may do at most. */
export interface StepLimits {
  readonly changes: number;
  /** Time to spend; what is not done by then is left for the next step. */
  readonly milliseconds: number;
}

/** The centre in its database, with everything that watches it: moved step by step, read at any time. */
export class Board {
  readonly #request: BoardRequest;
  readonly #db: CentreDatabase;
  readonly #centre: Day['centre'];
  readonly #desk: Desk;
  readonly #random: Random;
  /** The day that it was opened with. */
  readonly day: Pick<Day, 'midnightMs' | 'openedAtMs'>;

  /**
   * Opens the database, fills it with the day up to the clock's present moment, or goes on with the day that is kept, and
   * begins to watch it.
   */
  static async open(request: BoardRequest): Promise<Board> {
    const { seed, sessions, clock, elapsed, pause, onProgress, wake, storage } = request;
    onProgress(storage === undefined ? 'making up a day' : 'reading what is kept', 0, sessions);
    await pause();
    let began = elapsed();
    const seeded = new Random(seed ^ 0x5eed);
    const random = request.random ?? ((bytes: Uint8Array) => seeded.fill(bytes));
    const env = { now: clock.now, elapsed, pause, random, wake };
    // It counts in bytes, of which how many sessions they are is not known yet.
    const onRead = ({ done, total }: { readonly done: number; readonly total: number }) => {
      const part = total === 0 ? 0 : done / total;
      onProgress('reading what is kept', Math.round(sessions * part), sessions);
    };
    const db = await openCentreDatabase(env, storage, onRead, request.place);
    const openingMs = elapsed() - began;
    const { lastCommitDate } = db;
    if (lastCommitDate !== undefined) clock.moveTo(Date.parse(lastCommitDate));
    const day = createDay({ seed: seed + db.sequence, sessions, openedAtMs: clock.now() });
    began = elapsed();
    if (lastCommitDate !== undefined) {
      await resumeDay(db, day, (done, total) => onProgress('going on with it', done, total));
      return new Board(request, db, day, openingMs + elapsed() - began);
    }
    const report = (done: number, total: number) => onProgress('importing it', done, total);
    const fill = request.fill ?? ((empty, fresh) => loadDay({ db: empty, day: fresh, elapsed, onProgress: report }));
    const importMs = await fill(db, day);
    return new Board(request, db, day, openingMs + importMs);
  }

  private constructor(request: BoardRequest, db: CentreDatabase, day: Day, openedMs: number) {
    this.#request = request;
    this.#db = db;
    this.#centre = day.centre;
    this.#random = new Random(request.seed + 1);
    const { midnightMs, openedAtMs } = day;
    const { clock, heapBytes } = request;
    this.day = { midnightMs, openedAtMs };
    this.#desk = new Desk({ db, clock, midnightMs, openedAtMs, openedMs, heapBytes });
  }

  /** The database of the centre, for whoever asks it more than the board shows. */
  get database(): CentreDatabase {
    return this.#db;
  }

  /** All changes since the opening. */
  get changes(): number {
    return this.#desk.meter.total;
  }

  get microsPerChange(): number | undefined {
    return this.#desk.meter.microsPerChange;
  }

  /**
   * Brings the database up to the clock's present moment: first what has come about in the centre, then, as far as the
   * limits let it, what goes on within sessions.
   */
  async step(limits: StepLimits): Promise<void> {
    const nowMs = this.#request.clock.now();
    const until = this.#request.elapsed() + limits.milliseconds;
    const changesMax = this.#desk.meter.total + limits.changes;
    const writes: Write[] = [];
    this.#centre.step(nowMs, limits.changes, (happening) => writes.push(...writesFor(happening)));
    for (const write of writes) await this.#make(write);
    let misses = 0;
    while (this.#desk.meter.total < changesMax && misses < MISSES_MAX && this.#request.elapsed() < until) {
      const write = writeWithin(this.#centre, this.#random, nowMs);
      if (write === undefined) misses++;
      else await this.#make(write);
    }
  }

  async #make(write: Write): Promise<void> {
    const started = this.#request.elapsed();
    await makeWrite(this.#db, write);
    this.#desk.meter.addBusy(this.#request.elapsed() - started);
  }

  /** Ends a second of `elapsedMs`: rates are counted by it, and agents whose time is over go offline. */
  endSecond(elapsedMs: number): void {
    this.#desk.endSecond(elapsedMs);
  }

  read(): Figures {
    return this.#desk.read();
  }

  async close(): Promise<void> {
    this.#desk.close();
    await this.#db.close();
  }
}
