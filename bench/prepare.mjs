/** Brings what the bench runs on: the peers from npm, and Sojourn as it is published. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));

function run(command, args, cwd) {
  console.log(`> ${command} ${args.join(' ')}`);
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status}.`);
}

export function prepare(peers) {
  if (!existsSync(`${BENCH}node_modules`)) run('npm', ['ci', '--no-audit', '--no-fund'], BENCH);
  const wanted = peers.includes('sojourn') && !existsSync(`${ROOT}dist`);
  if (wanted) run('npx', ['tsup', '--silent', '--no-dts'], ROOT);
}
