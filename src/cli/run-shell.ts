import { join } from 'node:path';
import { choosePaint } from '../board/line.ts';
import { formatCount } from '../board/words.ts';
import { describeError } from './describe-error.ts';
import { History } from './history.ts';
import { LiveViews } from './live-views.ts';
import { openSource, type Source } from './open-source.ts';
import type { ShellOptions } from './options.ts';
import { Output, OutputClosed } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { Prompt } from './prompt.ts';
import { readStatements, statementsOf } from './read-statements.ts';
import { runBatch } from './run-batch.ts';
import type { Session } from './session.ts';
import { visibleLines } from './visible-text.ts';
import type { World } from './world.ts';

const WIDTH = 80;
const ROWS_MAX = 200;
/** More lines than this at once nobody reads, and a terminal should not have to write. */
const NEWS_MAX = 500;

function openHistory({ variables, home }: World): History {
  const { SOJOURN_HISTORY: named } = variables;
  if (named === '') return History.open(undefined);
  return History.open(named ?? join(home, '.sojourn_history'));
}

function countRecords({ db, catalog }: Source): string {
  const records = catalog.names.reduce((sum, name) => sum + db.collection(name).size, 0);
  return `${formatCount(records)} records of ${catalog.names.length} objects`;
}

interface Parts {
  readonly options: ShellOptions;
  readonly world: World;
  readonly source: Source;
  readonly history: History;
  readonly isInteractive: boolean;
  readonly out: Output;
  readonly errors: Output;
  /** Called when live queries have something to tell. */
  readonly tell: () => void;
}

function createSession({ options, world, source, history, isInteractive, out, errors, tell }: Parts): Session {
  const settings = { format: options.format, rowsMax: ROWS_MAX };
  const isTerminal = world.output.isTTY === true;
  return {
    db: source.db,
    catalog: source.catalog,
    search: (text) => source.db.search(text),
    settings,
    live: new LiveViews(tell, isInteractive ? NEWS_MAX : undefined),
    traffic: source.traffic,
    history,
    out,
    note: (text) => (isInteractive || settings.format === 'table' ? out : errors).write(text),
    paint: choosePaint(isTerminal, world.variables),
    // What is cut for a reader without a screen is lost to it.
    width: () => (isTerminal ? world.output.columns || WIDTH : Number.POSITIVE_INFINITY),
    isInteractive,
    isTerminal,
    elapsed: world.elapsed,
    home: world.home,
  };
}

async function converse(parts: Omit<Parts, 'tell'>): Promise<boolean> {
  const { world, source, history, out } = parts;
  let announce = () => {};
  const session = createSession({ ...parts, tell: () => announce() });
  await out.write(`Sojourn ${world.version}: ${countRecords(source)}. \\? lists the commands, \\q ends.\n`);
  const prompt = new Prompt(session, history, world);
  announce = () => prompt.announce();
  await prompt.run();
  return true;
}

async function runAll(parts: Omit<Parts, 'tell'>): Promise<boolean> {
  const { options, world, errors } = parts;
  return runBatch({
    session: createSession({ ...parts, tell: () => {} }),
    statements: options.commands === undefined ? readStatements(world.input) : statementsOf(options.commands),
    seconds: options.seconds,
    wait: world.wait,
    writeError: (text) => errors.write(text),
  });
}

async function openAndRun(options: ShellOptions, world: World, errors: Output): Promise<boolean> {
  const { input, output, pause, elapsed } = world;
  const isInteractive = options.commands === undefined && input.isTTY === true && output.isTTY === true;
  const out = new Output(output, pause);
  const writeError = (text: string) => errors.write(visibleLines(text));
  const source = await openSource({
    options,
    world,
    progress: new ProgressLine(world.errors, elapsed),
    note: writeError,
    onFault: (error) => void writeError(`the live traffic has stopped: ${error}\n`),
  });
  try {
    const history = isInteractive ? openHistory(world) : History.open(undefined);
    const parts = { options, world, source, history, isInteractive, out, errors };
    return await (isInteractive ? converse(parts) : runAll(parts));
  } finally {
    await source.close();
  }
}

/** Runs a shell from its opening to its end. Returns the exit code of the process. */
export async function runShell(options: ShellOptions, world: World): Promise<number> {
  const errors = new Output(world.errors, world.pause);
  try {
    return (await openAndRun(options, world, errors)) ? 0 : 1;
  } catch (error) {
    // Whoever read the rows has seen enough of them.
    if (error instanceof OutputClosed) return 0;
    const text = describeError(error);
    if (text === undefined) throw error;
    await errors.write(`${text}\n`);
    return 1;
  }
}
