import { randomFillSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setImmediate as pause, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EngineError } from '../index.ts';
import { levelStorage } from '../level/level-storage.ts';
import { Board } from './board.ts';
import { BoardClock } from './clock.ts';
import { boardWidth, createFrame, createSummary, createSummaryHead } from './frame.ts';
import { choosePaint, plain } from './line.ts';
import { OPENED_AT_MS } from './opened-at.ts';
import { type BoardOptions, HELP, parseCommand } from './options.ts';
import { createProgressFrame } from './progress-frame.ts';
import { runLive } from './run-live.ts';
import { runSeconds } from './run-seconds.ts';
import { Screen } from './screen.ts';
import { formatCount, formatMicros } from './words.ts';

const PLAIN_SECONDS = 10;
const TICKS_A_FRAME = 4;
const LINES_A_HEAD = 20;

const elapsed = () => performance.now();

function heapBytes(): number {
  // Columns and indexes are typed arrays, which the heap itself does not count.
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Clears away what making the day has left behind, so that the heap shown is what the records take. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

async function openBoard(
  options: BoardOptions,
  clock: BoardClock,
  onProgress: (phase: string, done: number, total: number) => void,
) {
  const { seed, sessions, data } = options;
  const storage = data === undefined ? undefined : levelStorage(data);
  const random = data === undefined ? undefined : (bytes: Uint8Array) => randomFillSync(bytes);
  const request = { seed, sessions, clock, elapsed, heapBytes, onProgress, storage, random, pause: () => pause() };
  const board = await Board.open(request);
  collectGarbage();
  return board;
}

async function printOnce(options: BoardOptions): Promise<void> {
  const clock = new BoardClock(OPENED_AT_MS);
  const board = await openBoard(options, clock, () => {});
  await runSeconds(board, clock, options.rate);
  process.stdout.write(`${createFrame(board.read(), process.stdout.columns ?? boardWidth(0), plain).join('\n')}\n`);
  await board.close();
}

async function printLines(options: BoardOptions, signal: AbortSignal): Promise<void> {
  const clock = new BoardClock(OPENED_AT_MS);
  const board = await openBoard(options, clock, () => signal.throwIfAborted());
  let lines = 0;
  await runLive({
    board,
    clock,
    rate: options.rate,
    seconds: options.seconds ?? PLAIN_SECONDS,
    signal,
    elapsed,
    wait: (ms) => sleep(ms, undefined, { signal }).catch(() => {}),
    onTick: () => {},
    onSecond: () => {
      if (lines++ % LINES_A_HEAD === 0) process.stdout.write(`${createSummaryHead()}\n`);
      process.stdout.write(`${createSummary(board.read())}\n`);
    },
  });
  await board.close();
}

async function showScreen(options: BoardOptions, screen: Screen, signal: AbortSignal): Promise<void> {
  const terminal = process.stdout;
  const paint = choosePaint(true, process.env);
  const clock = new BoardClock(OPENED_AT_MS);
  screen.open();
  terminal.on('resize', () => screen.forget());
  const board = await openBoard(options, clock, (phase, done, total) => {
    signal.throwIfAborted();
    screen.show(createProgressFrame(phase, done, total, terminal.columns, paint));
  });
  screen.forget();
  await runLive({
    board,
    clock,
    rate: options.rate,
    seconds: options.seconds,
    signal,
    elapsed,
    wait: (ms) => sleep(ms, undefined, { signal }).catch(() => {}),
    onTick: (tick) => {
      if (tick % TICKS_A_FRAME === 0) screen.show(createFrame(board.read(), terminal.columns, paint));
    },
    onSecond: () => {},
  });
  screen.close();
  terminal.write(
    `${formatCount(board.changes)} changes, the last of them at ${formatMicros(board.microsPerChange)} each\n`,
  );
  await board.close();
}

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === 'help') {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  if (command.kind === 'mistake') {
    process.stderr.write(`${command.message}. --help names the flags.\n`);
    process.exitCode = 2;
    return;
  }
  const stopped = new AbortController();
  const screen = new Screen(process.stdout);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopped.abort());
  // Whoever reads the lines may have seen enough.
  process.stdout.on('error', () => process.exit());
  process.on('exit', () => screen.close());
  process.on('uncaughtExceptionMonitor', () => screen.close());
  try {
    if (command.options.once) await printOnce(command.options);
    else if (process.stdout.isTTY) await showScreen(command.options, screen, stopped.signal);
    else await printLines(command.options, stopped.signal);
  } catch (error) {
    screen.close();
    // Stopped while it was being opened.
    if (stopped.signal.aborted) return;
    // What is wrong with the folder given is for who gave it, and needs no trace of calls.
    if (!(error instanceof EngineError)) throw error;
    process.stderr.write(`${error.code}: ${error.message}\n`);
    process.exitCode = 1;
  }
}

await main();
