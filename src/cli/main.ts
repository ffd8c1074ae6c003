#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setImmediate as pause, setTimeout as sleep } from 'node:timers/promises';
import { systemEnvironment } from '../index.ts';
import { HELP, parseCommand } from './options.ts';
import { runShell } from './run-shell.ts';
import { runServe } from './serve/run-serve.ts';
import { SERVE_HELP, type ServeOptions } from './serve/serve-options.ts';

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

const LOOP_RESOLUTION_MS = 10;
const NANOS = 1e9;

function serve(options: ServeOptions): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / NANOS - LOOP_RESOLUTION_MS / 1000) || 0;
  const { now, random, wake } = systemEnvironment();
  return runServe(options, {
    output: process.stdout,
    errors: process.stderr,
    variables: process.env,
    now,
    random,
    wake,
    elapsed: () => performance.now(),
    readProcess: () => {
      const loopDelay = { half: late(delay.percentile(50)), most: late(delay.percentile(99)) };
      delay.reset();
      return { residentBytes: process.memoryUsage.rss(), loopDelay };
    },
    onEndAsked: (listener) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
      return () => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener);
      };
    },
    exit: (code) => process.exit(code),
  });
}

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2), process.env);
  switch (command.kind) {
    case 'help':
      process.stdout.write(`${HELP}\n`);
      return 0;
    case 'serve-help':
      process.stdout.write(`${SERVE_HELP}\n`);
      return 0;
    case 'serve':
      return serve(command.options);
    case 'version':
      process.stdout.write(`${readVersion()}\n`);
      return 0;
    case 'mistake':
      process.stderr.write(`${command.message}. sojourn --help names what there is.\n`);
      return 2;
    case 'doctor': {
      // Loaded only here: LevelDB is installed beside by those who keep something in it.
      const { runDoctor } = await import('./run-doctor.ts');
      return runDoctor(command.path, {
        output: process.stdout,
        errors: process.stderr,
        elapsed: () => performance.now(),
        key: process.env.SOJOURN_KEY,
      });
    }
    case 'shell':
      break;
  }
  const { now, random, wake } = systemEnvironment();
  return runShell(command.options, {
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    variables: process.env,
    home: homedir(),
    version: readVersion(),
    now,
    random,
    wake,
    elapsed: () => performance.now(),
    pause: () => pause(),
    wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
  });
}

process.exitCode = await main();
