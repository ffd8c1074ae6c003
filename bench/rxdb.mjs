/**
 * RxDB's storages beside each other at their own contract: its memory storage and the one over this engine, each in a process of its own,
 * in turns. `npm run build` after a change; see README.md for what is measured.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from './prepare.mjs';

const USAGE = `node bench/rxdb.mjs [documents] [flags]
  documents      100000
  --rounds 3     the median of so many`;
const CHILD = fileURLToPath(new URL('./rxdb/child.mjs', import.meta.url));
const CHILD_MS = 300_000;

/** What the issue of this door asks of each, as a ratio to the memory storage. */
const GOALS = {
  'bulkWrite, then read': 1,
  'update, no index': 0.15,
  'update, indexed': 0.15,
  'page of 20, asked once': 1,
  'page of 20, again': 1,
  'count of a range': 0.5,
};

function runOne(name, size) {
  console.error(`> ${name}`);
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--expose-gc', CHILD, name, String(size)], {
    encoding: 'utf8',
    timeout: CHILD_MS,
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr.slice(-500)}`);
  return JSON.parse(stdout);
}

const median = (values) => values.toSorted((left, right) => left - right)[values.length >> 1];
const figure = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

function table(rounds) {
  const rows = Object.keys(rounds[0].memory).map((work) => {
    const of = (name) => median(rounds.map((round) => round[name][work]));
    const ratio = median(rounds.map(({ sojourn, memory }) => sojourn[work] / memory[work]));
    const goal = GOALS[work];
    const met = goal === undefined ? '' : `<= ${goal}: ${ratio <= goal ? 'met' : 'missed'}`;
    const unit = work.startsWith('heap') ? 'B' : 'us';
    return `| ${work} | ${figure(of('memory'))} ${unit} | ${figure(of('sojourn'))} ${unit} | x${figure(ratio)} | ${met} |`;
  });
  return ['| work | memory storage | sojourn | ratio | goal |', '| --- | ---: | ---: | ---: | --- |', ...rows].join(
    '\n',
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, help: { type: 'boolean' } },
});
const size = Number((positionals[0] ?? '100000').replaceAll('_', ''));
const count = Number(values.rounds);
if (values.help) console.log(USAGE);
else if (!Number.isInteger(size) || size < 1_000 || !Number.isInteger(count) || count < 1) throw new Error(USAGE);
else {
  prepare(['sojourn']);
  const rounds = [];
  for (let round = 0; round < count; round += 1)
    rounds.push({ memory: runOne('memory', size), sojourn: runOne('sojourn', size) });
  console.log(`\nNode ${process.version}, n = ${size.toLocaleString('en')}\n\n${table(rounds)}`);
}
