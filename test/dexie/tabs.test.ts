import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPEN_MS, type OpenBrowser, openBrowser } from '../instruments/open-browser.ts';
import type { Tab } from './pages/tab.ts';

declare const tab: Tab;
const SCRIPT = 'test/dexie/pages/tab.ts';

let browser: OpenBrowser;
beforeAll(async () => {
  browser = await openBrowser({ tabsApart: true, onDisk: true });
}, OPEN_MS);
afterAll(() => browser?.close());

async function openTab(beside?: Page): Promise<Page> {
  const { page } = await browser.openPage(SCRIPT, beside);
  await page.waitForFunction(() => 'tab' in globalThis);
  return page;
}

/** Tabs of one browser on one database, the first of which leads. */
async function openTabs(count: number): Promise<[Page, ...Page[]]> {
  const first = await openTab();
  const others: Page[] = [];
  while (others.length < count - 1) others.push(await openTab(first));
  for (const page of [first, ...others]) expect(await page.evaluate(() => tab.open())).toBe('done');
  return [first, ...others];
}

const notesOf = (page: Page) => page.evaluate(() => tab.notes());
const roleOf = (page: Page) => page.evaluate(() => tab.role());

/** Waits until pages show the same, by their live queries, and gives it. */
async function agreed(pages: readonly Page[]): Promise<readonly (string | null)[]> {
  const [first] = pages as [Page];
  await expect
    .poll(async () => new Set(await Promise.all(pages.map(async (page) => (await notesOf(page)).join()))).size)
    .toBe(1);
  for (const page of pages) expect(await page.evaluate(() => tab.shown())).toEqual(await notesOf(page));
  return notesOf(first);
}

describe('tabs of Chromium on one database', () => {
  test('write through the first, see each other’s writes, and number them once', async () => {
    const pages = await openTabs(3);
    const [first, second, third] = pages as [Page, Page, Page];
    expect(await Promise.all(pages.map(roleOf))).toEqual(['leader', 'follower', 'follower']);
    await Promise.all([0, 1, 2, 3].flatMap((at) => pages.map((page) => page.evaluate((n) => tab.create(`n${n}`), at))));
    expect(await agreed(pages)).toHaveLength(12);
    const names = await second.evaluate(() => tab.names());
    expect(new Set(names).size).toBe(12);
    expect(await third.evaluate(() => tab.transact())).toBe('WRITER_ELSEWHERE');
    expect(await first.evaluate(() => tab.transact())).toBe('done');
    await first.context().close();
  });

  test.each([
    ['closes', 2],
    ['crashes', 2],
    ['crashes', 3],
  ] as const)(
    'when the first %s, of %i, another takes its place with all that was acknowledged, once',
    async (end, count) => {
      const [first, ...others] = await openTabs(count);
      const second = others[0] as Page;
      const acknowledged: string[] = [];
      for (const [at, page] of [first, ...others].entries()) {
        await page.exposeFunction('acknowledged', (note: string) => void acknowledged.push(note));
        page.evaluate((name) => tab.writeOn(name), `tab${at}`).catch(() => undefined);
      }
      await expect.poll(() => acknowledged.length).toBeGreaterThan(30);
      const before = acknowledged.length;
      if (end === 'closes') first.evaluate(() => tab.close()).catch(() => undefined);
      else {
        const session = await first.context().newCDPSession(first);
        session.send('Page.crash').catch(() => undefined);
      }
      await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 30);
      const notes = await Promise.all(others.map(async (page) => new Set(await notesOf(page))));
      const counts = new Map<string | null, number>();
      for (const note of await notesOf(second)) counts.set(note, (counts.get(note) ?? 0) + 1);
      expect([...counts.values()].every((count) => count === 1)).toBe(true);
      for (const note of acknowledged.slice(0, before)) for (const held of notes) expect(held.has(note)).toBe(true);
      expect((await Promise.all(others.map(roleOf))).filter((role) => role === 'leader')).toHaveLength(1);
      await second.context().close();
    },
  );

  test('when the first hangs, another takes over; once it moves again it follows', async () => {
    const pages = await openTabs(3);
    const [first, second, third] = pages as [Page, Page, Page];
    await second.evaluate(() => tab.create('before'));
    let move = () => {};
    await first.route('**/move', (route) => {
      move = () => route.fulfill({ status: 204 });
    });
    const hanging = first.evaluate(() => tab.hang('/move'));
    await second.evaluate(() => tab.create('meanwhile'));
    expect((await Promise.all([second, third].map(roleOf))).sort()).toEqual(['follower', 'leader']);
    move();
    expect(await hanging).toBe('STORAGE_LOCKED');
    expect(await first.evaluate(() => tab.create('after'))).toMatch(/^a1C/);
    expect(await roleOf(first)).toBe('follower');
    expect(await agreed(pages)).toEqual(['before', 'meanwhile', 'after']);
    await first.context().close();
  });
});
