import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import { HttpSyncServer } from '../instruments/http-sync-server.ts';
import { OPEN_MS, type OpenBrowser, ORIGIN, openBrowser } from '../instruments/open-browser.ts';
import { Step, Visit } from '../instruments/sync-fleet.ts';
import type { Desk } from './pages/desk.ts';

declare const desk: Desk;
const SCRIPT = 'test/replication/pages/desk.ts';
const SOON = { timeout: 30_000 };

const openMaster = () => openDatabase({ name: 'server', objects: [Visit, Step, ...masterObjects] });

let browser: OpenBrowser;
let master: Awaited<ReturnType<typeof openMaster>>;
let server: HttpSyncServer;
beforeAll(async () => {
  const isServer = (origin: string) => origin === server.url;
  browser = await openBrowser({ tabsApart: true, onDisk: true, reach: isServer });
}, OPEN_MS);
afterAll(() => browser?.close());
beforeEach(async () => {
  master = await openMaster();
  server = new HttpSyncServer();
  await server.start(master, {
    objects: ['Visit', 'Step'],
    authorize: () => ({ user: 'u' }),
    cors: { origins: [ORIGIN] },
  });
});
afterEach(async () => {
  await server.stop();
  await master.close();
});

async function openDesk(beside?: Page, shared = false): Promise<Page> {
  const { page } = await browser.openPage(SCRIPT, beside);
  await page.waitForFunction(() => 'desk' in globalThis);
  await page.evaluate(([url, isShared]) => desk.open(url, isShared), [server.url, shared] as const);
  return page;
}

const recordsOf = (page: Page) => page.evaluate(() => desk.records());
const masterRecords = () => JSON.parse(JSON.stringify(master.Visit.find({ orderBy: [{ Id: 'asc' }] })));

/** Waits until pages hold what the server holds, field by field, with nothing left to send. */
async function agree(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    await expect.poll(() => page.evaluate(() => desk.waiting()), SOON).toBe(0);
    await expect
      .poll(async () => JSON.stringify(await recordsOf(page)) === JSON.stringify(masterRecords()), SOON)
      .toBe(true);
  }
}

const isLive = (page: Page) => expect.poll(() => page.evaluate(() => desk.state()), SOON).toBe('live');

describe('pages of Chromium and a server', () => {
  test('go offline, both edit, come back and agree', async () => {
    const [one, two] = [await openDesk(), await openDesk()];
    const shared = await one.evaluate(() => desk.create('shared'));
    await agree(one, two);
    for (const page of [one, two]) await page.context().setOffline(true);
    for (const page of [one, two]) await expect.poll(() => page.evaluate(() => desk.state()), SOON).toBe('offline');
    await one.evaluate((id) => desk.update(id, { Subject: 'of one' }), shared);
    await two.evaluate((id) => desk.update(id, { Note: 'of two' }), shared);
    await one.evaluate(() => desk.create('made by one'));
    const made = await two.evaluate(() => desk.create('made by two'));
    expect(await two.evaluate((id) => desk.stateOf(id), made)).toBe('pending');
    expect(master.Visit.count({})).toBe(1);
    for (const page of [one, two]) await page.context().setOffline(false);
    await agree(one, two);
    await expect.poll(() => master.Visit.count({}), SOON).toBe(3);
    await agree(one, two);
    expect(master.Visit.get(shared)).toMatchObject({ Subject: 'of one', Note: 'of two' });
    expect((await recordsOf(two)).map(({ Name }) => Name).sort()).toEqual(['V-0001', 'V-0002', 'V-0003']);
    for (const page of [one, two]) await page.context().close();
  });

  test('lose and double nothing when one is killed while it pushes', async () => {
    const page = await openDesk();
    await isLive(page);
    await page.context().setOffline(true);
    for (let at = 0; at < 35; at++) await page.evaluate((n) => desk.create(`n${n}`), at);
    let pushes = 0;
    const killed = new Promise<void>((resolve) => {
      server.interfere = (request, response) => {
        if (request.method !== 'POST' || request.url !== '/push' || ++pushes !== 2) return false;
        // It is carried out, and nobody hears of it.
        Object.assign(response, { writeHead: () => response, write: () => true, end: () => resolve() });
        return false;
      };
    });
    await page.context().setOffline(false);
    await killed;
    const session = await page.context().newCDPSession(page);
    session.send('Page.crash').catch(() => undefined);
    const again = await openDesk(page);
    await agree(again);
    const subjects = master.Visit.find({}).map(({ Subject }) => Subject);
    expect(subjects).toHaveLength(35);
    expect(new Set(subjects).size).toBe(35);
    await again.context().close();
  });

  test('of one profile share one sync, which another takes over when its page is closed', async () => {
    const first = await openDesk(undefined, true);
    await isLive(first);
    const second = await openDesk(first, true);
    await expect.poll(() => second.evaluate(() => desk.state()), SOON).toBe('following');
    expect(server.streams).toBe(1);
    await first.context().setOffline(true);
    const made = await second.evaluate(() => desk.create('by the second'));
    for (const page of [first, second])
      await expect.poll(() => page.evaluate((id) => desk.stateOf(id), made), SOON).toBe('pending');
    await first.context().setOffline(false);
    await agree(first, second);
    expect(await second.evaluate((id) => desk.stateOf(id), made)).toBe('synced');
    await first.evaluate(() => desk.close());
    await first.close();
    await isLive(second);
    await second.evaluate(() => desk.create('after'));
    await agree(second);
    expect(master.Visit.count({})).toBe(2);
    expect(server.streams).toBe(1);
    await second.context().close();
  });
});
