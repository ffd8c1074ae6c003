/** A client of a peer: `client-child.mjs <peer> <place>`. */

import { answer, clockMs, cpuMs } from './processes.mjs';
import { ASKED_AGENT, ASKED_ROWS, LIVE_RECORDS, recordsOf, sumsOf } from './records.mjs';

const [, , name, place] = process.argv;
const { peer } = await import(`./peers/${name}.mjs`);
const EVERY_MS = 20;
const CALLS = 1_000;
let client;
let arrivals;

async function sums() {
  return sumsOf(await client.all());
}

answer({
  /** A new client fetches all there is, until it has answered a question by an index. */
  async bootstrap({ url, size }) {
    client = await peer.open(url, place);
    const from = clockMs();
    await client.connect();
    await client.arrived(size);
    const rows = await client.newest(ASKED_AGENT, ASKED_ROWS);
    const ms = clockMs() - from;
    return { ms, rows: rows.length };
  },
  /** Writes are made offline; the server is reached afterwards, in `drain`. `at once`: in how large calls. */
  async offline({ url, size, atOnce }) {
    client = await peer.open(url, place, { isOffline: true });
    const records = recordsOf(size, peer.shape);
    const from = clockMs();
    for (let at = 0; at < size; at += CALLS) {
      const some = records.slice(at, at + CALLS);
      // Each is a write of its own; what they wait for, as for a disk, is waited for together.
      if (atOnce === 1) await Promise.all(some.map((record) => client.insert(record)));
      else await client.insertMany(some);
    }
    await client.written?.();
    return { ms: clockMs() - from };
  },
  async drain() {
    globalThis.gc();
    const from = clockMs();
    await client.connect();
    const isKnown = await client.drained();
    return { from, ms: clockMs() - from, isKnown: isKnown !== false };
  },
  /** Follows the records of one agent, and notes when the value of each write was first seen. */
  async follow({ url }) {
    client = await peer.open(url, place);
    await client.connect();
    await client.arrived(LIVE_RECORDS);
    arrivals = [];
    const seen = new Map();
    let isFirst = true;
    await client.watch(ASKED_AGENT, (rows) => {
      const at = clockMs();
      for (const { Id, ChatReqAssigned } of rows) {
        const last = seen.get(Id);
        if (last === ChatReqAssigned) continue;
        seen.set(Id, ChatReqAssigned);
        if (!isFirst) arrivals.push([ChatReqAssigned, at]);
      }
      isFirst = false;
    });
  },
  async write({ url, seconds }) {
    client = await peer.open(url, place);
    await client.connect();
    await client.arrived(LIVE_RECORDS);
    const ids = (await client.all()).map(({ Id }) => Id).sort();
    const written = [];
    const from = clockMs();
    for (let turn = 0; turn < (seconds * 1_000) / EVERY_MS; turn += 1) {
      const wait = from + turn * EVERY_MS - clockMs();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      // Beyond what the records began with.
      const value = 1_000 + turn;
      written.push([value, clockMs()]);
      client.update(ids[turn % LIVE_RECORDS], value);
    }
    return { written };
  },
  arrivals: () => ({ arrivals }),
  sums,
  cpu: () => ({ ms: cpuMs() }),
  end: () => client?.close(),
});
