/**
 * What is measured on live queries. The clock of a write that a subscriber must hear of stops when the subscriber
 * holds the expected result, not when the write returns.
 */

import { AGENT_COUNT, createLaterColumns, createRecords } from './data.mjs';
import { agentId } from './ids.mjs';
import { isThenable } from './loop.mjs';
import { below, createRandom } from './random.mjs';

const WINDOW_LIMIT = 50;
/**
 * As many as the time allows: a thousand writes of some microseconds are over within two or three slices of a shared
 * core, and a figure of theirs says how often the process lost its turn.
 */
const WRITES = 10_000;
const WARM_WRITES = 2_000;
const MOVES = 5_000;
const WARM_MOVES = 1_250;
const TOUCHING_EVERY = 10;
const PATIENCE_MS = 3_000;
const MICROTASK_TURNS = 4;

/** Numbers of the ids of records made here: after those of W1 and W2, and apart from each other. */
const FIRST_OF_WINDOW = 20_000;
const FIRST_OF_MANY = 40_000;

/** Waits for a peer that tells its subscribers later: some microtasks first, then turns of the event loop. */
async function waitUntil(holds) {
  const deadline = performance.now() + PATIENCE_MS;
  for (let turn = 0; !holds(); turn += 1) {
    if (turn < MICROTASK_TURNS) await null;
    else if (performance.now() > deadline) throw new Error('The subscriber never held the expected result.');
    else await new Promise(setImmediate);
  }
}

/** The records of the watched agent as they must be: the later ones as a stack upon those of W1, newest last. */
class ExpectedWindow {
  #before;
  later = [];

  constructor(columns, ids) {
    const own = [];
    for (let index = 0; index < columns.size; index += 1) if (columns.agent[index] === 0) own.push(index);
    own.sort((left, right) => columns.login[left] - columns.login[right]);
    this.#before = own.map((index) => ids.get(index));
  }

  get length() {
    return Math.min(WINDOW_LIMIT, this.#before.length + this.later.length);
  }

  get ids() {
    return [...this.#before, ...this.later.map(({ id }) => id)].slice(-WINDOW_LIMIT).reverse();
  }
}

/** W8's writes: of ten, nine change records of other agents, and one goes to the window, in four ways by turns. */
class WindowWrites {
  #store;
  #elsewhere;
  #records;
  #expected;
  #touches = 0;

  constructor({ peer, store, columns, ids }, expected) {
    this.#store = store;
    this.#expected = expected;
    const random = createRandom(8);
    const others = [];
    for (let index = 0; index < columns.size; index += 1) if (columns.agent[index] !== 0) others.push(index);
    this.#elsewhere = Array.from({ length: WRITES + WARM_WRITES }, () => {
      return { id: ids.get(others[below(random, others.length)]), value: below(random, 60) };
    });
    const inserts = Math.ceil((WRITES + WARM_WRITES) / TOUCHING_EVERY / 2) + 1;
    this.#records = createRecords(
      createLaterColumns(inserts, columns.size + FIRST_OF_WINDOW, () => 0),
      peer.input,
    );
  }

  elsewhere() {
    const { id, value } = this.#elsewhere.pop();
    return this.#store.assign(id, value);
  }

  /** The next touching write as a thunk, and what it will have done to the window. */
  touching() {
    const turn = this.#touches % 4;
    this.#touches += 1;
    const { later } = this.#expected;
    const top = later.at(-1);
    if (turn === 1) {
      const value = 60 + (this.#touches % 4);
      return { write: () => this.#store.assign(top.id, value), apply: () => Object.assign(top, { value }) };
    }
    if (turn === 3) return { write: () => this.#store.transfer(top.id, agentId(1)), apply: () => later.pop() };
    const record = this.#records.shift();
    return {
      write: () => this.#store.insert(record),
      apply: (receipt) => later.push({ id: this.#store.idOf(receipt, record), value: record.ChatReqAssigned }),
    };
  }
}

export async function watchOne(context) {
  const { store, columns, ids, budgetMs } = context;
  if (!store.watchWindow) return { unsupported: true };
  const expected = new ExpectedWindow(columns, ids);
  const writes = new WindowWrites(context, expected);
  const held = { records: undefined, topId: undefined, topValue: undefined };
  const hear = (records) => {
    held.records = records;
    held.topId = records[0]?.Id;
    held.topValue = records[0]?.ChatReqAssigned;
  };
  const subscribed = performance.now();
  const stop = await store.watchWindow(agentId(0), WINDOW_LIMIT, hear);
  await waitUntil(() => held.records?.length === expected.length);
  const subscribeUs = (performance.now() - subscribed) * 1_000;
  const holds = () => {
    const top = expected.later.at(-1);
    return held.topId === top.id && held.topValue === top.value && held.records.length === expected.length;
  };
  await writeAlong({ writes, holds, count: WARM_WRITES, budgetMs });
  globalThis.gc();
  const figures = await writeAlong({ writes, holds, count: WRITES, budgetMs });
  const same = held.records.map((record) => record.Id).join() === expected.ids.join();
  await stop();
  if (!same) throw new Error('The live window and the expected one differ.');
  return { ...figures, subscribeUs };
}

async function writeAlong({ writes, holds, count, budgetMs }) {
  const started = performance.now();
  let touched = 0;
  let touchedMs = 0;
  let done = 0;
  for (; done < count; done += 1) {
    if (done % TOUCHING_EVERY !== 0) {
      const pending = writes.elsewhere();
      if (isThenable(pending)) await pending;
      continue;
    }
    if (performance.now() - started > budgetMs) break;
    const { write, apply } = writes.touching();
    const from = performance.now();
    const answer = write();
    apply(isThenable(answer) ? await answer : answer);
    if (!holds()) await waitUntil(holds);
    touchedMs += performance.now() - from;
    touched += 1;
  }
  const us = ((performance.now() - started) * 1_000) / done;
  return { us, operations: done, touchedUs: (touchedMs * 1_000) / touched };
}

/** How many live queries W9 goes up to, and what its steps are called. */
export const LEVELS = [
  ['100', 100],
  ['1k', 1_000],
  ['10k', 10_000],
  ['100k', 100_000],
];

/** W9: at 100 up to 100,000 live queries, each of another agent's open sessions, writes that move exactly one. */
export async function watchMany(context) {
  const { store, subscribeMs } = context;
  if (!store.watchOpen) return { unsupported: true };
  const watch = { lengths: [], stops: [], agents: [] };
  const steps = {};
  try {
    for (const [name, count] of LEVELS) {
      // A peer that could not make as many as the level before will not make ten times as many.
      if (watch.stops.length * 10 < count && name !== '100') break;
      const before = watch.stops.length;
      const elapsedMs = await subscribeUpTo(count, watch, store, subscribeMs);
      const made = watch.stops.length - before;
      const subscribeUs = made > 0 ? (elapsedMs * 1_000) / made : undefined;
      const figures = await openAndFinish(context, watch, count);
      steps[name] = {
        ...figures,
        subscribeUs,
        subscribers: watch.stops.length,
        complete: watch.stops.length === count,
      };
    }
  } finally {
    for (const stop of watch.stops) await stop();
  }
  return { steps };
}

/** These agents have no sessions yet: W1's are the first 500. */
async function subscribeUpTo(count, watch, store, subscribeMs) {
  const started = performance.now();
  while (watch.stops.length < count && performance.now() - started < subscribeMs) {
    const place = watch.stops.length;
    const agent = agentId(AGENT_COUNT + place);
    const hear = (records) => {
      watch.lengths[place] = records.length;
    };
    watch.lengths.push(-1);
    watch.agents.push(agent);
    watch.stops.push(await store.watchOpen(agent, hear));
    if (watch.lengths[place] !== 0) await waitUntil(() => watch.lengths[place] === 0);
  }
  return performance.now() - started;
}

async function openAndFinish({ peer, store, columns, budgetMs }, watch, level) {
  const random = createRandom(level);
  const places = Array.from({ length: MOVES + WARM_MOVES }, () => below(random, watch.stops.length));
  // Ids of its own for each level: a peer may refuse one that it has had.
  const first = columns.size + FIRST_OF_MANY + LEVELS.findIndex(([, count]) => count === level) * (MOVES + WARM_MOVES);
  const agentOf = (index) => AGENT_COUNT + places[index];
  const records = createRecords(createLaterColumns(places.length, first, agentOf, 1), peer.input);
  globalThis.gc();
  let started = performance.now();
  let done = 0;
  let untimed = 0;
  for (; done < places.length && performance.now() - started < budgetMs; done += 1) {
    // The first fifth is done without being timed, as everywhere.
    if (done === WARM_MOVES) {
      started = performance.now();
      untimed = done;
    }
    const place = places[done];
    const opened = store.insert(records[done]);
    const receipt = isThenable(opened) ? await opened : opened;
    if (watch.lengths[place] !== 1) await waitUntil(() => watch.lengths[place] === 1);
    const finished = store.finish(store.idOf(receipt, records[done]), 3_600);
    if (isThenable(finished)) await finished;
    if (watch.lengths[place] !== 0) await waitUntil(() => watch.lengths[place] === 0);
  }
  const operations = (done - untimed) * 2;
  return { us: ((performance.now() - started) * 1_000) / operations, operations };
}

const LIST_ROWS = 2_000;
const PATCHES = 200;
const PATCH_ROUNDS = 10;
const FIRST_OF_LIST = 200_000;
/** An agent that nobody else's workload touches. */
const LIST_AGENT = AGENT_COUNT + 200_000;

/** W11: a live list of 2,000 rows, and patches of single rows, one after another; the time of 200 of them. */
export async function watchList(context) {
  const { peer, store, columns, budgetMs } = context;
  if (!store.watchWindow) return { unsupported: true };
  const first = columns.size + FIRST_OF_LIST;
  const records = createRecords(
    createLaterColumns(LIST_ROWS, first, () => LIST_AGENT),
    peer.input,
  );
  const ids = [];
  const loading = performance.now();
  for (const record of records) {
    const answer = store.insert(record);
    ids.push(store.idOf(isThenable(answer) ? await answer : answer, record));
    if (performance.now() - loading > budgetMs * 4) return { unsupported: true };
  }
  const held = new Map();
  let rows = 0;
  const hear = (found) => {
    rows = found.length;
    held.set('rows', found);
  };
  const stop = await store.watchWindow(agentId(LIST_AGENT), LIST_ROWS, hear);
  await waitUntil(() => rows === LIST_ROWS);
  const holds = (place, value) => held.get('rows')[LIST_ROWS - 1 - place]?.ChatReqAssigned === value;
  const patch = async (turn) => {
    const place = (turn * 37) % LIST_ROWS;
    const value = 100 + (turn % 50);
    const answer = store.assign(ids[place], value);
    if (isThenable(answer)) await answer;
    if (!holds(place, value)) await waitUntil(() => holds(place, value));
  };
  const until = performance.now() + budgetMs;
  let turns = 0;
  for (; turns < PATCHES * PATCH_ROUNDS && performance.now() < until; turns += 1) await patch(turns);
  globalThis.gc();
  const started = performance.now();
  let done = 0;
  for (; done < PATCHES * PATCH_ROUNDS && performance.now() - started < budgetMs; done += 1) await patch(turns + done);
  const us = ((performance.now() - started) * 1_000 * PATCHES) / done;
  await stop();
  return { us, operations: done };
}

const GROUP_WRITES = 10_000;

/** W12: COUNT and SUM(TimeInChats) by agent over all records, live, and writes that each move one group. */
export async function watchGroups(context) {
  const { store, ids, columns, budgetMs } = context;
  if (!store.watchGroups) return { unsupported: true };
  let heard = 0;
  let groups = [];
  const stop = await store.watchGroups((rows) => {
    heard += 1;
    groups = rows;
  });
  await waitUntil(() => groups.length > 0);
  const random = createRandom(12);
  const write = async () => {
    const before = heard;
    const answer = store.chatFor(ids.get(below(random, columns.size)), 10_000 + heard);
    if (isThenable(answer)) await answer;
    if (heard === before) await waitUntil(() => heard > before);
  };
  const until = performance.now() + budgetMs / 2;
  for (let turn = 0; turn < GROUP_WRITES && performance.now() < until; turn += 1) await write();
  globalThis.gc();
  const started = performance.now();
  let done = 0;
  for (; done < GROUP_WRITES && performance.now() - started < budgetMs; done += 1) await write();
  const us = ((performance.now() - started) * 1_000) / done;
  const expected = store.groupByAgent();
  const totals = (rows) => rows.reduce((sum, { n, chats }) => sum + n + chats, 0);
  const same = totals(await expected) === totals(groups);
  await stop();
  if (!same) throw new Error('The live groups and those computed anew differ.');
  return { us, operations: done };
}
