/** One peer, one number of records, one round, in a process of its own. Started by run.mjs, which hears by messages. */

import { readFileSync } from 'node:fs';
import { createColumns, createLaterColumns, createRecords, DAY, isoTime, PERIOD_START } from './data.mjs';
import { agentId, IdBook } from './ids.mjs';
import { isThenable } from './loop.mjs';
import { heldBytes } from './memory.mjs';
import { askEveryIndex, WORKLOADS } from './workloads.mjs';

const REHEARSAL_SIZE = 5_000;
const REHEARSAL_MS = 300;
/** The first agent that has no sessions in the columns. */
const AGENTS_AT_REST = 500;
const SEED = 20_260_112;

/** { peer, size, workloads, budgetMs, subscribeMs } */
const task = JSON.parse(process.argv[2]);

function versionOf(packageName) {
  const manifest = packageName === 'sojourn' ? '../package.json' : `./node_modules/${packageName}/package.json`;
  return JSON.parse(readFileSync(new URL(manifest, import.meta.url), 'utf8')).version;
}

/** Without the place where this checkout happens to lie, as the results are published. */
function stackOf(error) {
  return String(error?.stack ?? error).replaceAll(new URL('..', import.meta.url).href, '');
}

/** A peer that is not installed, or not built, is left out; one that fails is an error. */
async function importPeer() {
  try {
    return (await import(`./peers/${task.peer}.mjs`)).peer;
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' && error.code !== 'ERR_DLOPEN_FAILED') throw error;
    process.send({ skipped: `not installed or not built (${error.code})` });
    return undefined;
  }
}

/** Runs `operation` until the budget of a rehearsal is used up, awaiting it where it answers with a promise. */
async function rehearseOne(count, operation) {
  const until = performance.now() + REHEARSAL_MS;
  for (let index = 0; index < count && performance.now() < until; index += 1) {
    const answer = operation(index);
    if (isThenable(answer)) await answer;
  }
}

/**
 * Every operation is done on another, small store first, so that the clocks measure what an operation costs in a
 * program that has been running for a second, and not how long the compiler takes to see it. That store stays open to
 * the end: V8 throws code away with the objects it was compiled for, and would compile within the measured loops. It is
 * done on two: code that has only ever seen one store is compiled for just that one, and thrown away at the next.
 */
async function rehearse(peer) {
  const store = await peer.open();
  const columns = createColumns(REHEARSAL_SIZE, SEED + 1);
  const records = createRecords(columns, peer.input);
  const receipts = await store.load(records);
  await askEveryIndex(store);
  const idAt = (index) =>
    receipts ? store.idOf(receipts[index % REHEARSAL_SIZE]) : records[index % REHEARSAL_SIZE].Id;
  const from = isoTime(PERIOD_START);
  const to = (index) => isoTime(PERIOD_START + (1 + (index % 60)) * DAY);
  await rehearseOne(20_000, (index) => store.get(idAt(index)));
  await rehearseOne(20_000, (index) => store.agentWindow(agentId(index % 500), from, to(index), 50));
  await rehearseOne(20_000, (index) => store.countBetween(from, to(index)));
  await rehearseOne(500, (index) => store.countScan(index % 3_600, index % 4));
  await rehearseOne(500, () => store.groupByAgent());
  await rehearseOne(20_000, (index) => store.assign(idAt(index), index % 40));
  const later = createRecords(
    createLaterColumns(10_000, REHEARSAL_SIZE, (index) => index % 500),
    peer.input,
  );
  await rehearseOne(later.length, (index) => store.insert(later[index]));
  const stops = await rehearseLive(peer, store, idAt);
  return async () => {
    for (const stop of stops) await stop();
    await store.close();
  };
}

/** Live queries too are rehearsed: opened, and moved by writes of every kind that is measured. They too stay open. */
async function rehearseLive(peer, store, idAt) {
  if (!store.watchOpen) return [];
  let heard = 0;
  const hear = () => {
    heard += 1;
  };
  const stops = [];
  const recordsOf = (place, agentOf, open) =>
    createRecords(createLaterColumns(10_000, REHEARSAL_SIZE * place, agentOf, open), peer.input);
  const insert = async (record) => store.idOf(await store.insert(record), record);
  const opened = recordsOf(4, (index) => AGENTS_AT_REST + (index % 200), 1);
  const watch = async (index) => stops.push(await store.watchOpen(agentId(AGENTS_AT_REST + index), hear));
  await rehearseOne(2_000, watch);
  await rehearseOne(opened.length, async (index) => store.finish(await insert(opened[index]), 60));
  stops.push(await store.watchWindow(agentId(0), 50, hear));
  const moved = recordsOf(8, () => 0);
  await rehearseOne(moved.length, async (index) => {
    const id = await insert(moved[index]);
    await store.assign(id, 60 + (index % 4));
    if (index % 2 === 1) await store.transfer(id, agentId(1));
    await store.assign(idAt(index), index % 40);
  });
  // Longer than any result by then, as the list that is measured is longer than the window.
  stops.push(await store.watchWindow(agentId(1), REHEARSAL_SIZE, hear));
  await rehearseOne(10_000, (index) => store.assign(idAt(index), index % 40));
  if (store.watchGroups) {
    stops.push(await store.watchGroups(hear));
    await rehearseOne(10_000, (index) => store.chatFor(idAt(index), index % 3_600));
  }
  if (heard === 0) throw new Error('Nothing was heard at the rehearsal.');
  return stops;
}

async function measure(peer) {
  const endings = [await rehearse(peer), await rehearse(peer)];
  const columns = createColumns(task.size, SEED);
  const ids = new IdBook(task.size);
  const heldBefore = heldBytes();
  const store = await peer.open();
  const context = { peer, store, columns, ids, heldBefore, log: {} };
  Object.assign(context, { budgetMs: task.budgetMs, subscribeMs: task.subscribeMs });
  for (const workload of WORKLOADS) {
    // Without the bulk insert there is nothing to ask.
    if (workload.id !== 'W1' && !task.workloads.includes(workload.id)) continue;
    const { repeat } = await import(`./loop.mjs?for=${workload.id}`);
    globalThis.gc();
    let result;
    try {
      result = await workload.run({ ...context, repeat });
    } catch (error) {
      result = { error: stackOf(error) };
    }
    process.send({ workload: workload.id, result });
    if (workload.id === 'W1' && result.error) break;
  }
  await store.close();
  for (const end of endings) await end();
}

try {
  const peer = await importPeer();
  if (peer) {
    process.send({ version: peer.package && versionOf(peer.package), unindexed: peer.unindexed });
    await measure(peer);
  }
} catch (error) {
  process.send({ failed: stackOf(error) });
}
// Some peers keep timers alive after they are closed, so the end is not waited for; the last message is.
process.send({ ended: true }, () => process.exit(0));
