/** What is measured on records at rest. Each workload says what it does once, for every peer. */

import { mix, mixText } from './checksum.mjs';
import {
  AGENT_COUNT,
  ASSIGNED_VALUES,
  CHAT_SECONDS,
  createLaterColumns,
  createRecords,
  DAY,
  FLAG_VALUES,
  isoTime,
  PERIOD_DAYS,
  PERIOD_START,
  renewed,
} from './data.mjs';
import { agentId } from './ids.mjs';
import { watchGroups, watchList, watchMany, watchOne } from './live-workloads.mjs';
import { heldBytes } from './memory.mjs';
import { below, createRandom } from './random.mjs';

const WRITES = 10_000;
const GETS = 100_000;
const WINDOWS = 10_000;
const WINDOW_LIMIT = 50;
const RANGE_COUNTS = 10_000;
const SCANS = 200;
const GROUPINGS = 50;

/** `count + 1` argument lists, as the loop asks for, in strings that no peer has seen. */
function makeArguments(count, seed, make) {
  const random = createRandom(seed);
  return renewed(Array.from({ length: count + 1 }, () => make(random)));
}

const makeIndexes = (count, size, seed) => makeArguments(count, seed, (random) => below(random, size));

async function bulkInsert({ peer, store, columns, ids }) {
  const source = { records: createRecords(columns, peer.input) };
  globalThis.gc();
  const started = performance.now();
  const receipts = await store.load(source.records);
  await askEveryIndex(store);
  const us = ((performance.now() - started) * 1_000) / columns.size;
  for (let index = 0; index < columns.size; index += 1) {
    ids.set(index, receipts ? store.idOf(receipts[index]) : source.records[index].Id);
  }
  source.records = undefined;
  return { us, operations: 1 };
}

/** Some peers order their indexes when first asked, or when idle: the bulk insert is over when each has answered. */
export async function askEveryIndex(store) {
  const from = isoTime(PERIOD_START);
  await store.agentWindow(agentId(1), from, isoTime(PERIOD_START + DAY), 1);
  await store.countBetween(from, isoTime(PERIOD_START + DAY / 24));
  await store.countAssigned(1);
}

async function memory({ store, columns, heldBefore }) {
  return { bytes: (heldBytes() - heldBefore + ((await store.nativeBytes?.()) ?? 0)) / columns.size };
}

async function getById({ repeat, store, columns, ids, budgetMs }) {
  const wanted = makeIndexes(GETS, columns.size, 3).map((index) => ids.get(index));
  const operation = (index) => store.get(wanted[index]);
  const fold = (sum, record) => mix(sum, record.TimeInChats);
  return repeat({ count: GETS, warm: 1_000, budgetMs, operation, fold });
}

async function agentWindow({ repeat, store, budgetMs }) {
  const asked = makeArguments(WINDOWS, 4, (random) => {
    const days = 10 + below(random, 51);
    const from = PERIOD_START + Math.floor(random() * (PERIOD_DAYS - days) * DAY);
    return { agent: agentId(below(random, AGENT_COUNT)), from: isoTime(from), to: isoTime(from + days * DAY) };
  });
  const operation = (index) => store.agentWindow(asked[index].agent, asked[index].from, asked[index].to, WINDOW_LIMIT);
  const fold = (sum, records) => {
    let mixed = mix(sum, records.length);
    for (const record of records) mixed = mix(mixed, record.TimeInChats);
    return mixed;
  };
  return repeat({ count: WINDOWS, warm: 200, budgetMs, operation, fold });
}

async function groupByAgent({ repeat, store, budgetMs }) {
  const operation = () => store.groupByAgent();
  const fold = (sum, groups) => mix(sum, groups.length);
  const timed = await repeat({ count: GROUPINGS, warm: 3, budgetMs, operation, fold });
  // Groups come in no order of their own, so they are compared in order of the agent, once and outside the clock.
  const groups = [...(await store.groupByAgent())].sort((left, right) => (left.AgentId < right.AgentId ? -1 : 1));
  const whole = groups.reduce((sum, group) => mix(mix(mixText(sum, group.AgentId), group.n), group.chats), 0);
  return { ...timed, sums: { all: whole } };
}

async function countRange({ repeat, store, budgetMs }) {
  const width = (PERIOD_DAYS * DAY) / 100;
  const asked = makeArguments(RANGE_COUNTS, 5, (random) => {
    const from = PERIOD_START + Math.floor(random() * (PERIOD_DAYS * DAY - width));
    return { from: isoTime(from), to: isoTime(from + width) };
  });
  const operation = (index) => store.countBetween(asked[index].from, asked[index].to);
  return repeat({ count: RANGE_COUNTS, warm: 50, budgetMs, operation, fold: mix });
}

async function countScan({ repeat, store, budgetMs }) {
  const asked = makeArguments(SCANS, 6, (random) => ({
    chatsOver: below(random, CHAT_SECONDS),
    flags: below(random, FLAG_VALUES),
  }));
  const operation = (index) => store.countScan(asked[index].chatsOver, asked[index].flags);
  return repeat({ count: SCANS, warm: 5, budgetMs, operation, fold: mix });
}

async function singleInserts({ repeat, peer, store, columns, budgetMs, log }) {
  // Agent 0 is left alone, as its window is what W8 watches.
  const later = createLaterColumns(WRITES + 1, columns.size, (index) => 1 + (index % (AGENT_COUNT - 1)));
  const records = createRecords(later, peer.input);
  let last;
  const operation = (index) => {
    last = store.insert(records[index]);
    return last;
  };
  const timed = await repeat({ count: WRITES, budgetMs, operation, fold: () => 0 });
  const { sums: _, ...figures } = timed;
  const expected = columns.size + figures.operations + 1;
  const counted = await store.count();
  if (counted !== expected) throw new Error(`${counted} records after the inserts, and not ${expected}.`);
  const record = records[figures.operations - 1];
  const kept = await store.get(store.idOf(await last, record));
  if (kept?.LoginTime !== record.LoginTime) throw new Error('The last record inserted is not found by its id.');
  log.inserted = figures.operations + 1;
  return figures;
}

async function updates({ repeat, store, columns, ids, budgetMs, log }) {
  const chosen = makeIndexes(WRITES, columns.size, 7);
  const values = makeIndexes(WRITES, ASSIGNED_VALUES, 8);
  const wanted = chosen.map((index) => ids.get(index));
  const operation = (index) => store.assign(wanted[index], values[index]);
  const timed = await repeat({ count: WRITES, budgetMs, operation, fold: () => 0 });
  const { sums: _, ...figures } = timed;
  const assigned = columns.assigned.slice();
  assigned[chosen[WRITES]] = values[WRITES];
  for (let index = 0; index < figures.operations; index += 1) assigned[chosen[index]] = values[index];
  await checkUpdates({ store, ids, assigned, chosen: chosen.slice(0, 200), inserted: log.inserted ?? 0, columns });
  return figures;
}

/** What the records and the index on ChatReqAssigned must now say. */
async function checkUpdates({ store, ids, assigned, chosen, inserted, columns }) {
  for (const index of chosen) {
    const kept = await store.get(ids.get(index));
    if (kept.ChatReqAssigned !== assigned[index]) throw new Error('An updated record holds another value.');
  }
  // The rehearsal of the inserts takes the last of their records, which thus counts besides the first ones.
  const later = createLaterColumns(WRITES + 1, columns.size, () => 0).assigned;
  const laterHeld = inserted > 0 ? [...later.slice(0, inserted - 1), later[WRITES]] : [];
  for (const value of [0, 7, ASSIGNED_VALUES - 1]) {
    const expected = [...assigned, ...laterHeld].filter((each) => each === value).length;
    const counted = await store.countAssigned(value);
    if (counted !== expected) throw new Error(`The index counts ${counted} records of a value, and not ${expected}.`);
  }
}

/**
 * In the order in which they run: reads before writes, so that all peers are asked about the same records whatever
 * number of writes their time allows. `goal` is Sojourn's: a ratio to the baseline of the same round, or, with `at`,
 * a figure of its own in the workload's unit.
 */
export const WORKLOADS = [
  { id: 'W1', title: 'bulk insert, a record', run: bulkInsert, goal: { ratio: 2 } },
  { id: 'W10', title: 'bytes held a record', run: memory, goal: { at: 500 } },
  { id: 'W3', title: 'get by id', run: getById, goal: { ratio: 1.1 } },
  { id: 'W4', title: 'agent + range + order + limit 50', run: agentWindow, goal: { ratio: 1.3 } },
  { id: 'W5', title: 'group by agent, count and sum', run: groupByAgent, goal: { ratio: 0.15 } },
  { id: 'W5r', title: 'count over 1 % of LoginTime', run: countRange, goal: { ratio: 0.5 } },
  { id: 'W6', title: 'count by two unindexed fields', run: countScan, goal: { ratio: 0.3 } },
  { id: 'W2', title: 'single insert', run: singleInserts, goal: { ratio: 2 } },
  { id: 'W7', title: 'update of an indexed field', run: updates, goal: { ratio: 1.6 } },
  { id: 'W8', title: 'one live window of 50, a write', run: watchOne, live: true, goal: { ratio: 2 } },
  { id: 'W9', title: 'live queries, a write that moves one', run: watchMany, live: true, goal: { at: 10 } },
  { id: 'W11', title: 'live list of 2,000 rows, 200 patches in all', run: watchList, live: true, goal: { at: 5_000 } },
  { id: 'W12', title: 'live group by over all, a write', run: watchGroups, live: true },
];
