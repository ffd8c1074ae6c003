import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPEN_MS, type OpenBrowser, openBrowser } from '../instruments/open-browser.ts';
import type { Place } from './pages/serve-here.ts';

declare const place: Place;

describe('the server, where there is no Node', () => {
  let browser: OpenBrowser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, OPEN_MS);
  afterAll(() => browser?.close());

  test('is bundled with nothing of Node', async () => {
    const { metafile, outputFiles } = await build({
      entryPoints: ['src/server/server.ts'],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      conditions: ['worker', 'browser'],
      logLevel: 'silent',
    });
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
    expect(imports.filter(({ external }) => external)).toEqual([]);
    expect(outputFiles[0]?.text).not.toMatch(/\b(process|Buffer|__dirname)\s*[.[(]|\brequire\(/);
  });

  test('answers requests of every kind in a page of Chromium', async () => {
    const { page, complaints } = await browser.openPage('test/server/pages/serve-here.ts');
    await page.waitForFunction(() => 'place' in globalThis);
    const { id, hello, page: first, lines, events, rxdb, missing } = await page.evaluate(() => place.answers());
    expect(hello).toMatchObject({ protocol: 1, objects: { Visit: { version: 1 } } });
    expect(first).toMatchObject({ documents: [[0, { Id: id, Subject: 'here', Name: 'V-0001' }]], done: true });
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[1] as string)).toContain(id);
    expect(events).toContain(id);
    expect(rxdb).toMatchObject({ documents: [{ Id: id, _deleted: false }] });
    expect(missing).toBe(404);
    const [served, held] = await page.evaluate(() => place.exchange());
    expect(served).toHaveLength(2);
    expect(held).toEqual(served);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
