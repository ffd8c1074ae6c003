/** A million records of Sojourn over LevelDB: what the process holds while they are loaded, and when they are opened. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sizeOf } from './disk.mjs';
import { megabytes, table } from './figures.mjs';
import { open } from './measure.mjs';
import { peer } from './node/sojourn.mjs';
import { assertSame, columnsOf, expectedSums, recordsOf } from './records.mjs';

const SIZE = 1_000_000;
/** Made and created at a time, so that the process holds the store and not its input as well. */
const SLICE = 100_000;
const CHILD_MS = 300_000;

const rss = () => process.memoryUsage().rss;
/** In kibibytes, of the whole life of the process. */
const peak = () => process.resourceUsage().maxRSS * 1_024;

async function loadMillion(place) {
  const columns = columnsOf(SIZE);
  const before = rss();
  const store = await peer.open(place);
  const started = performance.now();
  let making = 0;
  for (let start = 0; start < SIZE; start += SLICE) {
    const makingStarted = performance.now();
    const records = recordsOf(columns, start, start + SLICE, peer.input);
    making += performance.now() - makingStarted;
    await store.load(records);
  }
  const seconds = (performance.now() - started - making) / 1_000;
  const loaded = rss();
  const compactStarted = performance.now();
  await store.tidy();
  const compactSeconds = (performance.now() - compactStarted) / 1_000;
  const compacted = rss();
  await store.close();
  return { before, loaded, compacted, peak: peak(), seconds, compactSeconds };
}

async function openMillion(place) {
  const memory = { before: rss() };
  const result = await open(peer, place, (moment) => {
    memory[moment] = rss();
  });
  return { ...result, ...memory, peak: peak() };
}

function run(what, place) {
  const { stdout, signal, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), what, place], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: CHILD_MS,
    killSignal: 'SIGKILL',
  });
  if (status !== 0) throw new Error(`${what} of a million ended with ${signal ?? status}.`);
  return JSON.parse(stdout);
}

/** Loads, compacts and opens, each in a process of its own, and gives the table. */
export function runMillion(root) {
  console.error('> a million');
  const place = join(root, 'million');
  const loaded = run('load', place);
  const bytes = sizeOf(place);
  const opened = run('open', place);
  assertSame(opened.sums, expectedSums(columnsOf(SIZE), [[0, SIZE]]));
  const rows = [
    ['load', megabytes(loaded.before), megabytes(loaded.loaded), megabytes(loaded.compacted), megabytes(loaded.peak)],
    ['open', megabytes(opened.before), megabytes(opened.answered), megabytes(opened.readable), megabytes(opened.peak)],
  ];
  const seconds = (ms) => (ms / 1_000).toFixed(2);
  rows[0].push(`loaded in ${loaded.seconds.toFixed(2)} s, compacted in ${loaded.compactSeconds.toFixed(2)} s`);
  rows[1].push(
    `first answer ${seconds(opened.answeredMs)} s, all read ${seconds(opened.readableMs)} s; ` +
      `${(bytes / SIZE).toFixed(0)} bytes a record on disk`,
  );
  return table(['RSS', 'before', 'loaded / answered', 'compacted / all read', 'peak', 'time'], rows);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , what, place] = process.argv;
  console.log(JSON.stringify(what === 'load' ? await loadMillion(place) : await openMillion(place)));
}
