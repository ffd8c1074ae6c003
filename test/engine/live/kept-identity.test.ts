import { expect, test } from 'vitest';
import { collectionOf, openAny, type Row } from '../../instruments/any-database.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { createVisitObjects } from '../../instruments/visit-object.ts';

async function openVisits(count: number) {
  const db = await openAny({ objects: createVisitObjects('trimmed'), env: createFakeEnvironment() });
  const visits = collectionOf(db, 'Visit');
  await visits.create(
    Array.from({ length: count }, (_, at) => ({ Priority: at, Status: at % 2 === 0 ? 'Open' : 'Closed' })),
  );
  return { db, visits };
}

const orderBy = [{ Priority: 'asc' }];

test.each([
  ['rows of some fields', { select: ['Id', 'Priority'], orderBy, limit: 4 }],
  ['whole records', { orderBy, limit: 4 }],
])('a window that is moved keeps %s that are in both, and tells of no others', async (_, query) => {
  const { db, visits } = await openVisits(6);
  const live = visits.live(query);
  const before = live.getSnapshot();
  const changed: number[] = [];
  live.delta$.subscribe((delta) => changed.push(delta.changed.length));
  live.setWindow(1, 4);
  expect(live.getSnapshot().slice(0, 3)).toEqual(before.slice(1));
  for (const [at, row] of before.slice(1).entries()) expect(live.getSnapshot()[at]).toBe(row);
  expect(changed).toEqual([0, 0]);
  await db.close();
});

test('a window that is moved to where it was is the same list', async () => {
  const { db, visits } = await openVisits(6);
  const live = visits.live({ orderBy, limit: 4 });
  const before = live.getSnapshot();
  live.setWindow(0, 4);
  expect(live.getSnapshot()).toBe(before);
  await db.close();
});

test('a window of groups that is moved keeps those in both', async () => {
  const { db, visits } = await openVisits(6);
  const live = visits.live({
    groupBy: ['Priority'],
    select: { n: { $count: '*' } },
    orderBy: [{ Priority: 'asc' }],
    limit: 3,
  });
  const before = live.getSnapshot();
  live.setWindow(1, 3);
  expect(live.getSnapshot()[0]).toBe(before[1]);
  expect(live.getSnapshot()[1]).toBe(before[2]);
  await db.close();
});

test('a window of live SOQL that is moved keeps rows and groups in both', async () => {
  const { db } = await openVisits(6);
  for (const soql of [
    'SELECT Priority FROM Visit ORDER BY Priority LIMIT 3',
    'SELECT Priority p, COUNT(Id) n FROM Visit GROUP BY Priority ORDER BY Priority LIMIT 3',
  ]) {
    const live = db.live(soql);
    const before = live.getSnapshot();
    live.setWindow(1, 3);
    expect(live.getSnapshot()[0], soql).toBe(before[1]);
  }
  await db.close();
});

test('groups of live SOQL that say the same are the same, whatever is counted behind them', async () => {
  const { db, visits } = await openVisits(6);
  const live = db.live('SELECT Status FROM Visit GROUP BY Status ORDER BY COUNT(Id) DESC');
  await visits.create({ Status: 'Open' });
  const before = live.getSnapshot();
  let told = 0;
  live.subscribe(() => told++);
  await visits.create({ Status: 'Open' });
  expect(told).toBe(0);
  expect(live.getSnapshot()).toBe(before);
  await db.close();
});

test('rows that leave a window and come back within one commit are the same', async () => {
  const { db, visits } = await openVisits(40);
  const live = visits.live({ select: ['Id', 'Code'], orderBy, limit: 2 });
  const before = live.getSnapshot();
  let told = 0;
  live.subscribe(() => told++);
  const all = visits.find({ orderBy }) as readonly Row[];
  await visits.update(all.map(({ Id }, at) => ({ Id, Priority: at < 2 ? 500 + at : 600 + at })));
  expect(live.getSnapshot()).toEqual(before);
  expect(live.getSnapshot()[0]).toBe(before[0]);
  expect(told).toBe(0);
  await db.close();
});
