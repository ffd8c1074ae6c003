/** The server of a peer: `server-child.mjs <peer> <place>`. */

import { gzipSync } from 'node:zlib';
import { answer, clockMs, cpuMs } from './processes.mjs';
import { liveRecords, recordsOf, sumsOf } from './records.mjs';

const [, , name, place] = process.argv;
const { peer } = await import(`./peers/${name}.mjs`);
let server;

answer({
  /** Begins with so many records; `live`: with those of the measurement of latency. */
  async start({ size, live }) {
    const records = live ? liveRecords(peer.shape) : size > 0 ? recordsOf(size, peer.shape) : [];
    server = await peer.serve(records, place);
    return { url: server.url };
  },
  /** When so many records were held. */
  async held({ size }) {
    while ((await server.count()) < size) await new Promise((resolve) => setTimeout(resolve, 2));
    return { at: clockMs() };
  },
  bytes: () => ({ sent: server.sent() }),
  sums: async () => sumsOf(await server.all()),
  /** The same records as NDJSON in gzip. */
  async plain() {
    const text = (await server.all()).map((record) => `${JSON.stringify(record)}\n`).join('');
    return { bytes: text.length, gzip: gzipSync(text).length };
  },
  memory() {
    for (let round = 0; round < 4; round += 1) globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, held: heapUsed + external };
  },
  write: async () => {
    await server.write();
    return { at: clockMs() };
  },
  cpu: () => ({ ms: cpuMs() }),
  end: () => server?.close(),
});
