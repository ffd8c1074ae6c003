/**
 * What lasting costs, beside stores one would otherwise take: durable commits, a load, opening, bytes on disk and bytes
 * written. Each in a process or a page of its own. `npm run build` after a change; see README.md for what is measured.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { readStorageFlags, USAGE } from './storage/flags.mjs';
import { runMillion } from './storage/million.mjs';
import { CHROMIUM_PEERS, NODE_PEERS } from './storage/peers.mjs';
import { chromiumTable, nodeTable, openingBeside } from './storage/report.mjs';
import { runChromium } from './storage/run-chromium.mjs';
import { runNode } from './storage/run-node.mjs';

async function run({ node, chromium, million, size, wants }, root) {
  const print = (title, text) => console.log(`\n### ${title}\n\n${text}`);
  const records = `n = ${size.toLocaleString('en')}`;
  const own = node && (await runNode(NODE_PEERS.filter(wants), size, root));
  if (own) print(`Node ${process.version}, ${records}`, nodeTable(own));
  const paged = chromium && (await runChromium(CHROMIUM_PEERS.filter(wants), size, root));
  if (paged) print(`Chromium ${paged.version}, ${records}`, chromiumTable(paged.results));
  const beside = own && paged && openingBeside(own, paged.results);
  if (beside) print(`Opening, ${records}`, beside);
  if (million) print('A million records', runMillion(root));
  const failed = [...(own || []), ...(paged?.results ?? [])].some(({ failure }) => failure !== undefined);
  if (failed) process.exitCode = 1;
}

const flags = readStorageFlags(process.argv.slice(2));
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
