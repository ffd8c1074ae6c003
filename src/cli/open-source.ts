import { Board } from '../board/board.ts';
import { openCentreDatabase } from '../board/centre-database.ts';
import { BoardClock } from '../board/clock.ts';
import { OPENED_AT_MS } from '../board/opened-at.ts';
import { formatCount } from '../board/words.ts';
import { Catalog } from './catalog.ts';
import { CentreTraffic } from './centre-traffic.ts';
import { describeImport } from './describe-import.ts';
import { type ExportFile, findFiles, loadEach, loadFile } from './load-path.ts';
import type { DayOptions, ShellOptions } from './options.ts';
import type { ProgressLine } from './progress-line.ts';
import type { ShellDatabase } from './session.ts';
import type { World } from './world.ts';

/** The database of a shell, filled. */
export interface Source {
  readonly db: ShellDatabase;
  readonly catalog: Catalog;
  readonly traffic: CentreTraffic | undefined;
  close(): Promise<void>;
}

export interface SourceRequest {
  readonly options: ShellOptions;
  readonly world: World;
  readonly progress: ProgressLine;
  /** Words about what was taken in. */
  readonly note: (text: string) => Promise<void>;
  /** Called when the traffic has ended by a fault. */
  readonly onFault: (error: unknown) => void;
}

/** The shell knows its objects only by name, so the types of the shipped ones are of no use to it. */
function withAnyObjects(db: unknown): ShellDatabase {
  return db as ShellDatabase;
}

function readCatalog(db: ShellDatabase): Catalog {
  const names = db.describeGlobal().sobjects.map(({ name }) => name);
  return new Catalog(names, (name) => db.collection(name).describe());
}

async function openDay(
  { world, progress, onFault }: SourceRequest,
  { seed, sessions, rate }: DayOptions,
): Promise<Source> {
  const { elapsed, pause, wait, wake } = world;
  const clock = new BoardClock(OPENED_AT_MS);
  const board = await Board.open({
    seed,
    sessions,
    clock,
    elapsed,
    pause,
    wake,
    heapBytes: () => 0,
    onProgress: (phase, done, total) =>
      progress.show(`A day of ${formatCount(total)} sessions: ${phase}, ${formatCount(done)}`),
  });
  const db = withAnyObjects(board.database);
  const traffic = new CentreTraffic({ board, clock, elapsed, wait, onFault });
  traffic.setRate(rate);
  const close = async () => {
    await traffic.stop();
    await board.close();
  };
  return { db, catalog: readCatalog(db), traffic, close };
}

async function openEmpty({ world: { now, elapsed, pause, wake, random } }: SourceRequest): Promise<Source> {
  const db = withAnyObjects(await openCentreDatabase({ now, elapsed, pause, wake, random }));
  return { db, catalog: readCatalog(db), traffic: undefined, close: () => db.close() };
}

async function loadPath({ options, progress, note }: SourceRequest, { db, catalog }: Source, path: string) {
  const { files, passedOver } = await findFiles(path, options.object, catalog);
  for (const name of passedOver) await note(`${name}: passed over, being named for no object\n`);
  const load = async (file: ExportFile) => {
    const onProgress = (done: number) => progress.show(`${file.path}: ${formatCount(done)} rows`);
    const result = await loadFile(db, file, onProgress).finally(() => progress.clear());
    await note(describeImport(file.path, file.object, result));
  };
  await loadEach(path, files, load, note);
}

/** Opens the database that the options ask for. Throws a `ShellError` when its records cannot be had. */
export async function openSource(request: SourceRequest): Promise<Source> {
  const { options, progress } = request;
  try {
    const source = await (options.day === undefined ? openEmpty(request) : openDay(request, options.day));
    progress.clear();
    try {
      if (options.path !== undefined) await loadPath(request, source, options.path);
      return source;
    } catch (error) {
      // Its traffic would keep the process alive for ever.
      await source.close();
      throw error;
    }
  } finally {
    progress.clear();
  }
}
