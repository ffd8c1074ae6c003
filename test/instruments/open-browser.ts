import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import packedChromium, { inflate } from '@sparticuz/chromium';
import { build } from 'esbuild';
import { type BrowserContext, chromium, type LaunchOptions, type Page } from 'playwright-core';

/** An origin that browsers trust as they do https; nothing listens there, and a request leaves the browser's routes for `reach` alone. */
export const ORIGIN = 'http://127.0.0.1';
const LAUNCH_MS = 30_000;
/** What a test file grants its browser to be unpacked, the first time on a machine, and started. */
export const OPEN_MS = 60_000;
const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-gpu',
  '--headless',
];

/** What has the whole browser run in one process. */
const ONE_PROCESS: ReadonlySet<string> = new Set(['--single-process', '--no-zygote', '--in-process-gpu']);

/** A page with what has gone wrong in it: uncaught errors, and what was written to the console as an error. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

export interface OpenBrowser {
  /**
   * Bundles a script, a path from the root of the checkout, and opens a page that runs it: in a profile of its own, or as
   * another tab beside a page.
   */
  openPage(script: string, beside?: Page): Promise<OpenPage>;
  close(): Promise<void>;
}

/**
 * The browser that the package brings, unpacked once a version. It is unpacked beside and moved into place whole: a run
 * that is stopped halfway must not leave a browser that cannot start to all that follow.
 */
async function unpackBrowser(): Promise<string> {
  const resolve = createRequire(import.meta.url).resolve;
  const root = join(dirname(resolve('@sparticuz/chromium')), '..', '..');
  const { version } = createRequire(import.meta.url)(join(root, 'package.json')) as { readonly version: string };
  const place = join(tmpdir(), `sojourn-chromium-${version}`);
  if (existsSync(place)) return place;
  const beside = await mkdtemp(`${place}-`);
  const { TMPDIR } = process.env;
  // The package unpacks to the folder for temporary files, wherever that is.
  process.env.TMPDIR = beside;
  try {
    await packedChromium.executablePath();
    await inflate(join(root, 'bin', 'al2023.tar.br'));
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
  await rename(beside, place).catch(async (error: unknown) => {
    await rm(beside, { recursive: true, force: true });
    // Another run was first.
    if (!existsSync(place)) throw error;
  });
  return place;
}

/** How the browser is started: the package's own where it can run, with the libraries it brings; else the system's. */
async function launchOptions(): Promise<LaunchOptions> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome', headless: true };
  const place = await unpackBrowser();
  return {
    executablePath: join(place, 'chromium'),
    args: [...packedChromium.args, ...QUIET],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [join(place, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH ?? ''].filter(Boolean).join(':'),
      FONTCONFIG_PATH: join(place, 'fonts'),
    },
  };
}

const bundles = new Map<string, Promise<string>>();

/** The bundle of a script, made once. */
function bundled(script: string): Promise<string> {
  const made = bundles.get(script) ?? bundle(script);
  bundles.set(script, made);
  return made;
}

async function bundle(script: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [script],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`nothing was made of ${script}`);
  return file.text;
}

async function openPage(context: BrowserContext, script: string, reach: BrowserOptions['reach']): Promise<OpenPage> {
  const text = await bundled(script);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.route('**/*', (route) => {
    const { pathname, origin } = new URL(route.request().url());
    if (origin !== ORIGIN) return reach?.(origin) === true ? route.continue() : route.abort();
    if (pathname === '/script.js') return route.fulfill({ contentType: 'text/javascript', body: text });
    if (pathname !== '/') return route.fulfill({ status: 204 });
    return route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: '<!doctype html><title>Sojourn</title><div id="root"></div><script type="module" src="/script.js"></script>',
    });
  });
  await page.goto(`${ORIGIN}/`);
  return { page, complaints };
}

interface BrowserOptions {
  /** Each tab is a process of its own, as on a desk, so that one can be killed without the others. */
  readonly tabsApart?: boolean;
  /** Each profile is a folder on the disk; else it is one that a browser keeps in memory and forgets. */
  readonly onDisk?: boolean;
  /** Whether pages may ask another origin; none by default. */
  readonly reach?: ((origin: string) => boolean) | undefined;
}

/** Starts a browser without a screen; close it, or it outlives the tests. */
export async function openBrowser({
  tabsApart = false,
  onDisk = false,
  reach,
}: BrowserOptions = {}): Promise<OpenBrowser> {
  const { args = [], ...others } = await launchOptions();
  const own = tabsApart ? args.filter((arg) => !ONE_PROCESS.has(arg)) : args;
  const options = { timeout: LAUNCH_MS, args: own, ...others };
  if (onDisk) return openProfiles(options, reach);
  const browser = await chromium.launch(options);
  return {
    openPage: async (script, beside) => openPage(beside?.context() ?? (await browser.newContext()), script, reach),
    close: () => browser.close(),
  };
}

/** A browser for each profile, as each holds one. */
function openProfiles(options: LaunchOptions, reach: BrowserOptions['reach']): OpenBrowser {
  const profiles: { readonly context: BrowserContext; readonly folder: string }[] = [];
  const openProfile = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-profile-'));
    const context = await chromium.launchPersistentContext(folder, options);
    profiles.push({ context, folder });
    return context;
  };
  return {
    openPage: async (script, beside) => openPage(beside?.context() ?? (await openProfile()), script, reach),
    async close() {
      for (const { context, folder } of profiles) {
        await context.close();
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}
