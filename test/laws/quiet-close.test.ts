import fc from 'fast-check';
import { config } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { type AnyDatabase, codeOf, collectionOf, openAny, transact } from '../instruments/any-database.ts';
import { historyOf } from '../instruments/arbitrary-history.ts';
import { arbitraryAggregate, arbitraryFind } from '../instruments/arbitrary-queries.ts';
import { createFakeEnvironment } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { SEAT_OBJECTS } from '../instruments/seat-objects.ts';
import { createVisitObjects } from '../instruments/visit-object.ts';
import { World } from '../instruments/world.ts';

/** Turns of the event loop, so that whatever still lives gets its chance to speak. */
async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function openSeats(onError?: (error: unknown) => void): Promise<AnyDatabase> {
  return openAny({ objects: SEAT_OBJECTS, env: createFakeEnvironment(), ...(onError !== undefined && { onError }) });
}

const SEAT_ID = 'a1T000000000000EAA';

/** Every call there is, on an object that has the record and on one that has nothing. */
const CALLS: Readonly<Record<string, (database: AnyDatabase, id: string) => unknown>> = {
  get: (database, id) => collectionOf(database, 'Seat').get(id),
  find: (database) => collectionOf(database, 'Seat').find({}),
  findOne: (database) => collectionOf(database, 'Seat').findOne({}),
  count: (database) => collectionOf(database, 'Seat').count(),
  aggregate: (database) => collectionOf(database, 'Seat').aggregate({ select: { n: { $count: '*' } } }),
  explain: (database) => collectionOf(database, 'Seat').explain({}),
  live: (database) => collectionOf(database, 'Seat').live({}),
  'live aggregate': (database) => collectionOf(database, 'Seat').live({ select: { n: { $count: '*' } } }),
  create: (database) => collectionOf(database, 'Seat').create({}),
  'create of many': (database) => collectionOf(database, 'Seat').create([{}, {}]),
  'create of none': (database) => collectionOf(database, 'Seat').create([]),
  update: (database, id) => collectionOf(database, 'Seat').update({ Id: id }),
  'update of many': (database, id) => collectionOf(database, 'Seat').update([{ Id: id }]),
  upsert: (database) => collectionOf(database, 'Seat').upsert('Code', { Code: 'x' }),
  'upsert of many': (database) => collectionOf(database, 'Seat').upsert('Code', [{ Code: 'x' }]),
  delete: (database, id) => collectionOf(database, 'Seat').delete(id),
  'delete of many': (database, id) => collectionOf(database, 'Seat').delete([id]),
  undelete: (database, id) => collectionOf(database, 'Seat').undelete(id),
  'undelete of many': (database, id) => collectionOf(database, 'Seat').undelete([id]),
  emptyRecycleBin: (database, id) => collectionOf(database, 'Seat').emptyRecycleBin([id]),
  retrieve: (database, id) => collectionOf(database, 'Seat').retrieve([id]),
  getUpdated: (database) => collectionOf(database, 'Seat').getUpdated(new Date(0), new Date(1e12), { unlimited: true }),
  getDeleted: (database) => collectionOf(database, 'Seat').getDeleted(new Date(0), new Date(1e12), { unlimited: true }),
  import: (database) => collectionOf(database, 'Seat').import([{}]),
  export: (database) => collectionOf(database, 'Seat').export(),
  recordView: (database, id) => database.collection('Seat').recordView([id]),
  recordReference: (database, id) => database.collection('Seat').recordReference(id),
  transaction: (database) => transact(database, () => 1),
  changesSince: (database) => database.changesSince(0),
};

describe('after a database has closed', () => {
  test('every call is refused', async () => {
    const database = await openSeats();
    const { id } = await collectionOf(database, 'Seat').create({ Code: 'a' });
    for (const [name, call] of Object.entries(CALLS))
      expect([name, await codeOf(() => call(database, id as string))]).not.toEqual([name, 'DATABASE_CLOSED']);
    await database.close();
    for (const [name, call] of Object.entries(CALLS)) {
      expect([name, await codeOf(() => call(database, id as string))]).toEqual([name, 'DATABASE_CLOSED']);
      expect([name, await codeOf(() => call(database, SEAT_ID))]).toEqual([name, 'DATABASE_CLOSED']);
    }
    expect(await codeOf(() => database.close())).toBeUndefined();
  });

  test('no listener hears anything more, and each stream has completed once, whatever the history', async () => {
    const law = fc.asyncProperty(
      historyOf(6),
      fc.array(arbitraryFind, { maxLength: 3 }),
      fc.array(arbitraryAggregate, { maxLength: 2 }),
      fc.boolean(),
      async (history, finds, aggregates, viaDispose) => {
        const world = await World.open(createVisitObjects('trimmed'), [{}]);
        const [database] = world.databases as readonly [AnyDatabase];
        const visits = collectionOf(database, 'Visit');
        await world.play({ kind: 'createMany', seed: 1, count: 20 });
        let closed = false;
        const late: string[] = [];
        const completed: string[] = [];
        const hear = (name: string) => ({
          next: () => closed && late.push(name),
          complete: () => completed.push(name),
        });
        const lives = [...finds, ...aggregates].map((query) => visits.live(query));
        for (const live of lives) {
          live.result$.subscribe(hear('result'));
          live.delta$.subscribe(hear('delta'));
          live.subscribe(() => closed && late.push('notice'));
        }
        database.changes$.subscribe(hear('changes'));
        for (const step of history) await world.play(step);
        const pending = [
          visits.create({ Subject: 'on its way' }),
          visits.create([{ Subject: 'on its way' }]),
          visits.import([{ Subject: 'not yet' }]),
        ];
        await (viaDispose ? database[Symbol.asyncDispose]() : database.close());
        closed = true;
        const settled = await Promise.allSettled(pending);
        expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
        await manyTurns();
        expect(late).toEqual([]);
        expect(completed.sort()).toEqual(['changes', ...lives.map(() => 'delta'), ...lives.map(() => 'result')]);
        for (const live of lives) expect(await codeOf(() => live.subscribe(() => undefined))).toBe('DATABASE_CLOSED');
        const after: string[] = [];
        const complete = () => after.push('complete');
        database.changes$.subscribe({ complete });
        for (const live of lives) {
          live.result$.subscribe({ complete });
          live.delta$.subscribe({ complete });
        }
        expect(after).toHaveLength(1 + 2 * lives.length);
      },
    );
    await fc.assert(law, lawOptions(60));
  });

  test('nothing is heard by those who stood behind the listener that closed it', async () => {
    const database = await openSeats();
    const seats = collectionOf(database, 'Seat');
    const heard: string[] = [];
    const live = seats.live({});
    const other = seats.live({ limit: 1 });
    live.subscribe(() => {
      heard.push('closer');
      void seats.create({ Code: 'before it closes' });
      void database.close();
    });
    live.subscribe(() => heard.push('same query'));
    other.subscribe(() => heard.push('other query'));
    live.result$.subscribe({
      next: (rows) => heard.push(`rows ${rows.length}`),
      complete: () => heard.push('complete'),
    });
    database.changes$.subscribe({ next: () => heard.push('changes'), complete: () => heard.push('changes complete') });
    await seats.create({ Code: 'a' });
    await manyTurns();
    expect(heard).toEqual(['rows 0', 'closer', 'complete', 'changes complete']);
  });

  test('a transaction that it closed over is refused and leaves nothing', async () => {
    const database = await openSeats();
    const seats = collectionOf(database, 'Seat');
    const live = seats.live({});
    const heard: number[] = [];
    database.changes$.subscribe(({ sequence }) => heard.push(sequence));
    const code = await codeOf(() =>
      transact(database, (tx) => {
        tx.collection('Seat').create({ Code: 'a' });
        void database.close();
      }),
    );
    expect(code).toBe('DATABASE_CLOSED');
    expect([database.sequence, heard, live.getSnapshot()]).toEqual([0, [], []]);
  });

  test('what completes may not write any more', async () => {
    const database = await openSeats();
    const seats = collectionOf(database, 'Seat');
    const codes: Promise<string | undefined>[] = [];
    const heard: number[] = [];
    database.changes$.subscribe(({ sequence }) => heard.push(sequence));
    seats.live({}).result$.subscribe({ complete: () => codes.push(codeOf(() => seats.create({ Code: 'too late' }))) });
    await database.close();
    expect(await Promise.all(codes)).toEqual(['DATABASE_CLOSED']);
    expect(heard).toEqual([]);
  });

  test('an import that had begun is refused, and keeps what it had committed', async () => {
    const environment = createFakeEnvironment();
    const database = await openAny({ objects: SEAT_OBJECTS, env: environment });
    const seats = collectionOf(database, 'Seat');
    const heard: number[] = [];
    database.changes$.subscribe(({ changes }) => {
      heard.push(changes.length);
      void database.close();
    });
    const code = await codeOf(() => seats.import(Array.from({ length: 5000 }, (_, Place) => ({ Zone: 'z', Place }))));
    expect(code).toBe('DATABASE_CLOSED');
    await manyTurns();
    expect(heard).toHaveLength(1);
  });
});

describe('after a live query has closed', () => {
  test('its streams complete, nothing more is heard of it and the others go on', async () => {
    const law = fc.asyncProperty(
      fc.array(fc.constantFrom('create', 'close one', 'unsubscribe', 'twice'), { maxLength: 8 }),
      async (steps) => {
        const database = await openSeats();
        const seats = collectionOf(database, 'Seat');
        const one = seats.live({});
        const other = seats.live({});
        const heard = { one: 0, other: 0, completed: 0 };
        let open = true;
        one.result$.subscribe({ next: () => heard.one++, complete: () => heard.completed++ });
        one.delta$.subscribe({ next: () => heard.one++, complete: () => heard.completed++ });
        const stop = one.subscribe(() => heard.one++);
        let stopped = false;
        other.subscribe(() => heard.other++);
        for (const step of steps) {
          const before = { ...heard };
          if (step === 'create') {
            await seats.create({});
            expect(heard.one - before.one).toBe(open ? (stopped ? 2 : 3) : 0);
            expect(heard.other - before.other).toBe(1);
          } else if (step === 'unsubscribe') {
            stop();
            stopped = true;
          } else {
            one.close();
            if (step === 'twice') one[Symbol.dispose]();
            open = false;
            expect(heard.completed).toBe(2);
          }
        }
        expect(other.getSnapshot()).toHaveLength(seats.count());
        await database.close();
        await manyTurns();
      },
    );
    await fc.assert(law, lawOptions(60));
  });

  test('not even by the listeners behind the one that closed it', async () => {
    const database = await openSeats();
    const seats = collectionOf(database, 'Seat');
    const live = seats.live({});
    const heard: string[] = [];
    live.subscribe(() => {
      heard.push('closer');
      live.close();
    });
    live.subscribe(() => heard.push('behind'));
    live.result$.subscribe({
      next: (rows) => heard.push(`rows ${rows.length}`),
      complete: () => heard.push('complete'),
    });
    await seats.create([{}, {}]);
    await seats.create({});
    expect(heard).toEqual(['rows 0', 'closer', 'complete']);
    await database.close();
  });
});

const unheard: unknown[] = [];
config.onUnhandledError = (error) => unheard.push(error);
afterEach(() => {
  unheard.length = 0;
});

describe('listeners', () => {
  test('that write are heard in the order of the writes, by everyone alike', async () => {
    const law = fc.asyncProperty(
      fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }),
      async (writes, answers) => {
        const database = await openSeats();
        const seats = collectionOf(database, 'Seat');
        const heard: number[][] = [[], [], []];
        const sizes: number[] = [];
        const rowsHeard: number[][] = [[], []];
        const live = seats.live({});
        let left = 12;
        const listen = (at: number) =>
          database.changes$.subscribe(({ sequence }) => {
            heard[at]?.push(sequence);
            for (let n = answers[at] ?? 0; n > 0 && left-- > 0; n--) {
              void seats.create({ Holder: `answer ${at}` });
              sizes.push(seats.count() - live.getSnapshot().length);
            }
          });
        live.result$.subscribe((rows) => rowsHeard[0]?.push(rows.length));
        listen(0);
        listen(1);
        live.delta$.subscribe(({ total }) => rowsHeard[1]?.push(total));
        listen(2);
        for (const count of writes) await seats.create(Array.from({ length: count + 1 }, () => ({})));
        const all = Array.from({ length: database.sequence }, (_, i) => i + 1);
        expect(heard).toEqual([all, all, all]);
        expect(rowsHeard[0]).toEqual(rowsHeard[1]);
        expect(rowsHeard[0]).toEqual([...(rowsHeard[0] ?? [])].sort((left, right) => left - right));
        expect(rowsHeard[0]).toHaveLength(database.sequence + 1);
        // What is written is true at once, in live results too, though it is told later.
        expect(sizes.every((difference) => difference === 0)).toBe(true);
        await database.close();
      },
    );
    await fc.assert(law, lawOptions(60));
  });

  test('that throw stop nobody, neither the write nor the others', async () => {
    const errors: unknown[] = [];
    const database = await openSeats((error) => errors.push(error));
    const seats = collectionOf(database, 'Seat');
    const heard: string[] = [];
    const fail = (name: string) => () => {
      throw new Error(name);
    };
    const live = seats.live({});
    live.subscribe(fail('first'));
    live.result$.subscribe((rows) => {
      if (rows.length > 0) throw new Error('second');
    });
    database.changes$.subscribe(fail('third'));
    live.subscribe(() => heard.push('live'));
    live.delta$.subscribe(({ total }) => heard.push(`delta ${total}`));
    database.changes$.subscribe(({ sequence }) => heard.push(`change ${sequence}`));
    expect(await seats.create({})).toMatchObject({ success: true });
    expect(await seats.create({})).toMatchObject({ success: true });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(heard).toEqual(['delta 0', 'live', 'delta 1', 'change 1', 'live', 'delta 2', 'change 2']);
    expect(errors.map(String)).toContain('Error: first');
    const told = [...errors, ...unheard].map(String);
    for (const name of ['first', 'second', 'third']) expect(told).toContain(`Error: ${name}`);
    await database.close();
  });

  test('that answer their own writes without end are refused in time, and the database goes on', async () => {
    for (const kind of ['changes', 'live', 'transaction'] as const) {
      const errors: unknown[] = [];
      const database = await openSeats((error) => errors.push(error));
      const seats = collectionOf(database, 'Seat');
      const codes: (string | undefined)[] = [];
      const answer = () => {
        if (kind === 'transaction') {
          try {
            transact(database, (tx) => tx.collection('Seat').create({}));
          } catch (error) {
            codes.push((error as { code?: string }).code);
          }
        } else void codeOf(() => seats.create({})).then((code) => code !== undefined && codes.push(code));
      };
      const stop = kind === 'live' ? seats.live({}).subscribe(answer) : undefined;
      const subscription = kind === 'live' ? undefined : database.changes$.subscribe(answer);
      expect(await seats.create({})).toMatchObject({ success: true });
      await manyTurns();
      expect(codes).toEqual(['LISTENER_LOOP']);
      expect(seats.count()).toBeLessThanOrEqual(200);
      expect(seats.count()).toBe(database.sequence);
      stop?.();
      subscription?.unsubscribe();
      expect(await seats.create({})).toMatchObject({ success: true });
      await database.close();
    }
  });

  test('that two databases hand each other their writes do not fall into such a loop unseen', async () => {
    const [left, right] = await Promise.all([openSeats(), openSeats()]);
    const codes: (string | undefined)[] = [];
    const pass = (to: AnyDatabase) => () => {
      void codeOf(() => collectionOf(to, 'Seat').create({})).then((code) => code !== undefined && codes.push(code));
    };
    left.changes$.subscribe(pass(right));
    right.changes$.subscribe(pass(left));
    await collectionOf(left, 'Seat').create({});
    await manyTurns();
    expect(codes).toContain('LISTENER_LOOP');
    await Promise.all([left.close(), right.close()]);
  });
});
