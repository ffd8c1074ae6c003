/** What the client of the sync adds to an application that has the engine already: minified, in gzip. */

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const dist = (name) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
const ENGINE = `export * from '${dist('index.js')}';`;
const CLIENT = `export { replicate, http, syncObjects } from '${dist('replication/replication.js')}';`;
const OTHERS = ['rxjs', 'zod', 'zod/mini', 'eventsource-parser', 'minisearch', 'papaparse', 'node:*'];

async function bundled(contents, external) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
    external,
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

export async function clientSize() {
  console.error('> sojourn: size');
  const engine = await bundled(ENGINE, OTHERS);
  const both = await bundled(ENGINE + CLIENT, OTHERS);
  // An application that has neither of these two pays for them as well.
  const inside = OTHERS.filter((name) => !name.startsWith('zod') && name !== 'eventsource-parser');
  const withAll = await bundled(ENGINE + CLIENT, inside);
  const engineInside = await bundled(ENGINE, inside);
  return { engine, client: both - engine, withParsers: withAll - engineInside };
}
