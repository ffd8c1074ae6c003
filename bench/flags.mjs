/** The command line of the bench. */

import { parseArgs } from 'node:util';
import { WORKLOADS } from './workloads.mjs';

/** The baseline is first, as every round's ratios are to it. */
export const PEERS = [
  'baseline',
  'sojourn',
  'baseline-btree',
  'lokijs',
  'better-sqlite3',
  'alasql',
  'tinybase',
  'tanstack-db',
  'rxdb',
  'dexie',
  'nedb',
];

const QUICK = { sizes: '10000', rounds: '1', minutes: '5', peers: 'baseline,sojourn,lokijs' };
const FULL = { sizes: '10000,100000', rounds: '3', minutes: '60', peers: PEERS.join() };

export const USAGE = `node bench/run.mjs [flags]
  --n 10000,100000     numbers of records
  --peers a,b          of: ${PEERS.join(', ')} (baseline always runs)
  --workloads W1,W3    of: ${WORKLOADS.map(({ id }) => id).join(', ')} (W1 always runs)
  --rounds 3           the median of so many
  --minutes 60         no child is started after that
  --quick              10,000 records, one round, no live queries, few peers; writes results/quick.tmp.json only`;

function listOf(text, allowed, what) {
  const names = text.split(',').filter((name) => name !== '');
  for (const name of names) if (!allowed.includes(name)) throw new Error(`No ${what} is named ${name}.\n${USAGE}`);
  return names;
}

function wholeNumber(text, flag) {
  const number = Number(text.replaceAll('_', ''));
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${flag} takes whole numbers from 1.\n${USAGE}`);
  return number;
}

export function readFlags(args) {
  const text = { type: 'string' };
  const options = { n: text, peers: text, workloads: text, rounds: text, minutes: text, quick: { type: 'boolean' } };
  const { values } = parseArgs({ args, options: { ...options, help: { type: 'boolean' } } });
  const usual = values.quick ? QUICK : FULL;
  const workloads = WORKLOADS.filter(({ live }) => !(values.quick && live)).map(({ id }) => id);
  const peers = listOf(values.peers ?? usual.peers, PEERS, 'peer');
  return {
    help: values.help === true,
    quick: values.quick === true,
    sizes: (values.n ?? usual.sizes).split(',').map((size) => wholeNumber(size, 'n')),
    peers: PEERS.filter((peer) => peer === 'baseline' || peers.includes(peer)),
    workloads: listOf(
      values.workloads ?? workloads.join(),
      WORKLOADS.map(({ id }) => id),
      'workload',
    ),
    rounds: wholeNumber(values.rounds ?? usual.rounds, 'rounds'),
    minutes: wholeNumber(values.minutes ?? usual.minutes, 'minutes'),
  };
}
