/** The command line of the storage bench. */

import { parseArgs } from 'node:util';
import { CHROMIUM_PEERS, NODE_PEERS } from './peers.mjs';

const ALL = [...new Set([...NODE_PEERS, ...CHROMIUM_PEERS])];

export const USAGE = `node bench/storage.mjs [records] [flags]
  records         100000
  --node          in Node; what is done where no other of the three is asked for
  --chromium      in Chromium
  --million       Sojourn alone with 1,000,000 records: its memory
  --peers a,b     of: ${ALL.join(', ')}`;

export function readStorageFlags(args) {
  const flag = { type: 'boolean', default: false };
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { node: flag, chromium: flag, million: flag, help: flag, peers: { type: 'string' } },
  });
  const size = Number((positionals[0] ?? '100000').replaceAll('_', ''));
  if (!Number.isInteger(size) || size < 1 || positionals.length > 1) throw new Error(USAGE);
  const wanted = values.peers?.split(',') ?? ALL;
  for (const name of wanted) if (!ALL.includes(name)) throw new Error(`No peer is named ${name}.\n${USAGE}`);
  const node = values.node || !(values.chromium || values.million);
  return { ...values, size, node, wants: (name) => wanted.includes(name) };
}
