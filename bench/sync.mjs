/**
 * What keeping in step costs, beside stores that sync too: all fetched by a new client, writes made offline drained, a write
 * seen by another client, a thousand streams, and what the code weighs. Each server and each client is a process of its own.
 * `npm run build` after a change; see README.md for what is measured.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { readSyncFlags, USAGE } from './sync/flags.mjs';
import { syncTables } from './sync/report.mjs';
import { runPeer } from './sync/run-peer.mjs';
import { runStreams } from './sync/run-streams.mjs';
import { clientSize } from './sync/size.mjs';

async function run(flags, root) {
  const results = [];
  for (const name of flags.peers) results.push(await runPeer(name, flags, root));
  const wantsOwn = flags.peers.includes('sojourn');
  const streams = wantsOwn && flags.works.includes('streams') ? await runStreams(flags, root) : undefined;
  const size = wantsOwn && flags.works.includes('size') ? await clientSize() : undefined;
  console.log(`\nNode ${process.version}\n\n${syncTables({ results, streams, size, flags })}`);
  if (results.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

const flags = readSyncFlags(process.argv.slice(2));
if (flags.help) console.log(USAGE);
else {
  prepare(['sojourn']);
  const root = mkdtempSync(join(tmpdir(), 'sojourn-bench-'));
  try {
    await run(flags, root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
