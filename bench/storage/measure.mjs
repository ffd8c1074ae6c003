/** The three things that are done with a store, the same in a process and in a page. `tally` tells bytes written so far. */

import { agentId } from '../ids.mjs';
import { ASKED_AGENT, ASKED_ROWS, BATCH, BATCHES, COMMITS, columnsOf, recordsOf, sumsOf } from './records.mjs';

/** No loop of commits goes on for longer: a store that writes everything anew at each makes a few dozen. */
const LOOP_MS = 8_000;

/** Microseconds an operation: half take less, and 99 of 100. The first fifth is not counted: the code of it is not compiled yet. */
async function timeEach(count, operation) {
  const times = [];
  const until = performance.now() + LOOP_MS;
  for (let index = 0; index < count && performance.now() < until; index += 1) {
    const started = performance.now();
    await operation(index);
    times.push((performance.now() - started) * 1_000);
  }
  const sorted = times.slice(Math.floor(times.length / 5)).sort((left, right) => left - right);
  return { done: times.length, us: sorted[sorted.length >> 1], p99Us: sorted[Math.floor(sorted.length * 0.99)] };
}

/** Fills a new store. What it puts off until later, and wants done before it is measured, is `tidy`, and not timed. */
export async function load(peer, place, size, tally) {
  const records = recordsOf(columnsOf(size), 0, size, peer.input);
  const store = await peer.open(place);
  const before = tally();
  const started = performance.now();
  await store.load(records);
  const seconds = (performance.now() - started) / 1_000;
  await store.tidy?.();
  await store.close();
  return { seconds, ...since(before, tally()) };
}

/** Opens what is there: the first answer, then every record in hand as an object and one field of each read. */
export async function open(peer, place, note = () => {}) {
  const started = performance.now();
  const store = await peer.open(place);
  const rows = await store.newest(agentId(ASKED_AGENT), ASKED_ROWS);
  const answeredMs = performance.now() - started;
  note('answered');
  const records = await store.all();
  let chats = 0;
  for (const { TimeInChats } of records) chats += TimeInChats;
  const readableMs = performance.now() - started;
  note('readable');
  const sums = sumsOf(rows, records);
  await store.close();
  return { answeredMs, readableMs, chats, sums };
}

/** Commits on top of what is there, one after another, each awaited. The store is left open for who wants to kill it. */
export async function commit(peer, place, size, tally) {
  const columns = columnsOf(size);
  const records = recordsOf(columns, size, columns.size, peer.input);
  const store = await peer.open(place);
  const batchOf = (index) => records.slice(COMMITS + index * BATCH, COMMITS + (index + 1) * BATCH);
  const batches = Array.from({ length: BATCHES }, (_, index) => batchOf(index));
  const written = async (work) => {
    const before = tally();
    return { ...(await work()), ...since(before, tally()) };
  };
  const one = await written(() => timeEach(COMMITS, (index) => store.insert(records[index])));
  const many = await written(() => timeEach(BATCHES, (index) => store.insertMany(batches[index])));
  return { store, result: { one, many } };
}

const since = (before, after) => ({ handed: after.handed - before.handed, pages: after.pages - before.pages });
