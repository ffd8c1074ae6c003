/** The command line of the bench of sync. */

import { parseArgs } from 'node:util';

/** Who is measured; the files are named so below peers/, but that one over a disk is the same. */
export const PEERS = ['sojourn', 'sojourn-level', 'rxdb', 'pouchdb', 'tinybase'];

/** How many records a peer is given at most: beyond that it takes minutes. */
export const MOST = { pouchdb: 10_000, tinybase: 10_000 };
export const DRAINED_BY_PEERS = 10_000;

const WORKS = ['bootstrap', 'drain', 'latency', 'streams', 'size'];

export const USAGE = `node bench/sync.mjs [records] [flags]
  records          100000
  --peers a,b      of: ${PEERS.join(', ')}
  --works a,b      of: ${WORKS.join(', ')}
  --rounds 3       bootstrap and drain: the median of so many
  --seconds 20     of latency
  --streams 1000
  --profile dir    writes a CPU profile of each process there
  --quick          2,000 records, one round, three seconds, 100 streams: does it all work?`;

const FULL = { size: '100000', rounds: '3', seconds: '20', streams: '1000' };
const QUICK = { size: '2000', rounds: '1', seconds: '3', streams: '100' };

function listOf(given, all, what) {
  const names = given?.split(',') ?? all;
  for (const name of names) if (!all.includes(name)) throw new Error(`No ${what} is named ${name}.\n${USAGE}`);
  return names;
}

function wholeNumber(text) {
  const number = Number(text.replaceAll('_', ''));
  if (!Number.isInteger(number) || number < 1) throw new Error(USAGE);
  return number;
}

export function readSyncFlags(args) {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      peers: text,
      works: text,
      rounds: text,
      seconds: text,
      streams: text,
      profile: text,
      quick: flag,
      help: flag,
    },
  });
  const usual = values.quick ? QUICK : FULL;
  if (positionals.length > 1) throw new Error(USAGE);
  return {
    help: values.help,
    profile: values.profile,
    size: wholeNumber(positionals[0] ?? usual.size),
    rounds: wholeNumber(values.rounds ?? usual.rounds),
    seconds: wholeNumber(values.seconds ?? usual.seconds),
    streams: wholeNumber(values.streams ?? usual.streams),
    peers: listOf(values.peers, PEERS, 'peer'),
    works: listOf(values.works, WORKS, 'work'),
  };
}
