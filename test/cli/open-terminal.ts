import { PassThrough } from 'node:stream';
import { setImmediate as pause, setTimeout as sleep } from 'node:timers/promises';
import { systemEnvironment } from 'sojourn';
import { expect } from 'vitest';
import { parseCommand } from '../../src/cli/options.ts';
import { runShell } from '../../src/cli/run-shell.ts';
import type { World } from '../../src/cli/world.ts';

interface Screen extends PassThrough {
  isTTY?: boolean;
  columns?: number;
}

export interface TerminalRequest {
  readonly args?: readonly string[];
  readonly isTerminal?: boolean;
  readonly columns?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

function createStream(isTerminal: boolean, columns: number): { stream: Screen; read: () => string } {
  const stream: Screen = new PassThrough();
  if (isTerminal) Object.assign(stream, { isTTY: true, columns });
  const pieces: string[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(String(piece)));
  return { stream, read: () => pieces.join('') };
}

/** A shell in this process, with streams for a terminal. */
export function openTerminal({ args = [], isTerminal = true, columns = 80, variables = {} }: TerminalRequest = {}) {
  const command = parseCommand(['shell', ...args]);
  if (command.kind !== 'shell') throw new Error('the arguments open no shell');
  const input: Screen = new PassThrough();
  if (isTerminal) input.isTTY = true;
  const output = createStream(isTerminal, columns);
  const errors = createStream(false, columns);
  const { now, random, wake } = systemEnvironment();
  let waits = 0;
  const world: World = {
    input,
    output: output.stream,
    errors: errors.stream,
    variables: { SOJOURN_HISTORY: '', NO_COLOR: '1', ...variables },
    home: '/nowhere',
    version: '9.9.9',
    now,
    random,
    wake,
    elapsed: () => performance.now(),
    pause: () => pause(),
    wait: async (ms, signal) => {
      waits++;
      await sleep(ms, undefined, { signal }).catch(() => {});
      waits--;
    },
  };
  const ended = runShell(command.options, world);
  let seen = 0;
  return {
    ended,
    input,
    /** How many waits are under way, each of which keeps the process alive. */
    waits: () => waits,
    output: output.read,
    errors: errors.read,
    /** Types keys, one after the other as fingers do. */
    async type(text: string) {
      for (const key of text) {
        input.write(key);
        await pause();
      }
    },
    /** Waits until the output has `text`, after what has been waited for before; gives what came up to its end. */
    async until(text: string): Promise<string> {
      await expect.poll(() => output.read().slice(seen), { interval: 5 }).toContain(text);
      const end = output.read().indexOf(text, seen) + text.length;
      const fresh = output.read().slice(seen, end);
      seen = end;
      return fresh;
    },
  };
}
