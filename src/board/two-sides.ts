import type { Environment, Storage } from '../index.ts';
import { syncObjects } from '../replication/sync-objects.ts';
import { Board, type BoardRequest } from './board.ts';
import { type CentreDatabase, openCentreDatabase } from './centre-database.ts';
import type { Day } from './day.ts';
import { Desk } from './desk.ts';
import type { Figures } from './figures.ts';
import { loadDay } from './load-day.ts';
import { Side, type SideFigures } from './side.ts';
import { type BoardServer, startServer } from './start-server.ts';

export interface TwoSidesRequest extends Omit<BoardRequest, 'storage' | 'wake' | 'place' | 'fill'> {
  /** Real time, by which syncs wait, and unpredictable bytes: no two databases may make the same ids. */
  readonly system: Pick<Environment, 'random' | 'wake' | 'digest'>;
  /** The port of the server; 0 for any that is free. */
  readonly port: number;
  /** Where all three databases are kept; in memory alone when absent. */
  readonly storage?: Storage | undefined;
}

/**
 * The centre and its board at A, a second board at B, and a server between them: three databases, of which two are clients of the
 * third over HTTP. The traffic of the centre is written at A.
 */
export class TwoSides {
  readonly board: Board;
  readonly a: Side;
  readonly b: Side;
  readonly #server: BoardServer;
  readonly #far: Desk;

  /** Opens all three. A new day is imported at the server; A has it when this resolves, B fetches it from then on. */
  static async open(request: TwoSidesRequest): Promise<TwoSides> {
    const { clock, elapsed, pause, system, storage, port, sessions, onProgress } = request;
    const env: Environment = { ...system, now: clock.now, elapsed, pause };
    const server = await startServer(env, storage, port);
    let a: Side | undefined;
    const fill = async (db: CentreDatabase, day: Day) => {
      const began = elapsed();
      const report = (done: number, total: number) => onProgress('importing it at the server', done, total);
      if (server.db.LiveAgentSession.size === 0) await loadDay({ db: server.db, day, elapsed, onProgress: report });
      a = new Side('A', db, server.url, clock.now);
      const watching = a.sync.status$.subscribe(({ progress }) => {
        // Agents and the like come with the sessions, so that there are more records than of these.
        if (progress !== undefined) onProgress('fetching it', Math.min(progress.done, sessions), sessions);
      });
      await a.sync.inSync().finally(() => watching.unsubscribe());
      return elapsed() - began;
    };
    try {
      const { random, wake } = system;
      const place = { name: 'wallboard', more: syncObjects };
      const board = await Board.open({ ...request, random: request.random ?? random, wake, place, fill });
      a ??= new Side('A', board.database, server.url, clock.now);
      if (board.database.Case.size === 0) await board.database.Case.create({ Subject: 'Call back' });
      const far = await openCentreDatabase(env, storage, undefined, { name: 'wallboard-b', more: syncObjects });
      return new TwoSides(request, board, server, a, new Side('B', far, server.url, clock.now));
    } catch (error) {
      await a?.sync.close();
      await server.close();
      throw error;
    }
  }

  private constructor({ clock, heapBytes }: TwoSidesRequest, board: Board, server: BoardServer, a: Side, b: Side) {
    this.board = board;
    this.a = a;
    this.b = b;
    this.#server = server;
    this.#far = new Desk({ db: b.db, clock, ...board.day, openedMs: 0, heapBytes });
  }

  readSides(): SideFigures[] {
    return [this.a.read(), this.b.read()];
  }

  /** What the board at B shows. */
  readFar(): Figures {
    return this.#far.read();
  }

  endSecond(elapsedMs: number): void {
    this.#far.endSecond(elapsedMs);
  }

  /** Edits the case by hand on each side that is offline; where none is, at A. */
  async edit(): Promise<void> {
    const offline = [this.a, this.b].filter((side) => !side.isOnline);
    for (const side of offline.length === 0 ? [this.a] : offline) await side.edit();
  }

  /** Resolves when each has what the other wrote; both must be online. */
  async inSync(): Promise<void> {
    // What B sends in the second turn A has after the third.
    for (const side of [this.a, this.b, this.a]) await side.sync.inSync();
  }

  async close(): Promise<void> {
    this.#far.close();
    await this.a.sync.close();
    await this.b.sync.close();
    await this.#server.close();
    await this.b.db.close();
    await this.board.close();
  }
}
