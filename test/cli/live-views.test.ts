import { openDatabase } from 'sojourn';
import { salesforce } from 'sojourn/collections';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plain } from '../../src/board/line.ts';
import type { Format } from '../../src/cli/format.ts';
import { LiveViews } from '../../src/cli/live-views.ts';

const TEXT = 'SELECT Name, Owner.Name FROM Group ORDER BY Name';

async function openGroups() {
  const db = await openDatabase({ name: 'live', objects: [...salesforce] });
  const { id } = await db.Group.create({ Name: 'First', Type: 'Queue' });
  return { db, first: id ?? '' };
}

let open: Awaited<ReturnType<typeof openGroups>>;

beforeEach(async () => {
  open = await openGroups();
});

afterEach(() => open.db.close());

const look = (format: Format, width = 80) => ({ format, width, paint: plain, show: (text: string) => text });

function follow(views: LiveViews, text = TEXT): number {
  return views.open(text, open.db.live(text), [['Name'], ['Owner', 'Name']]);
}

/** One row comes, one changes, one goes. */
async function happen() {
  const { id } = await open.db.Group.create({ Name: 'Second', Type: 'Queue' });
  await open.db.Group.update({ Id: open.first, Name: 'Changed' });
  await open.db.Group.delete(id ?? '');
}

test('what comes, changes and goes is a line each, under the number of its query', async () => {
  const views = new LiveViews(() => {});
  follow(views);
  await happen();
  expect(views.take(look('table'))).toBe('[1] + Second\n[1] ~ Changed\n[1] - Second\n');
  expect(views.take(look('table'))).toBe('');
});

test('lines are CSV or JSON where rows are', async () => {
  const views = new LiveViews(() => {});
  follow(views);
  await happen();
  expect(views.take(look('csv'))).toBe('1,+,Second,\n1,~,Changed,\n1,-,Second,\n');
  await happen();
  const lines = views.take(look('json')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { live: 1, change: '+', row: { Name: 'Second', Owner: null } },
    { live: 1, change: '-', row: { Name: 'Second', Owner: null } },
  ]);
});

test('it is told once that there is something to take', async () => {
  let told = 0;
  const views = new LiveViews(() => told++);
  follow(views);
  expect(told).toBe(0);
  await happen();
  expect(told).toBe(1);
  views.take(look('table'));
  await happen();
  expect(told).toBe(2);
});

test('more than can be shown is counted', async () => {
  const views = new LiveViews(() => {}, 2);
  follow(views);
  await happen();
  expect(views.take(look('table'))).toBe('[1] + Second\n[1] ~ Changed\n… and 1 more changes, too many to show\n');
});

test('columns that are too many stand as names and values, cut to the width', async () => {
  const views = new LiveViews(() => {});
  const text = 'SELECT FIELDS(ALL) FROM Group LIMIT 100';
  views.open(text, open.db.live(text), []);
  await open.db.Group.create({ Name: 'Second', Type: 'Queue' });
  const line = views.take(look('table', 60));
  expect(line).toMatch(/^\[1\] \+ Id=\w{18} {2}IsDeleted=false .*…\n$/);
  expect(line).toHaveLength(61);
});

test('a query that is stopped says no more, and its number is not used again', async () => {
  const views = new LiveViews(() => {});
  follow(views);
  follow(views);
  expect(views.all).toEqual([
    { number: 1, text: TEXT, rows: 1 },
    { number: 2, text: TEXT, rows: 1 },
  ]);
  await happen();
  expect(views.stop(1)).toBe(1);
  expect(views.take(look('table'))).not.toContain('[1]');
  expect(() => views.stop(1)).toThrow('there is no live query 1; \\live lists those open');
  expect(follow(views)).toBe(3);
  expect(views.stop()).toBe(2);
  await happen();
  expect(views.take(look('table'))).toBe('');
});
