import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPEN_MS, type OpenBrowser, openBrowser } from '../instruments/open-browser.ts';
import type { Desk } from './pages/desk.ts';

declare const desk: Desk;
/** The same page on two storages. */
const SCRIPTS = { ours: 'test/rxdb/pages/desk-on-ours.ts', dexie: 'test/rxdb/pages/desk-on-dexie.ts' };
const SOON = { timeout: 20_000, interval: 20 };

let browser: OpenBrowser;
/** A tab that does nothing, of the profile that those tests share which leave it well. */
let shared: Page;
beforeAll(async () => {
  browser = await openBrowser({ tabsApart: true, onDisk: true });
  shared = await openTab();
}, OPEN_MS);
afterAll(() => browser?.close());

async function openTab(beside?: Page, name: keyof typeof SCRIPTS = 'ours'): Promise<Page> {
  const { page, complaints } = await browser.openPage(SCRIPTS[name], beside);
  await page.waitForFunction(() => 'desk' in globalThis);
  expect(complaints).toEqual([]);
  return page;
}

/** Ends what a page does, as one who goes elsewhere or as a fault of the browser. Nobody waits for an answer of what is gone. */
async function leave(page: Page, end: 'left' | 'crashed'): Promise<void> {
  const session = await page.context().newCDPSession(page);
  if (end === 'crashed') session.send('Page.crash').catch(() => undefined);
  else session.send('Page.navigate', { url: 'about:blank' }).catch(() => undefined);
}

const open = (page: Page) => page.evaluate(() => desk.open());

describe('RxDB in Chromium, on ours over IndexedDB', () => {
  test('an app says the same as on RxDB’s Dexie storage, word for word, also in the next page', async () => {
    const said: string[][][] = [];
    for (const name of ['ours', 'dexie'] as const) {
      const first = await openTab(shared, name);
      const next = await openTab(shared, name);
      const lines = [await first.evaluate(() => desk.firstVisit())];
      await first.close();
      said.push([...lines, await next.evaluate(() => desk.nextVisit())]);
      await next.close();
    }
    expect(said[0]?.map((lines) => lines.length)).toEqual([88, 14]);
    expect(said[0]).toEqual(said[1]);
  });

  test.each(['left', 'crashed'] as const)(
    'a page that is %s while it writes loses nothing that was acknowledged, and no half of a bulk',
    async (end) => {
      let page = await openTab();
      const first = page;
      const acknowledged = new Set<string>();
      for (let round = 0; round < 2; round++) {
        await open(page);
        const ids = new Set(await page.evaluate(() => desk.ids()));
        for (const id of acknowledged) expect(ids).toContain(id);
        expect(await page.evaluate(() => desk.halves())).toBe(0);
        // Before the page is busy, which the browser would have the other wait for.
        const next = await openTab(first);
        await page.exposeFunction('acknowledged', (id: string) => void acknowledged.add(id));
        page.evaluate((name) => desk.writeOn(name), `round${round}`).catch(() => undefined);
        const from = acknowledged.size;
        await expect.poll(() => acknowledged.size, SOON).toBeGreaterThan(from + 40);
        await leave(page, end);
        page = next;
      }
      await open(page);
      const ids = new Set(await page.evaluate(() => desk.ids()));
      for (const id of acknowledged) expect(ids).toContain(id);
      expect(await page.evaluate(() => desk.halves())).toBe(0);
      await page.context().close();
    },
  );

  test.each(['ours', 'dexie'] as const)(
    'tabs see each other’s writes as they happen, and go on when the leading one closes: %s',
    async (name) => {
      const first = await openTab(shared, name);
      const second = await openTab(shared, name);
      await open(first);
      await first.evaluate(() => desk.lead());
      await open(second);
      const shows = async (...wanted: string[]) => {
        for (const page of [first, second])
          if (!page.isClosed()) await expect.poll(() => page.evaluate(() => desk.shown()), SOON).toEqual(wanted);
      };
      await first.evaluate(() => desk.insert('a', 'of the first'));
      await shows('a of the first');
      await second.evaluate(() => desk.insert('b', 'of the second'));
      await second.evaluate(() => desk.patch('a', 'of both'));
      await first.evaluate(() => desk.remove('b'));
      await shows('a of both');
      const events = ['INSERT a', 'INSERT b', 'UPDATE a', 'DELETE b'];
      for (const page of [first, second]) expect(await page.evaluate(() => desk.heard())).toEqual(events);
      expect(await Promise.all([first, second].map((page) => page.evaluate(() => desk.leads())))).toEqual([
        true,
        false,
      ]);
      await first.evaluate(() => desk.close());
      await first.close();
      await second.evaluate(() => desk.insert('c', 'after'));
      await shows('a of both', 'c after');
      await second.evaluate(() => desk.lead());
      await second.close();
    },
  );

  test.each(['ours', 'dexie'] as const)(
    'a collection that one tab removes is gone for the other, and can be made anew by both: %s',
    async (name) => {
      const tabs = [await openTab(shared, name), await openTab(shared, name)] as const;
      await Promise.all(tabs.map(open));
      await tabs[0].evaluate(() => desk.insert('old'));
      for (const page of tabs) await expect.poll(() => page.evaluate(() => desk.ids()), SOON).toContain('old');
      await tabs[1].evaluate(() => desk.removeCalls());
      for (const page of tabs) await expect.poll(() => page.evaluate(() => desk.isGone()), SOON).toBe(true);
      await tabs[0].evaluate(() => desk.addCalls());
      await tabs[0].evaluate(() => desk.insert('new'));
      await tabs[1].evaluate(() => desk.addCalls());
      for (const page of tabs) await expect.poll(() => page.evaluate(() => desk.shown()), SOON).toEqual(['new ']);
      await tabs[1].evaluate(() => desk.insert('newer'));
      for (const page of tabs)
        await expect.poll(() => page.evaluate(() => desk.shown()), SOON).toEqual(['new ', 'newer ']);
      for (const page of tabs) await page.close();
    },
  );

  test('a tab goes on when the leading one crashes while both write, and everything acknowledged is there', async () => {
    const first = await openTab();
    const second = await openTab(first);
    const acknowledged: string[] = [];
    await Promise.all([open(first), open(second)]);
    for (const [at, page] of [first, second].entries()) {
      await page.exposeFunction('acknowledged', (id: string) => void acknowledged.push(id));
      page.evaluate((name) => desk.writeOn(name), `tab${at}`).catch(() => undefined);
    }
    await expect.poll(() => acknowledged.length, SOON).toBeGreaterThan(40);
    await leave(first, 'crashed');
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length, SOON).toBeGreaterThan(before + 20);
    const ids = new Set(await second.evaluate(() => desk.ids()));
    for (const id of acknowledged.slice(0, before)) expect(ids).toContain(id);
    await second.context().close();
  });
});
