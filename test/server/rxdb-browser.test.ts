import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import { HttpSyncServer } from '../instruments/http-sync-server.ts';
import { OPEN_MS, type OpenBrowser, ORIGIN, openBrowser } from '../instruments/open-browser.ts';
import { Step, Visit } from '../instruments/sync-fleet.ts';
import type { RxDesk } from './pages/rxdb-desk.ts';

declare const rxDesk: RxDesk;
const SOON = { timeout: 30_000 };
const server = new HttpSyncServer();

let browser: OpenBrowser;
beforeAll(async () => {
  browser = await openBrowser({ reach: (origin) => origin === server.url });
}, OPEN_MS);
afterAll(() => browser?.close());

test('RxDB in Chromium goes on by the browser’s own EventSource where its stream was cut, and misses nothing', async () => {
  const master = await openDatabase({ name: 'server', objects: [Visit, Step, ...masterObjects] });
  await server.start(master, {
    objects: ['Visit'],
    authorize: () => ({ user: 'u' }),
    cors: { origins: [ORIGIN] },
  });
  const id = (await master.Visit.create({ Subject: 'first' })).id as string;
  const { page, complaints } = await browser.openPage('test/server/pages/rxdb-desk.ts');
  await page.waitForFunction(() => 'rxDesk' in globalThis);
  await page.evaluate((url) => rxDesk.open(url), server.url);
  const isConnected = () => page.evaluate(() => rxDesk.isConnected());
  const expected = () => master.Visit.find({ orderBy: [{ Id: 'asc' }] }).map(({ IsDeleted: _, ...fields }) => fields);
  const agree = () =>
    expect
      .poll(
        async () =>
          JSON.stringify(sorted(await page.evaluate(() => rxDesk.rows()))) === JSON.stringify(sorted(expected())),
        SOON,
      )
      .toBe(true);
  await expect.poll(isConnected, SOON).toBe(true);
  await agree();
  await master.Visit.create({ Subject: 'told' });
  await agree();
  await page.evaluate((known) => rxDesk.note(known, 'of the page'), id);
  await expect.poll(() => master.Visit.get(id)?.Note, SOON).toBe('of the page');
  // The answer to its push must have come, or it would be cut as well.
  await agree();
  await page.evaluate(() => rxDesk.inSync());
  const letGo = server.holdBack('/stream');
  server.cut();
  // Pulled at once, as the stream has failed.
  await master.Visit.create({ Subject: 'when it was cut' });
  await agree();
  expect(await isConnected()).toBe(false);
  const { pull } = await page.evaluate(() => rxDesk.counts());
  // After that pull, and before the stream is open again: by its id alone it is known that this was missed.
  await master.Visit.create({ Subject: 'while it was cut' });
  letGo();
  await expect.poll(isConnected, SOON).toBe(true);
  await agree();
  const counts = await page.evaluate(() => rxDesk.counts());
  expect(counts).toMatchObject({ pull, push: 1, conflicts: [] });
  expect(complaints.filter((complaint) => !/net::|Failed to load/.test(complaint))).toEqual([]);
  await page.context().close();
  await server.stop();
  await master.close();
});

/** Records with their fields in one order. */
function sorted(rows: readonly Readonly<Record<string, unknown>>[]): unknown {
  return rows.map((row) => Object.entries(row).sort(([left], [right]) => (left < right ? -1 : 1)));
}
