/** Every peer in Chromium: the same as in Node, each step in a browser started anew on the peer's own profile. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { inPage } from './browser.mjs';
import { sizeOf } from './disk.mjs';
import { medianOf } from './figures.mjs';
import { assertSame, columnsOf, expectedSums, storedRanges } from './records.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const OPENINGS = 3;
const STEP_MS = 300_000;

/** One script a peer, with all it needs. Some peers ask for modules of Node and do without. */
async function bundle(name) {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { expose } from './page.mjs'; import { peer } from './chromium/${name}.mjs'; expose(peer);`,
      resolveDir: HERE,
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    external: ['fs'],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** Bytes of what IndexedDB has on the disk, once the browser that wrote them has ended. */
const keptBytes = (profile) => sizeOf(join(profile, 'Default', 'IndexedDB'));

/** Opens, and asks the browser what it counts: it does so only for an origin that has been opened. */
async function openAndCount() {
  const opened = await globalThis.bench.open();
  const { usage } = await navigator.storage.estimate();
  return { ...opened, usage };
}

async function loadAndTell(size) {
  const { usage } = await navigator.storage.estimate();
  return { ...(await globalThis.bench.load(size)), usageBefore: usage, commit: globalThis.bench.commits };
}

async function measure(name, profile, columns, size) {
  const script = await bundle(name);
  const step = (call) => inPage(profile, script, STEP_MS, (page) => page.evaluate(call, size));
  const loaded = await step(loadAndTell);
  const bytes = keptBytes(profile);
  const openings = [];
  for (let turn = 0; turn < OPENINGS; turn += 1) openings.push(await step(openAndCount));
  for (const { sums } of openings) assertSame(sums, expectedSums(columns, [[0, size]]));
  const committed = await step((count) => globalThis.bench.commit(count));
  const ranges = storedRanges(size, { ones: committed.one.done, batches: committed.many.done });
  assertSame((await step(openAndCount)).sums, expectedSums(columns, ranges));
  return {
    name,
    commit: loaded.commit,
    one: committed.one,
    many: committed.many,
    loadSeconds: loaded.seconds,
    answeredMs: medianOf(openings, ({ answeredMs }) => answeredMs),
    readableMs: medianOf(openings, ({ readableMs }) => readableMs),
    bytes: (openings[0].usage - loaded.usageBefore) / size,
    folderBytes: bytes / size,
  };
}

/** The browser's version, and one result a peer; `{ name, failure }` of one that could not. */
export async function runChromium(names, size, root) {
  const columns = columnsOf(size);
  const results = [];
  const profile = join(root, 'profile');
  const version = await inPage(profile, 'globalThis.bench = {}', STEP_MS, (page) =>
    page.context().browser()?.version(),
  );
  for (const name of names) {
    console.error(`> ${name} in Chromium`);
    rmSync(profile, { recursive: true, force: true });
    try {
      results.push(await measure(name, profile, columns, size));
    } catch (error) {
      results.push({ name, failure: String(error.message ?? error).split('\n')[0] });
    } finally {
      rmSync(profile, { recursive: true, force: true });
    }
  }
  return { version, results };
}
