#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setImmediate as pause, setTimeout as sleep } from 'node:timers/promises';
import { systemEnvironment } from '../index.ts';
import { HELP, parseCommand } from './options.ts';
import { runDoctor } from './run-doctor.ts';
import { runShell } from './run-shell.ts';

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      process.stdout.write(`${HELP}\n`);
      return 0;
    case 'version':
      process.stdout.write(`${readVersion()}\n`);
      return 0;
    case 'mistake':
      process.stderr.write(`${command.message}. sojourn --help names what there is.\n`);
      return 2;
    case 'doctor':
      return runDoctor(command.path, {
        output: process.stdout,
        errors: process.stderr,
        elapsed: () => performance.now(),
        key: process.env.SOJOURN_KEY,
      });
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
