import { performance } from 'node:perf_hooks';
import { setImmediate as pause, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EngineError, systemEnvironment } from '../index.ts';
import { levelStorage } from '../level/level-storage.ts';
import { BoardClock } from './clock.ts';
import { boardWidth, createFrame, createSummary, createSummaryHead } from './frame.ts';
import { choosePaint, plain } from './line.ts';
import { OPENED_AT_MS } from './opened-at.ts';
import { OpenedBoard } from './opened-board.ts';
import { type BoardOptions, HELP, parseCommand } from './options.ts';
import { createProgressFrame } from './progress-frame.ts';
import { readKeys } from './read-keys.ts';
import { runLive } from './run-live.ts';
import { runSeconds } from './run-seconds.ts';
import { Screen } from './screen.ts';
import { SIDE_HEADINGS, sideCells } from './sync-section.ts';
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
): Promise<OpenedBoard> {
  const storage = options.data === undefined ? undefined : levelStorage(options.data);
  const system = systemEnvironment();
  const request = { options, clock, elapsed, heapBytes, onProgress, storage, system, pause: () => pause() };
  const opened = await OpenedBoard.open(request);
  collectGarbage();
  return opened;
}

/** A frame as wide as the output, or as a board is at least. */
function plainFrame(opened: OpenedBoard): string {
  const { figures, more } = opened.read();
  return `${createFrame(figures, process.stdout.columns ?? boardWidth(0), plain, more).join('\n')}\n`;
}

async function printOnce(options: BoardOptions): Promise<void> {
  const clock = new BoardClock(OPENED_AT_MS);
  const opened = await openBoard(options, clock, () => {});
  await runSeconds(opened.board, clock, options.rate);
  await opened.sides?.inSync();
  opened.endSecond(1000);
  process.stdout.write(plainFrame(opened));
  await opened.close();
}

async function printLines(options: BoardOptions, signal: AbortSignal): Promise<void> {
  const clock = new BoardClock(OPENED_AT_MS);
  const opened = await openBoard(options, clock, () => signal.throwIfAborted());
  const { board, sides } = opened;
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
    onSecond: (elapsedMs) => {
      opened.endSecond(elapsedMs);
      const hasHead = lines++ % LINES_A_HEAD === 0;
      if (hasHead) process.stdout.write(`${createSummaryHead(sides === undefined ? [] : SIDE_HEADINGS)}\n`);
      process.stdout.write(`${createSummary(board.read(), sides === undefined ? [] : sideCells(sides.readSides()))}\n`);
    },
  });
  await opened.close();
}

async function showScreen(options: BoardOptions, screen: Screen, stopped: AbortController): Promise<void> {
  const terminal = process.stdout;
  const { signal } = stopped;
  const paint = choosePaint(true, process.env);
  const clock = new BoardClock(OPENED_AT_MS);
  let opened: OpenedBoard | undefined;
  const show = () => {
    if (opened === undefined) return;
    const { figures, more } = opened.read(terminal.rows);
    screen.show(createFrame(figures, terminal.columns, paint, more));
  };
  screen.open();
  const letKeysGo = readKeys(process.stdin, (key) => {
    if (opened?.press(key) === false || key === 'q') stopped.abort();
    else show();
  });
  terminal.on('resize', () => screen.forget());
  try {
    opened = await openBoard(options, clock, (phase, done, total) => {
      signal.throwIfAborted();
      screen.show(createProgressFrame(phase, done, total, terminal.columns, paint));
    });
    screen.forget();
    await runLive({
      board: opened.board,
      clock,
      rate: options.rate,
      seconds: options.seconds,
      signal,
      elapsed,
      wait: (ms) => sleep(ms, undefined, { signal }).catch(() => {}),
      onTick: (tick) => {
        if (tick % TICKS_A_FRAME === 0) show();
      },
      onSecond: (elapsedMs) => opened?.endSecond(elapsedMs),
    });
  } finally {
    letKeysGo();
    screen.close();
  }
  const { changes, microsPerChange } = opened.board;
  terminal.write(`${formatCount(changes)} changes, the last of them at ${formatMicros(microsPerChange)} each\n`);
  await opened.close();
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
    else if (process.stdout.isTTY) await showScreen(command.options, screen, stopped);
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
