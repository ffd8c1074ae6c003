/** A thousand streams on one server process: what each holds, and when a write has reached all. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Process } from './processes.mjs';

const WRITES = 11;

export async function runStreams({ streams, profile }, root) {
  console.error(`> sojourn: ${streams} streams`);
  const place = join(root, 'streams');
  mkdirSync(place);
  const server = new Process('./server-child.mjs', ['sojourn', place], profile);
  const client = new Process('./streams-child.mjs', [], profile);
  try {
    const { url } = await server.ask('start', { live: true });
    const before = await server.ask('memory');
    const opened = await client.ask('open', { url, streams });
    if (opened.streams !== streams) throw new Error(`${opened.streams} streams are open`);
    const after = await server.ask('memory');
    const rounds = [];
    for (let write = 0; write < WRITES; write += 1) {
      const told = client.ask('told');
      const { at } = await server.ask('write');
      const { first, last } = await told;
      // From when the write was made; the server begins to tell within it.
      rounds.push({ first: Math.max(0, first - at), last: last - at });
    }
    const middle = (read) => rounds.map(read).sort((left, right) => left - right)[WRITES >> 1];
    return {
      streams,
      connectMs: opened.ms,
      heldBytes: (after.held - before.held) / streams,
      rssBytes: (after.rss - before.rss) / streams,
      firstMs: middle(({ first }) => first),
      lastMs: middle(({ last }) => last),
      worstMs: Math.max(...rounds.map(({ last }) => last)),
    };
  } finally {
    await client.end();
    await server.end();
  }
}
