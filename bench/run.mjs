/** `npm run bench`: all peers, round by round, and the table of what they did. See README.md here. */

import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findDisagreements } from './checksum.mjs';
import { median } from './figures.mjs';
import { readFlags, USAGE } from './flags.mjs';
import { drawPlot } from './plot.mjs';
import { prepare } from './prepare.mjs';
import { markdownReport, textReport } from './report.mjs';

const RESULTS = new URL('./results/', import.meta.url);

/** Bounds by the number of records. The last serves all above. */
const BOUNDS = [
  { upTo: 10_000, budgetMs: 500, subscribeMs: 5_000, childMs: 90_000, heapMb: 2_048 },
  { upTo: 100_000, budgetMs: 1_000, subscribeMs: 8_000, childMs: 240_000, heapMb: 4_096 },
  { upTo: Number.POSITIVE_INFINITY, budgetMs: 2_000, subscribeMs: 8_000, childMs: 900_000, heapMb: 8_192 },
];

/** Runs one peer once. Always resolves: what a child did before it failed or was stopped is kept. */
function runPeer(peer, size, workloads) {
  const { budgetMs, subscribeMs, childMs, heapMb } = BOUNDS.find(({ upTo }) => size <= upTo);
  const task = JSON.stringify({ peer, size, workloads, budgetMs, subscribeMs });
  const entry = { peer, results: {} };
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./child.mjs', import.meta.url)), [task], {
      execArgv: ['--expose-gc', `--max-old-space-size=${heapMb}`],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const timer = setTimeout(() => {
      entry.failed = `stopped after ${childMs / 1_000} s`;
      child.kill('SIGKILL');
    }, childMs);
    child.on('message', ({ workload, result, ...rest }) => {
      if (workload) entry.results[workload] = result;
      else Object.assign(entry, rest);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (!entry.ended) entry.failed ??= `ended with ${code ?? signal}`;
      resolve(entry);
    });
  });
}

function problemsOf({ peer, failed, results }) {
  const problems = failed ? [`${peer}: ${failed}`] : [];
  for (const [workload, { error }] of Object.entries(results)) {
    if (error) problems.push(`${peer} ${workload}: ${error}`);
  }
  return problems;
}

async function runAll(flags, write) {
  const started = performance.now();
  const inTime = () => performance.now() - started < flags.minutes * 60_000;
  const report = {
    node: process.version,
    cpu: `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}`,
    date: new Date().toISOString(),
    rounds: flags.rounds,
    sizes: flags.sizes.map((size) => ({ size, rounds: [] })),
    notes: [],
    problems: [],
  };
  for (const { size, rounds } of report.sizes) {
    for (let round = 0; round < flags.rounds; round += 1) {
      const entries = [];
      rounds.push(entries);
      for (const peer of flags.peers) {
        if (!inTime()) {
          report.notes.push(`n = ${size}, round ${round + 1}: ${peer} not run, ${flags.minutes} minutes were over`);
          continue;
        }
        const entry = await runPeer(peer, size, flags.workloads);
        entries.push(entry);
        report.problems.push(...problemsOf(entry).map((problem) => `n = ${size}, ${problem}`));
        if (entry.skipped) report.notes.push(`n = ${size}, round ${round + 1}: ${peer} left out, ${entry.skipped}`);
        const word = entry.skipped ? 'left out' : entry.failed ? 'failed' : 'done';
        console.log(`n = ${size}, round ${round + 1} of ${flags.rounds}: ${peer} ${word}`);
      }
      const disagreements = findDisagreements(entries);
      report.problems.push(...disagreements.map((each) => `n = ${size}, round ${round + 1}: ANSWERS DIFFER: ${each}`));
      write(report);
    }
  }
  return report;
}

/** A quick run shows that all works; it does not take the place of the published figures. */
function writeReport(report, quick) {
  mkdirSync(RESULTS, { recursive: true });
  const text = `${JSON.stringify(report, null, 1)}\n`;
  if (quick) {
    writeFileSync(new URL('quick.tmp.json', RESULTS), text);
    return;
  }
  writeFileSync(new URL('latest.json', RESULTS), text);
  writeFileSync(new URL('table.md', RESULTS), markdownReport(report));
  const plot = drawPlot(report.sizes.at(-1)?.rounds ?? [], median);
  if (plot !== undefined) writeFileSync(new URL('live-queries.svg', RESULTS), plot);
}

async function main() {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) {
    console.log(USAGE);
    return;
  }
  prepare(flags.peers);
  const report = await runAll(flags, (partial) => writeReport(partial, flags.quick));
  console.log(textReport(report));
  if (report.problems.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
