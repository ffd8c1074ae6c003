import { describe, expect, test } from 'vitest';
import { defineObject } from '../../../src/engine/definition/define-object.ts';
import { collectionOf } from '../../instruments/any-database.ts';
import { openCounted } from '../../instruments/open-counted.ts';
import { idOf } from '../../instruments/session-database.ts';

const Call = defineObject({
  name: 'Call',
  id: { kind: 'salesforce', prefix: 'a0C' },
  fields: {
    Agent: { type: 'string' },
    State: { type: 'picklist' },
    Topic: { type: 'string' },
    Waits: { type: 'int' },
    StartedAt: { type: 'dateTime' },
  },
});

function openCalls() {
  const counted = openCounted([Call] as never);
  return { ...counted, calls: collectionOf(counted.db, 'Call') };
}

const inOrder = { orderBy: [{ Waits: 'asc' }] };

describe('a write visits', () => {
  test('of 20,000 live queries by value the one that it concerns, and of a move the two', async () => {
    const { calls, visitsOf } = openCalls();
    const lives = Array.from({ length: 20_000 }, (_, at) =>
      calls.live({ where: { Agent: `agent ${at}`, State: 'waiting' } }),
    );
    let id = '';
    expect(
      await visitsOf(async () => {
        id = idOf(await calls.create({ Agent: 'Agent 77', State: 'Waiting' }));
      }),
    ).toBe(1);
    expect(lives[77]?.getSnapshot()).toHaveLength(1);
    expect(await visitsOf(() => calls.update({ Id: id, Agent: 'agent 78' }))).toBe(2);
    expect(await visitsOf(() => calls.update({ Id: id, State: 'talking' }))).toBe(1);
    expect(await visitsOf(() => calls.update({ Id: id, Topic: 'shoes' }))).toBe(0);
    expect([77, 78].map((at) => lives[at]?.getSnapshot().length)).toEqual([0, 0]);
  });

  test('of ranges those that the value lies in, and of beginnings those that the text has', async () => {
    const { calls, visitsOf } = openCalls();
    for (let at = 0; at < 1000; at++) {
      calls.live({ where: { Waits: { $gte: at * 10, $lt: at * 10 + 10 } } });
      calls.live({ where: { Topic: { $like: `topic ${at} %` } } });
    }
    expect(await visitsOf(() => calls.create({ Waits: 55 }))).toBe(1);
    expect(await visitsOf(() => calls.create({ Topic: 'TOPIC 3 of many' }))).toBe(1);
    expect(await visitsOf(() => calls.create({ Waits: -1, Topic: 'top' }))).toBe(0);
  });

  test('of lists and alternatives those that name the value, each once', async () => {
    const { calls, visitsOf } = openCalls();
    const list = calls.live({ where: { Agent: { $in: ['a', 'b', 'c'] } } });
    const either = calls.live({ where: { $or: [{ Agent: 'a' }, { State: 'waiting' }] } });
    expect(await visitsOf(() => calls.create({ Agent: 'a', State: 'waiting' }))).toBe(2);
    expect(await visitsOf(() => calls.create({ Agent: 'z', State: 'waiting' }))).toBe(1);
    expect(await visitsOf(() => calls.create({ Agent: 'z', State: 'talking' }))).toBe(0);
    expect([list.getSnapshot().length, either.getSnapshot().length]).toEqual([1, 2]);
  });

  test('every query that no value leads to, and none of a closed one', async () => {
    const { calls, visitsOf, live } = openCalls();
    const lives = [{}, { where: { Agent: { $ne: 'a' } } }, { where: { $not: { Waits: 1 } } }].map((query) =>
      calls.live(query),
    );
    const narrow = [{ Agent: 'x' }, { Waits: { $gt: 3 } }, { Topic: { $like: 'x%' } }].map((where) =>
      calls.live({ where }),
    );
    expect(await visitsOf(() => calls.create({ Agent: 'y' }))).toBe(3);
    for (const each of [...lives, ...narrow]) each.close();
    expect(await visitsOf(() => calls.create({ Agent: 'x', Waits: 9, Topic: 'xx' }))).toBe(0);
    expect([live.count, live.resultCount]).toEqual([0, 0]);
  });
});

describe('equal queries', () => {
  test('share one result, whatever order their conditions were written in, until the last is closed', async () => {
    const { calls, live, visitsOf } = openCalls();
    const first = calls.live({ where: { Agent: 'a', State: 'b' }, ...inOrder });
    const second = calls.live({ where: { State: 'b', Agent: 'a' }, ...inOrder });
    const other = calls.live({ where: { State: 'b', Agent: 'a' }, orderBy: [{ Waits: 'desc' }] });
    expect([live.count, live.resultCount]).toEqual([3, 2]);
    expect(await visitsOf(() => calls.create({ Agent: 'a', State: 'b' }))).toBe(2);
    expect(second.getSnapshot()).toBe(first.getSnapshot());
    first.close();
    await calls.create({ Agent: 'a', State: 'b' });
    expect(second.getSnapshot()).toHaveLength(2);
    second.close();
    other.close();
    expect(live.resultCount).toBe(0);
  });

  test('tell each listener of its own time: who comes later hears only what comes later', async () => {
    const { calls } = openCalls();
    const heard: string[] = [];
    const first = calls.live({ where: { Agent: 'a' } });
    first.subscribe(() => heard.push('first'));
    await calls.create({ Agent: 'a' });
    const second = calls.live({ where: { Agent: 'a' } });
    second.subscribe(() => heard.push('second'));
    await calls.create({ Agent: 'a' });
    expect(heard).toEqual(['first', 'first', 'second']);
  });
});

describe('a window that is moved', () => {
  test('shows other rows and tells the difference, and leaves those who share the query alone', async () => {
    const { calls } = openCalls();
    await calls.create(Array.from({ length: 20 }, (_, at) => ({ Agent: 'a', Waits: at })));
    const query = { where: { Agent: 'a' }, ...inOrder, limit: 5 };
    const [moved, still] = [calls.live(query), calls.live(query)];
    const waits = (live: typeof moved) => live.getSnapshot().map(({ Waits }) => Waits);
    const told: unknown[] = [];
    moved.delta$.subscribe(({ added, removed }) => told.push([added.length, removed.length]));
    moved.setWindow(3, 4);
    expect(waits(moved)).toEqual([3, 4, 5, 6]);
    expect(waits(still)).toEqual([0, 1, 2, 3, 4]);
    moved.setWindow(3, 4);
    expect(told).toEqual([
      [5, 0],
      [2, 3],
    ]);
    await calls.create({ Agent: 'a', Waits: 4 });
    expect(waits(moved)).toEqual([3, 4, 4, 5]);
    expect(told).toHaveLength(3);
    expect(() => moved.setWindow(-1, 4)).toThrow(expect.objectContaining({ code: 'MALFORMED_QUERY' }));
    expect(waits(moved)).toEqual([3, 4, 4, 5]);
  });

  test('of groups moves as well', async () => {
    const { calls } = openCalls();
    await calls.create(Array.from({ length: 9 }, (_, at) => ({ Agent: `a${at % 3}`, Waits: at })));
    const select = { n: { $count: '*' }, waits: { $sum: 'Waits' } };
    const live = calls.live({ groupBy: ['Agent'], select, orderBy: [{ waits: 'desc' }], limit: 1 });
    expect(live.getSnapshot()).toEqual([{ Agent: 'a2', n: 3, waits: 15 }]);
    live.setWindow(1, 5);
    expect(live.getSnapshot().map(({ Agent }) => Agent)).toEqual(['a1', 'a0']);
    await calls.create({ Agent: 'a0', Waits: 100 });
    expect(live.getSnapshot().map(({ Agent }) => Agent)).toEqual(['a2', 'a1']);
  });
});

describe('listeners are told', () => {
  test('of all commits of a turn together where that is asked, and never of what comes to nothing', async () => {
    const { calls } = openCalls();
    const live = calls.live({ where: { Agent: 'a' }, select: ['Agent', 'Waits'] }, { deliver: 'microtask' });
    const deltas: number[][] = [];
    live.delta$.subscribe(({ added, removed, total }) => deltas.push([added.length, removed.length, total]));
    const made = [calls.create({ Agent: 'a' }), calls.create({ Agent: 'a' })];
    expect(live.getSnapshot()).toHaveLength(2);
    expect(deltas).toEqual([[0, 0, 0]]);
    const [first] = await Promise.all(made);
    expect(deltas).toEqual([
      [0, 0, 0],
      [2, 0, 2],
    ]);
    const passing = calls.live({ where: { Agent: 'b' } }, { deliver: 'microtask' });
    passing.delta$.subscribe(({ added, removed, total }) => deltas.push([added.length, removed.length, total]));
    const Id = idOf(first as never);
    await Promise.all([calls.update({ Id, Agent: 'b' }), calls.update({ Id, Agent: 'c' })]);
    // Of the query that it came to and left within the turn nothing is told.
    expect(deltas.slice(2)).toEqual([
      [0, 0, 0],
      [0, 1, 1],
    ]);
    live.close();
  });

  test('once a frame where that is asked, by the clock where there is no screen', async () => {
    const { calls, env } = openCalls();
    const live = calls.live({ where: { Agent: 'a' } }, { deliver: 'frame' });
    let notices = 0;
    live.subscribe(() => notices++);
    await calls.create({ Agent: 'a' });
    await calls.create({ Agent: 'a' });
    expect(notices).toBe(0);
    env.advance(20);
    expect(notices).toBe(1);
    await calls.create({ Agent: 'a' });
    live.close();
    env.advance(20);
    expect(notices).toBe(1);
  });

  test('by for await, the slow ones of the newest state; deltas merge and lose nothing', async () => {
    const { calls } = openCalls();
    const live = calls.live({ where: { Agent: 'a' }, ...inOrder });
    const sizes: number[] = [];
    const reading = (async () => {
      for await (const rows of live) {
        sizes.push(rows.length);
        if (rows.length === 1) await calls.create([{ Agent: 'a' }, { Agent: 'a' }]);
        if (rows.length === 3) await calls.create({ Agent: 'a' });
      }
    })();
    const totals: number[][] = [];
    const adding = (async () => {
      for await (const { added, total } of live.deltas()) totals.push([added.length, total]);
    })();
    await calls.create({ Agent: 'a' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    live.close();
    await Promise.all([reading, adding]);
    expect(sizes.at(0)).toBe(0);
    expect(sizes.at(-1)).toBe(4);
    expect(totals.reduce((sum, [added = 0]) => sum + added, 0)).toBe(4);
    const late: unknown[] = [];
    for await (const rows of live) late.push(rows.length);
    expect(late).toEqual([4]);
  });

  test('no more once the signal given has been raised', async () => {
    const { calls, live: all } = openCalls();
    const stop = new AbortController();
    const live = calls.live({}, { signal: stop.signal });
    let completed = false;
    live.result$.subscribe({ complete: () => (completed = true) });
    stop.abort();
    expect([completed, all.count]).toEqual([true, 0]);
    expect(() => calls.live({}, { signal: stop.signal })).toThrow(expect.objectContaining({ code: 'ABORTED' }));
    for (const options of [{ deliver: 'never' }, { signl: stop.signal }])
      expect(() => calls.live({}, options as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('a live query by age', () => {
  const minute = 60_000;
  test('moves at the very millisecond at which a record passes, by one timer for all', async () => {
    const { calls, env } = openCalls();
    const at = (ms: number) => new Date(env.now() + ms);
    await calls.create([{ StartedAt: at(-30_000) }, { StartedAt: at(0) }, { StartedAt: at(0), State: 'done' }]);
    const where = { StartedAt: { $lt: { $ago: minute } }, State: null };
    const waiting = calls.live({ where, orderBy: [{ StartedAt: 'asc' }] });
    const fresh = calls.live({ where: { StartedAt: { $gte: { $ago: minute } } }, limit: 2 });
    const counted = calls.live({ where, select: { n: { $count: '*' } } });
    const sizes = () => [waiting.getSnapshot().length, fresh.getSnapshot().length, counted.getSnapshot()[0]?.n];
    const told: unknown[] = [];
    waiting.subscribe(() => told.push(sizes()));
    expect(sizes()).toEqual([0, 2, 0]);
    env.advance(30_000);
    expect(sizes()).toEqual([0, 2, 0]);
    env.advance(1);
    expect(sizes()).toEqual([1, 2, 1]);
    env.advance(30_000);
    expect(sizes()).toEqual([2, 0, 2]);
    expect(told).toEqual([
      [1, 2, 1],
      [2, 0, 2],
    ]);
  });

  test('takes in what comes already old, and what is made young again, and wakes for what comes after', async () => {
    const { calls, env } = openCalls();
    const waiting = calls.live({ where: { StartedAt: { $lte: { $ago: minute } } } });
    const counted = calls.live({ where: { StartedAt: { $lte: { $ago: minute } } }, select: { n: { $count: '*' } } });
    const sizes = () => [waiting.getSnapshot().length, counted.getSnapshot()[0]?.n];
    env.advance(10 * minute);
    const Id = idOf(await calls.create({ StartedAt: new Date(env.now() - 2 * minute) }));
    expect(sizes()).toEqual([1, 1]);
    await calls.update({ Id, StartedAt: new Date(env.now()) });
    expect(sizes()).toEqual([0, 0]);
    env.advance(minute);
    expect(sizes()).toEqual([1, 1]);
    expect(calls.count({ where: { StartedAt: { $lte: { $ago: minute } } } })).toBe(1);
    expect(calls.count({ where: { StartedAt: { $gt: { $ago: -minute } } } })).toBe(0);
  });

  test('is refused of what is no moment', () => {
    const { calls } = openCalls();
    for (const where of [
      { Waits: { $lt: { $ago: 5 } } },
      { StartedAt: { $lt: { $ago: 'x' } } },
      { StartedAt: { $lt: { $ago: 5, $in: 5 } } },
      { StartedAt: { $lt: { ago: 5 } } },
    ])
      expect(() => calls.live({ where })).toThrow(expect.objectContaining({ code: 'MALFORMED_QUERY' }));
  });
});

test('groups that a record leaves and enters in one commit are told apart, though it is the first of both', async () => {
  const { db, calls } = openCalls();
  const made = (await calls.create([{ State: null }, { State: 'a' }] as never)) as never;
  const [first, second] = made as readonly { id: string }[];
  const live = calls.live({ groupBy: ['State'], select: { n: { $count: '*' } } });
  db.transaction((tx) => {
    const inside = tx.collection('Call') as never as { delete(id: string): void; update(record: object): void };
    inside.delete(idOf(first as never));
    inside.update({ Id: idOf(second as never), State: null });
  });
  expect(live.getSnapshot()).toEqual([{ State: null, n: 1 }]);
});

describe('a live group', () => {
  test('is the only one looked at when one of its records changes, and rows of others stay the same objects', async () => {
    const { calls, visitsOf } = openCalls();
    await calls.create(Array.from({ length: 600 }, (_, at) => ({ Agent: `a${at % 50}`, Waits: at })));
    const live = calls.live({ groupBy: ['Agent'], select: { n: { $count: '*' }, waits: { $sum: 'Waits' } } });
    const before = live.getSnapshot();
    expect(await visitsOf(() => calls.create({ Agent: 'a7', Waits: 1000 }))).toBe(1);
    const after = live.getSnapshot();
    expect(after.filter((row, at) => row !== before[at])).toEqual([{ Agent: 'a7', n: 13, waits: 4384 }]);
    await calls.update({ Id: calls.find({ where: { Agent: 'a7' } })[0]?.Id as string, Topic: 'x' });
    expect(live.getSnapshot()).toBe(after);
  });
});
