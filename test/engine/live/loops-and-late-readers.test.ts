import { describe, expect, test } from 'vitest';
import type { Delta } from '../../../src/engine/live/delta.ts';
import { collectionOf, openAny } from '../../instruments/any-database.ts';
import { createFakeEnvironment } from '../../instruments/fake-environment.ts';
import { createVisitObjects } from '../../instruments/visit-object.ts';

async function openVisits() {
  const errors: unknown[] = [];
  const env = createFakeEnvironment();
  const onError = (error: unknown) => errors.push(error);
  const db = await openAny({ objects: createVisitObjects('trimmed'), env, onError });
  return { db, env, errors, visits: collectionOf(db, 'Visit') };
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

describe('a listener that answers every step with a write is stopped', () => {
  /** Writes, notes how often, and with what code that ended. */
  async function answering(begin: (world: Awaited<ReturnType<typeof openVisits>>, answer: () => void) => unknown) {
    const world = await openVisits();
    await world.visits.create([{}, {}, {}]);
    const codes: string[] = [];
    let calls = 0;
    await begin(world, () => {
      if (++calls > 5_000) throw new Error('nobody stops it');
      world.visits.create({}).catch((error: { code: string }) => codes.push(error.code));
    });
    await turns(2_000);
    await world.db.close();
    return { calls, codes };
  }

  test.each<[string, Parameters<typeof answering>[0]]>([
    [
      'that began with the first result of an Observable',
      ({ visits }, answer) => visits.live({}).result$.subscribe(answer),
    ],
    ['that began with the first delta of one', ({ visits }, answer) => visits.live({}).delta$.subscribe(answer)],
    [
      'that began with a window moved',
      ({ visits }, answer) => {
        const live = visits.live({});
        live.subscribe(answer);
        live.setWindow(1, 100_000);
      },
    ],
    [
      'put off to the end of each turn',
      ({ visits }, answer) => {
        visits.live({}, { deliver: 'microtask' }).subscribe(answer);
        return visits.create({});
      },
    ],
    [
      'that began with the clock',
      async ({ visits, env }, answer) => {
        const where = { $or: [{ StartTime: null }, { StartTime: { $lt: { $ago: 0 } } }] };
        await visits.create({ StartTime: new Date(env.now() + 1_000).toISOString() });
        visits.live({ where }).subscribe(answer);
        env.advance(2_000);
      },
    ],
  ])('%s', async (_, begin) => {
    const { calls, codes } = await answering(begin);
    expect(calls).toBeLessThan(200);
    expect(new Set(codes)).toEqual(new Set(['LISTENER_LOOP']));
  });

  test('also where each answers with two', async () => {
    const world = await openVisits();
    const codes = new Set<string>();
    let calls = 0;
    world.visits.live({}, {}).subscribe(() => {
      if (++calls > 300_000) throw new Error('nobody stops it');
      for (let i = 0; i < 2; i++) world.visits.create({}).catch((error: { code: string }) => codes.add(error.code));
    });
    world.visits.live({ limit: 1 }).setWindow(0, 2);
    await world.visits.create({});
    await turns(10);
    expect(codes).toEqual(new Set(['LISTENER_LOOP']));
    await world.db.close();
  });
});

describe('with deliveries put off, who has read between two of them', () => {
  test.each(['microtask', 'frame'] as const)('is woken though all is as it was told before, by %s', async (deliver) => {
    const { db, env, visits } = await openVisits();
    const live = visits.live({ where: { Subject: 'a' } }, { deliver });
    const reader = live[Symbol.asyncIterator]();
    const lengths: number[] = [];
    const read = async () => lengths.push((await reader.next()).value?.length ?? -1);
    await read();
    const { id } = await visits.create({ Subject: 'a' });
    const second = read();
    await second;
    const third = read();
    await visits.delete(id as string);
    env.advance(20);
    await third;
    expect(lengths).toEqual([0, 1, 0]);
    await db.close();
  });

  test('gets deltas that add up', async () => {
    const { db, env, visits } = await openVisits();
    const live = visits.live({ where: { Subject: 'a' } }, { deliver: 'frame' });
    const deltas = live.deltas();
    await deltas.next();
    const { id } = await visits.create({ Subject: 'a' });
    const came = (await deltas.next()).value as Delta<unknown>;
    const next = deltas.next();
    await visits.delete(id as string);
    env.advance(20);
    const went = (await next).value as Delta<unknown>;
    expect([came.added.length, went.removed.length]).toEqual([1, 1]);
    await db.close();
  });

  test('a subscriber is called, an Observable is not', async () => {
    const { db, env, visits } = await openVisits();
    const live = visits.live({ where: { Subject: 'a' } }, { deliver: 'frame' });
    let [called, told] = [0, 0];
    live.subscribe(() => called++);
    live.result$.subscribe(() => told++);
    const { id } = await visits.create({ Subject: 'a' });
    await visits.delete(id as string);
    env.advance(20);
    expect([called, told]).toEqual([1, 1]);
    await db.close();
  });
});

describe('a closed query', () => {
  test('shows what it showed last, though an equal one goes on', async () => {
    const { db, visits } = await openVisits();
    const [closed, open] = [visits.live({}), visits.live({})];
    await visits.create({});
    const snapshot = closed.getSnapshot();
    closed.close();
    await visits.create({});
    expect(closed.getSnapshot()).toBe(snapshot);
    expect(open.getSnapshot()).toHaveLength(2);
    await db.close();
  });

  test('ends its readers, though an equal one goes on', async () => {
    const { db, visits } = await openVisits();
    const [closed, open] = [visits.live({}), visits.live({})];
    const lengths: number[] = [];
    for await (const rows of closed) {
      lengths.push(rows.length);
      closed.close();
      await visits.create({});
    }
    expect(lengths).toEqual([0]);
    expect(open.getSnapshot()).toHaveLength(1);
    await db.close();
  });

  test('gives a slow reader of deltas all up to its end and nothing after it', async () => {
    const { db, visits } = await openVisits();
    const [closed, open] = [visits.live({}), visits.live({})];
    const deltas = closed.deltas();
    await deltas.next();
    const { id } = await visits.create({ Priority: 1 });
    closed.close();
    await visits.update({ Id: id as string, Priority: 2 });
    await visits.create({});
    const { value } = await deltas.next();
    expect(value).toMatchObject({ added: [{ index: 0, record: { Priority: 1 } }], total: 1 });
    expect(await deltas.next()).toEqual({ done: true, value: undefined });
    expect(open.getSnapshot()).toHaveLength(2);
    await db.close();
  });
});

test('a live query is found by Symbol.observable where a page has brought one', async () => {
  const key = Symbol('observable');
  Object.defineProperty(Symbol, 'observable', { value: key, configurable: true });
  try {
    const { db, visits } = await openVisits();
    const live = visits.live({}) as unknown as Record<symbol, () => { subscribe(next: (rows: unknown) => void): void }>;
    let told = 0;
    live[key]?.().subscribe(() => told++);
    await visits.create({});
    expect(told).toBe(2);
    await db.close();
  } finally {
    Reflect.deleteProperty(Symbol, 'observable');
  }
});

test('subscribe refuses what is no function', async () => {
  const { db, visits } = await openVisits();
  expect(() => visits.live({}).subscribe(undefined as never)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION' }),
  );
  await db.close();
});
