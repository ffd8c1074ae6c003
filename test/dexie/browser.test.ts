import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPEN_MS, type OpenBrowser, openBrowser } from '../instruments/open-browser.ts';
import type { Disk } from './pages/disk.ts';

declare const disk: Disk;
const SCRIPT = 'test/dexie/pages/disk.ts';

let browser: OpenBrowser;
beforeAll(async () => {
  browser = await openBrowser({ tabsApart: true, onDisk: true });
}, OPEN_MS);
afterAll(() => browser?.close());

async function ready(page: Page): Promise<Page> {
  await page.waitForFunction(() => 'disk' in globalThis);
  return page;
}

async function openTab(beside?: Page): Promise<Page> {
  return ready((await browser.openPage(SCRIPT, beside)).page);
}

/** Ends what a page does, as one who goes elsewhere or as a fault of the browser. Nobody waits for an answer of what is gone. */
async function leave(page: Page, end: 'left' | 'crashed'): Promise<void> {
  const session = await page.context().newCDPSession(page);
  if (end === 'crashed') session.send('Page.crash').catch(() => undefined);
  else session.send('Page.navigate', { url: 'about:blank' }).catch(() => undefined);
}

/** Waits until a database that a killed tab had open can be opened, which takes the browser a moment to see. */
async function openSoon(page: Page): Promise<string> {
  for (let turn = 0; ; turn++) {
    const outcome = await page.evaluate(() => disk.open());
    if (outcome !== 'STORAGE_LOCKED' || turn === 50) return outcome;
    await page.waitForTimeout(50);
  }
}

describe('in Chromium', () => {
  test('IndexedDB through Dexie keeps every promise of a storage', async () => {
    const page = await openTab();
    expect(await page.evaluate(() => disk.check())).toEqual([]);
    await page.context().close();
  });

  test('what is kept with a key is encrypted by the browser, and opens with that key alone', async () => {
    const page = await openTab();
    const refused = ['WRONG_KEY', 'WRONG_KEY', 'WRONG_KEY'];
    expect(await page.evaluate(() => disk.keep())).toEqual([true, false, false, ...refused, 2, true]);
    await page.context().close();
  });

  test.each(['left', 'crashed'] as const)(
    'a page that is %s while it writes loses nothing that was acknowledged',
    async (end) => {
      let page = await openTab();
      const first = page;
      const acknowledged = new Set<string>();
      for (let round = 0; round < 2; round++) {
        expect(await openSoon(page)).toBe('open');
        const ids = await page.evaluate(() => disk.ids());
        for (const id of acknowledged) expect(ids).toContain(id);
        expect(await page.evaluate(() => disk.halves())).toBe(0);
        // Before the page is busy, which the browser would have the other wait for.
        const next = await openTab(first);
        await page.exposeFunction('acknowledged', (id: string) => acknowledged.add(id));
        page.evaluate(() => disk.writeOn()).catch(() => undefined);
        const from = acknowledged.size;
        await expect.poll(() => acknowledged.size).toBeGreaterThan(from + 60);
        await leave(page, end);
        page = next;
      }
      expect(await openSoon(page)).toBe('open');
      const ids = await page.evaluate(() => disk.ids());
      for (const id of acknowledged) expect(ids).toContain(id);
      await page.context().close();
    },
  );

  test('a second tab is told that the database is open, and has it when the first lets go', async () => {
    const first = await openTab();
    const second = await openTab(first);
    expect(await first.evaluate(() => disk.open())).toBe('open');
    expect(await second.evaluate(() => disk.open())).toBe('STORAGE_LOCKED');
    await first.evaluate(() => disk.close());
    expect(await second.evaluate(() => disk.open())).toBe('open');
    expect(await second.evaluate(() => disk.health())).toMatchObject({ storage: 'dexie', durability: 'strict' });
    await first.context().close();
  });
});
