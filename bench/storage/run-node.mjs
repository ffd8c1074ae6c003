/** Every peer in Node: loaded, opened, written to, and opened again to see that all is there. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sizeOf } from './disk.mjs';
import { medianOf } from './figures.mjs';
import { assertSame, BATCH, COMMITS, columnsOf, expectedSums, jsonBytes, storedRanges } from './records.mjs';

const CHILD = fileURLToPath(new URL('./node-child.mjs', import.meta.url));
const OPENINGS = 3;
const CHILD_MS = 300_000;

/** What a child says. One that kills itself has said so before. */
function run(what, name, place, size) {
  const { stdout, signal, status, error } = spawnSync(process.execPath, [CHILD, what, name, place, String(size)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: CHILD_MS,
    killSignal: 'SIGKILL',
  });
  const last = stdout?.trim().split('\n').at(-1) ?? '';
  if (error || !last.startsWith('{')) throw error ?? new Error(`${what} of ${name} ended with ${signal ?? status}.`);
  return JSON.parse(last);
}

function measure(name, folder, columns, size) {
  mkdirSync(folder);
  const place = join(folder, 'data');
  const loaded = run('load', name, place, size);
  const bytes = sizeOf(folder);
  const openings = Array.from({ length: OPENINGS }, () => run('open', name, place, size));
  for (const { sums } of openings) assertSame(sums, expectedSums(columns, [[0, size]]));
  const committed = run('commit', name, place, size);
  const [ones, batches] = [committed.one.done, committed.many.done];
  const behind = size + COMMITS;
  assertSame(run('open', name, place, size).sums, expectedSums(columns, storedRanges(size, { ones, batches })));
  const json = jsonBytes(columns, 0, size);
  const over = ({ handed, pages }, below) => ({ handed: handed / below, pages: pages / below });
  return {
    name,
    commit: loaded.commit,
    one: committed.one,
    many: committed.many,
    loadSeconds: loaded.seconds,
    answeredMs: medianOf(openings, ({ answeredMs }) => answeredMs),
    readableMs: medianOf(openings, ({ readableMs }) => readableMs),
    bytes: bytes / size,
    loadWritten: over(loaded, json),
    oneWritten: over(committed.one, jsonBytes(columns, size, size + ones)),
    manyWritten: over(committed.many, jsonBytes(columns, behind, behind + batches * BATCH)),
    answeredRss: medianOf(openings, ({ memory }) => memory.answered),
    readableRss: medianOf(openings, ({ memory }) => memory.readable),
  };
}

/** One result a peer; `{ name, failure }` of one that could not. */
export async function runNode(names, size, root) {
  const columns = columnsOf(size);
  const results = [];
  for (const name of names) {
    const folder = join(root, name);
    console.error(`> ${name}`);
    try {
      results.push(measure(name, folder, columns, size));
    } catch (error) {
      results.push({ name, failure: String(error.message ?? error).split('\n')[0] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return results;
}
