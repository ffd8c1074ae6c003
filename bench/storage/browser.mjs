/** A real Chromium, from the package the tests take theirs from, with a profile on the disk. */

import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import packedChromium, { inflate } from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

/** An origin that browsers trust as they do https. Nothing listens there, and what is asked of others is refused. */
const ORIGIN = 'http://127.0.0.1';
const LAUNCH_MS = 60_000;
/** Of its own, as the package's have the browser in one process and pages unguarded from each other. */
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--no-first-run',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** With these a page's clock ticks in 5 us; without, in 100. */
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** Unpacked once a version, in the place where the tests look too: beside it and moved there whole. */
async function unpack() {
  const require = createRequire(import.meta.url);
  const root = join(dirname(require.resolve('@sparticuz/chromium')), '..', '..');
  const place = join(tmpdir(), `sojourn-chromium-${require(join(root, 'package.json')).version}`);
  if (existsSync(place)) return place;
  const beside = await mkdtemp(`${place}-`);
  const { TMPDIR } = process.env;
  process.env.TMPDIR = beside;
  try {
    await packedChromium.executablePath();
    await inflate(join(root, 'bin', 'al2023.tar.br'));
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
  await rename(beside, place).catch(async (error) => {
    await rm(beside, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  });
  return place;
}

async function launchOptions() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome' };
  const place = await unpack();
  const libraries = [join(place, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH ?? ''].filter(Boolean).join(':');
  return {
    executablePath: join(place, 'chromium'),
    args: ARGS,
    env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(place, 'fonts') },
  };
}

function answer(route, script) {
  const { pathname, origin } = new URL(route.request().url());
  if (origin !== ORIGIN) return route.abort();
  if (pathname === '/script.js')
    return route.fulfill({ contentType: 'text/javascript', body: script, headers: ISOLATED });
  if (pathname !== '/') return route.fulfill({ status: 204 });
  const body = '<!doctype html><title>bench</title><script type="module" src="/script.js"></script>';
  return route.fulfill({ contentType: 'text/html; charset=utf-8', body, headers: ISOLATED });
}

/**
 * Starts the browser on a profile and runs `work` in a page that has run `script`, once the page has said that it is
 * ready. Each call is a browser of its own: what an earlier one wrote is read from the disk. A context that is not of a
 * profile, as tests use, would keep its IndexedDB in memory.
 */
export async function inPage(profile, script, timeoutMs, work) {
  const context = await chromium.launchPersistentContext(profile, { timeout: LAUNCH_MS, ...(await launchOptions()) });
  let timer;
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.route('**/*', (route) => answer(route, script));
    await page.goto(`${ORIGIN}/`);
    await page
      .waitForFunction(() => 'bench' in globalThis)
      .catch((error) => {
        throw new Error(complaints[0] ?? error.message);
      });
    const tooLong = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Stopped after ${timeoutMs / 1_000} s.`)), timeoutMs);
    });
    return await Promise.race([work(page), tooLong]);
  } finally {
    clearTimeout(timer);
    await context.close();
  }
}
