import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPEN_MS, type OpenBrowser, type OpenPage, openBrowser } from '../instruments/open-browser.ts';
import type { Desk } from './desk.ts';

let browser: OpenBrowser;
let opened: OpenPage;

beforeAll(async () => {
  browser = await openBrowser();
  opened = await browser.openPage('test/react/pages/desk.tsx');
  await opened.page.waitForFunction('globalThis.desk !== undefined');
}, OPEN_MS);
afterAll(() => browser?.close());

/** Has the page do something and gives what it says. */
function ask<K extends keyof Desk>(name: K, ...given: Parameters<Desk[K]>): Promise<Awaited<ReturnType<Desk[K]>>> {
  return opened.page.evaluate(
    ({ name, given }) => {
      const { desk } = globalThis as unknown as { readonly desk: Record<string, (...given: unknown[]) => never> };
      return desk[name]?.(...given);
    },
    { name, given: given as unknown[] },
  ) as Promise<Awaited<ReturnType<Desk[K]>>>;
}

const textOf = (selector: string) => opened.page.locator(selector).textContent();
const rowCount = () => opened.page.locator('#list li').count();
/** The row at a place, from 0; of -1 the last. */
const rowAt = (place: number) => opened.page.locator('#list li').nth(place).textContent();

// One desk, worked at from morning to evening: each test goes on from where the one before it left off.
describe('a desk of 2,000 sessions in StrictMode', () => {
  test('shows every session, a count and no record at first, with two live queries open', async () => {
    expect(await rowCount()).toBe(2000);
    expect(await rowAt(0)).toMatch(/: 0 s idle/);
    expect(await rowAt(-1)).toMatch(/: 1999 s idle/);
    expect(await textOf('#count')).toBe('1000');
    expect(await textOf('#record')).toBe('none');
    expect(await ask('openNow')).toBe(2);
    expect((await ask('takeRenders')).rows).toHaveLength(2000);
  });

  test('renders of an updated session its row alone', async () => {
    await ask('update', 1999, 5000);
    const { rows, list } = await ask('takeRenders');
    expect(rows).toEqual([await ask('idOf', 1999)]);
    // StrictMode renders each component twice.
    expect(list).toBe(2);
    expect(await rowAt(-1)).toMatch(/: 5000 s idle/);
  });

  test('leaves the count alone while the number is what it was', async () => {
    await ask('update', 1999, 6000);
    expect((await ask('takeRenders')).count).toBe(0);
    await ask('update', 1999, 1);
    expect((await ask('takeRenders')).count).toBe(2);
    expect(await textOf('#count')).toBe('999');
    expect(await rowAt(2)).toMatch(/: 1 s idle/);
  });

  test('renders of a created session its row alone, where it belongs', async () => {
    await ask('create', 7);
    expect((await ask('takeRenders')).rows).toHaveLength(1);
    expect(await rowCount()).toBe(2001);
    const places = [8, 9, 10];
    expect(await Promise.all(places.map(rowAt))).toEqual([
      expect.stringContaining(': 7 s idle'),
      expect.stringContaining(': 7 s idle'),
      expect.stringContaining(': 8 s idle'),
    ]);
  });

  test('watches one session, and renders for no other', async () => {
    const id = await ask('idOf', 20);
    await ask('watch', id);
    expect(await textOf('#record')).toBe('20 s idle');
    expect(await ask('openNow')).toBe(3);
    await ask('takeRenders');
    await ask('update', 21, 22);
    expect((await ask('takeRenders')).record).toBe(0);
    await ask('update', 20, 23);
    expect((await ask('takeRenders')).record).toBe(2);
    expect(await textOf('#record')).toBe('23 s idle');
  });

  test('takes a deleted session away and brings it back with nothing else rendered', async () => {
    const id = await ask('idOf', 20);
    await ask('delete', id);
    expect(await textOf('#record')).toBe('none');
    expect(await rowCount()).toBe(2000);
    expect((await ask('takeRenders')).rows).toEqual([]);
    await ask('undelete', id);
    expect(await textOf('#record')).toBe('23 s idle');
    expect(await rowCount()).toBe(2001);
    expect((await ask('takeRenders')).rows).toEqual([id]);
  });

  test('shows a transaction in one rendering', async () => {
    await ask('transact', 100, 110, 3000);
    const { rows, list, count } = await ask('takeRenders');
    expect([rows.length, list, count]).toEqual([11, 2, 2]);
    expect(await opened.page.locator('#list li', { hasText: ' 7 s in chats' }).count()).toBe(10);
  });

  test('shows the rows of a changed query with those in common left as they are', async () => {
    const before = await ask('openedEver');
    await ask('setFloor', 1990);
    expect(await rowCount()).toBe(10);
    expect((await ask('takeRenders')).rows).toEqual([]);
    expect(await ask('openNow')).toBe(3);
    await ask('setFloor', 1989);
    expect(await rowCount()).toBe(11);
    expect((await ask('takeRenders')).rows).toEqual([await ask('idOf', 1989)]);
    // Read once in render, then opened to stay: twice for each of two queries.
    expect((await ask('openedEver')) - before).toBe(4);
  });

  test('hears of the changed query and no more of the old one', async () => {
    await ask('update', 5, 6);
    expect((await ask('takeRenders')).list).toBe(0);
    await ask('update', 5, 1995);
    expect(await rowCount()).toBe(12);
  });

  test('leaves no live query open when it goes, and has made no complaint', async () => {
    await ask('unmount');
    expect(await ask('openNow')).toBe(0);
    expect(opened.complaints).toEqual([]);
  });
});
