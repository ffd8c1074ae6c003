/** All that one peer is measured at. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DRAINED_BY_PEERS, MOST } from './flags.mjs';
import { Process } from './processes.mjs';
import { ASKED_ROWS, assertAgree, assertSeed, LIVE_RECORDS } from './records.mjs';

const BATCH = 1_000;
const SETTLE_MS = 10_000;
let places = 0;

/** Does something with a server and some clients, and ends them whatever happens. */
async function among(name, root, { profile }, clients, work) {
  const start = (file) => {
    places += 1;
    const place = join(root, String(places));
    mkdirSync(place);
    return new Process(file, [name, place], profile);
  };
  const server = start('./server-child.mjs');
  const others = Array.from({ length: clients }, () => start('./client-child.mjs'));
  try {
    return await work(server, ...others);
  } finally {
    await Promise.all(others.map((other) => other.end()));
    await server.end();
  }
}

/** What each end computes while something is done. */
async function computing(server, client, work) {
  const cpu = async () => [(await client.ask('cpu')).ms, (await server.ask('cpu')).ms];
  const before = await cpu();
  const result = await work();
  const after = await cpu();
  return { ...result, clientCpu: after[0] - before[0], serverCpu: after[1] - before[1] };
}

const bootstrap = (name, root, flags, size) =>
  among(name, root, flags, 1, async (server, client) => {
    const { url } = await server.ask('start', { size });
    const { rows, ...times } = await computing(server, client, () => client.ask('bootstrap', { url, size }));
    const { sent } = await server.ask('bytes');
    if (rows !== ASKED_ROWS && size >= 100_000) throw new Error(`${rows} rows answered`);
    const [mine, theirs] = [await client.ask('sums'), await server.ask('sums')];
    assertAgree(mine, theirs, size);
    assertSeed(mine, size);
    return { ...times, sent, plain: await server.ask('plain') };
  });

const drain = (name, root, flags, size, atOnce) =>
  among(name, root, flags, 1, async (server, client) => {
    const { url } = await server.ask('start', { size: 0 });
    const offline = await client.ask('offline', { url, size, atOnce });
    const times = await computing(server, client, async () => {
      const { from, ms, isKnown } = await client.ask('drain');
      // A client that is told nothing of what the server took is done when the server is.
      return { ms: isKnown ? ms : (await server.ask('held', { size })).at - from };
    });
    const [mine, theirs] = [await client.ask('sums'), await server.ask('sums')];
    assertAgree(mine, theirs, size);
    assertSeed(theirs, size);
    return { ...times, offlineMs: offline.ms };
  });

const latency = (name, root, flags) =>
  among(name, root, flags, 2, async (server, reader, writer) => {
    const { url } = await server.ask('start', { live: true });
    await reader.ask('follow', { url });
    const { written } = await writer.ask('write', { url, seconds: flags.seconds });
    const last = written.at(-1)[0];
    let arrivals = [];
    for (const until = Date.now() + SETTLE_MS; Date.now() < until; ) {
      ({ arrivals } = await reader.ask('arrivals'));
      if (arrivals.some(([value]) => value === last)) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const all = [await reader.ask('sums'), await server.ask('sums'), await writer.ask('sums')];
    assertAgree(all[0], all[1], LIVE_RECORDS);
    assertAgree(all[2], all[1], LIVE_RECORDS);
    return delays(written, arrivals);
  });

/** A value that was written over before it came counts from its writing until the next of its record came. */
function delays(written, arrivals) {
  const came = new Map();
  for (const [value, at] of arrivals) if (!came.has(value)) came.set(value, at);
  const waits = [];
  let skipped = 0;
  // The first second is of code that is not compiled yet.
  for (const [value, at] of written.slice(LIVE_RECORDS)) {
    let later = value;
    while (!came.has(later) && later <= written.at(-1)[0]) later += LIVE_RECORDS;
    if (!came.has(later)) throw new Error('a write never came');
    if (later !== value) skipped += 1;
    waits.push(came.get(later) - at);
  }
  waits.sort((left, right) => left - right);
  const at = (share) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))];
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), most: waits.at(-1), writes: waits.length, skipped };
}

async function median(rounds, work) {
  const results = [];
  for (let round = 0; round < rounds; round += 1) results.push(await work());
  results.sort((left, right) => left.ms - right.ms);
  return results[results.length >> 1];
}

/** What was measured, by work; `failures` says what was not, and why. */
export async function runPeer(name, flags, root) {
  const isOwn = name.startsWith('sojourn');
  const size = Math.min(flags.size, MOST[name] ?? flags.size);
  const drained = isOwn ? size : Math.min(size, DRAINED_BY_PEERS);
  const works = {
    bootstrap: () => median(flags.rounds, () => bootstrap(name, root, flags, size)),
    drain: () => median(flags.rounds, () => drain(name, root, flags, drained, 1)),
    batched: () => median(flags.rounds, () => drain(name, root, flags, drained, BATCH)),
    latency: () => latency(name, root, flags),
  };
  const result = { name, size, drained, failures: [] };
  for (const [work, measure] of Object.entries(works)) {
    if (!flags.works.includes(work === 'batched' ? 'drain' : work)) continue;
    try {
      result[work] = await measure();
      console.error(`> ${name}: ${work} ${JSON.stringify(result[work])}`);
    } catch (error) {
      result.failures.push(`${work}: ${String(error.message ?? error).split('\n')[0]}`);
      console.error(error);
    }
  }
  return result;
}
