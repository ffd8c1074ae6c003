import { describe, expect, test } from 'vitest';
import { defineObject } from '../../../src/engine/definition/define-object.ts';
import { applyDelta, type Delta } from '../../../src/engine/live/delta.ts';
import { collectionOf } from '../../instruments/any-database.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { openCounted } from '../../instruments/open-counted.ts';
import { idOf } from '../../instruments/session-database.ts';

const Call = defineObject({
  name: 'Call',
  id: { kind: 'salesforce', prefix: 'a0C' },
  fields: {
    Topic: { type: 'string' },
    Waits: { type: 'int' },
    StartedAt: { type: 'dateTime' },
  },
});

interface Live {
  readonly delta$: { subscribe(hear: (delta: Delta<unknown>) => void): { unsubscribe(): void } };
  getSnapshot(): readonly unknown[];
}

/** The rows that a listener has who only adds up deltas. */
function sumOf(live: Live): () => readonly unknown[] {
  let rows: readonly unknown[] = [];
  live.delta$.subscribe((delta) => {
    rows = applyDelta(rows, delta);
  });
  return () => rows;
}

function openCalls(options: Readonly<Record<string, unknown>> = {}) {
  const counted = openCounted([Call] as never, options);
  return { ...counted, calls: collectionOf(counted.db, 'Call') };
}

/** A clock that goes on while timers wait, as on a busy thread, and rings them all when told to. */
function createLateClock() {
  const env = createFakeEnvironment();
  let aheadMs = 0;
  let stepMs = 0;
  return {
    env: {
      ...env,
      now: () => {
        aheadMs += stepMs;
        return env.now() + aheadMs;
      },
    },
    be: (ms: number) => {
      aheadMs += ms;
    },
    tick: (ms: number) => {
      stepMs = ms;
    },
    ring: () => env.advance(10 * 60_000),
  };
}

describe('a live query by age, when the clock is ahead of the timer', () => {
  const where = { StartedAt: { $lte: { $ago: 1000 } } };
  const count = { where, select: { n: { $count: '*' } } };

  test('is true at the next write, and after the timer has rung', async () => {
    const clock = createLateClock();
    const { calls } = openCalls({ env: clock.env });
    const live = calls.live({ where });
    const counted = calls.live(count);
    const heard = sumOf(live);
    await calls.create({ StartedAt: new Date(clock.env.now()) });
    clock.be(1200);
    await calls.create({ StartedAt: new Date(clock.env.now() + 3_600_000) });
    expect([live.getSnapshot().length, counted.getSnapshot()[0]?.n, calls.count({ where })]).toEqual([1, 1, 1]);
    expect(heard()).toEqual(live.getSnapshot());
    clock.ring();
    expect(live.getSnapshot()).toHaveLength(1);
  });

  test('is true again after a write when the clock was put back', async () => {
    const clock = createLateClock();
    const { calls } = openCalls({ env: clock.env });
    const live = calls.live({ where });
    const counted = calls.live(count);
    await calls.create({ StartedAt: new Date(clock.env.now()) });
    clock.be(5000);
    await calls.create({});
    expect([live.getSnapshot().length, counted.getSnapshot()[0]?.n]).toEqual([1, 1]);
    clock.be(-4900);
    await calls.create({ StartedAt: new Date(clock.env.now()) });
    expect([live.getSnapshot().length, counted.getSnapshot()[0]?.n]).toEqual([0, 0]);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7])('shows what passes %i ms into being opened', async (ms) => {
    const clock = createLateClock();
    const { calls } = openCalls({ env: clock.env });
    await calls.create({ StartedAt: new Date(clock.env.now() - 1000 + ms) });
    clock.tick(1);
    const live = calls.live({ where: { StartedAt: { $lt: { $ago: 1000 } } } });
    clock.tick(0);
    clock.ring();
    expect(live.getSnapshot()).toHaveLength(1);
  });

  test('wakes for records in the recycle bin where it shows them', async () => {
    const { calls, env } = openCalls();
    const id = idOf(await calls.create({ StartedAt: new Date(env.now()) }));
    await calls.delete(id);
    const lives = (['include', 'only'] as const).map((deleted) => calls.live({ where, deleted }));
    env.advance(1000);
    expect(lives.map((live) => live.getSnapshot().length)).toEqual([1, 1]);
  });

  test('goes on when its end leaves the dates that can be stored, and lets writes and others be', async () => {
    const { calls, env } = openCalls();
    const last = Date.UTC(4000, 11, 31, 23, 59, 59, 999);
    const aged = calls.live({ where: { StartedAt: { $lt: { $ago: env.now() + 5 - last } } } });
    const other = calls.live({ where: { Waits: 1 } });
    env.advance(10);
    await calls.create({ Waits: 1, StartedAt: new Date(env.now()) });
    expect([aged.getSnapshot().length, other.getSnapshot().length]).toEqual([1, 1]);
  });

  test('reads nothing but the groups of a change, whatever the clock is', async () => {
    const { calls, env } = openCalls();
    const made = await calls.create(
      Array.from({ length: 2000 }, (_, at) => ({ Waits: at % 10, StartedAt: new Date(env.now()) })),
    );
    const live = calls.live({ where, groupBy: ['Waits'], select: { n: { $count: '*' } } });
    env.advance(1000);
    const before = live.getSnapshot();
    expect(before).toHaveLength(10);
    await calls.update({ Id: idOf(made[0] as never), Topic: 'shoes' });
    expect(live.getSnapshot()).toBe(before);
  });
});

describe('deltas add up to the rows', () => {
  test('when a listener moves the window of a query that has not been told of the commit yet', async () => {
    const { calls } = openCalls();
    await calls.create([{ Topic: 'a' }, { Topic: 'b' }, { Topic: 'c' }]);
    const first = calls.live({});
    const second = calls.live({ limit: 2, orderBy: [{ Topic: 'desc' }] });
    const heard = sumOf(second);
    let moved = false;
    first.subscribe(() => {
      if (!moved) second.setWindow(1, 2);
      moved = true;
    });
    for (const Topic of ['d', 'e', 'f']) {
      await calls.create({ Topic });
      expect(heard()).toEqual(second.getSnapshot());
    }
  });

  test('to each of its listeners, when one of them writes and moves the window', async () => {
    const { calls } = openCalls();
    const live = calls.live({ limit: 2, orderBy: [{ Topic: 'desc' }] });
    const sums = [sumOf(live)];
    let done = false;
    live.subscribe(() => {
      if (done) return;
      done = true;
      void calls.create({ Topic: 'y' });
      live.setWindow(0, 3);
    });
    sums.push(sumOf(live));
    await calls.create([{ Topic: 'c' }, { Topic: 'x' }]);
    expect(live.getSnapshot()).toHaveLength(3);
    for (const heard of sums) expect(heard()).toEqual(live.getSnapshot());
  });

  test('when somebody begins to listen between a commit and its delivery, or all that came has gone', async () => {
    const { calls } = openCalls();
    const live = calls.live({}, { deliver: 'microtask' });
    const early = sumOf(live);
    const making = calls.create({ Topic: 'a' });
    const late = sumOf(live);
    await making;
    await Promise.resolve();
    expect([early(), late()]).toEqual([live.getSnapshot(), live.getSnapshot()]);
    const gone = calls.create({ Topic: 'b' });
    const between = sumOf(live);
    const [, made] = live.getSnapshot() as readonly { Id: string }[];
    const deleting = calls.delete(made?.Id as string);
    await Promise.all([gone, deleting]);
    await Promise.resolve();
    expect([early(), late(), between()]).toEqual(Array(3).fill(live.getSnapshot()));
  });

  test('when a listener that the clock woke writes before the others are told', async () => {
    const { calls, env } = openCalls();
    await calls.create({ StartedAt: new Date(env.now()) });
    const where = { StartedAt: { $lte: { $ago: 1000 } } };
    const first = calls.live({ where });
    const second = calls.live({ where, orderBy: [{ Waits: 'asc' }] });
    const heard = sumOf(second);
    let written = false;
    first.subscribe(() => {
      if (!written) void calls.create({ StartedAt: new Date(env.now() - 5000) });
      written = true;
    });
    env.advance(1000);
    expect(second.getSnapshot()).toHaveLength(2);
    expect(heard()).toEqual(second.getSnapshot());
  });

  test('when a commit changes a great part of a long list, and unchanged rows stay the same', async () => {
    const { calls } = openCalls();
    const rows = Array.from({ length: 6000 }, (_, at) => ({ Waits: at, Topic: String(at % 5000) }));
    const ids = (await calls.create(rows)).map((made) => idOf(made));
    const live = calls.live({ orderBy: [{ Waits: 'asc' }] });
    const groups = calls.live({ groupBy: ['Topic'], select: { n: { $max: 'Waits' } }, orderBy: [{ n: 'desc' }] });
    const sums = [live, groups].map((each) => sumOf(each as never));
    const [kept] = live.getSnapshot();
    await calls.update(ids.slice(1, 3000).map((Id, at) => ({ Id, Waits: 100_000 - at })));
    expect(live.getSnapshot()[0]).toBe(kept);
    expect(live.getSnapshot()).toEqual(calls.find({ orderBy: [{ Waits: 'asc' }] }));
    expect(sums.map((heard) => heard())).toEqual([live.getSnapshot(), groups.getSnapshot()]);
    await calls.delete(ids.slice(500, 5500));
    expect(live.getSnapshot()).toEqual(calls.find({ orderBy: [{ Waits: 'asc' }] }));
    expect(sums.map((heard) => heard())).toEqual([live.getSnapshot(), groups.getSnapshot()]);
  });
});

test('a reader who waits can be ended', async () => {
  const { calls } = openCalls();
  const reader = calls.live({})[Symbol.asyncIterator]();
  await reader.next();
  const waiting = reader.next();
  await reader.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test('what is no signal is refused before anything is opened', () => {
  const { calls, live } = openCalls();
  for (const signal of [{}, null, 'x'])
    expect(() => calls.live({}, { signal } as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  expect(live.count).toBe(0);
});
