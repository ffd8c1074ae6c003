import fc from 'fast-check';
import { expect, test } from 'vitest';
// Loaded before, as what is loaded when wanted takes turns of its own.
import '../../src/engine/tabs/alone.ts';
import type { OutboxEntry } from '../../src/replication/outbox.ts';
import { NOON_MS } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { ModelServer, modelRemote } from '../instruments/model-remote.ts';
import { CALM, Device, type FleetObject, type Weather } from '../instruments/sync-fleet.ts';
import { SyncServer } from '../instruments/sync-server.ts';

type Values = Record<string, unknown>;

type Act =
  | {
      readonly kind: 'create' | 'update' | 'delete' | 'undelete' | 'purge' | 'together' | 'serverWrite';
      readonly device: number;
      readonly pick: number;
    }
  | { readonly kind: 'crash' | 'offline' | 'online' | 'pause' | 'resume'; readonly device: number }
  | { readonly kind: 'clock'; readonly device: number; readonly ms: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'time'; readonly ms: number };

const DEVICES = 3;
const device = fc.nat({ max: DEVICES - 1 });
const kinds = [
  'create',
  'create',
  'update',
  'update',
  'update',
  'delete',
  'undelete',
  'purge',
  'together',
  'serverWrite',
] as const;
const arbitraryAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ kind: fc.constantFrom(...kinds), device, pick: fc.nat({ max: 1_000 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'crash' as const,
        'offline' as const,
        'online' as const,
        'pause' as const,
        'resume' as const,
      ),
      device,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      device,
      ms: fc.integer({ min: -3_600_000, max: 3_600_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 16, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
);
const percent = fc.nat({ max: 40 });
const arbitraryWeather: fc.Arbitrary<Weather> = fc.record({
  lostRequests: percent,
  lostAnswers: percent,
  repeats: percent,
  cuts: percent,
});

/** A server of a run, and what is asked of it besides by its clients. */
interface World {
  readonly turns: number;
  createDevice(seed: number, now: number): Device;
  /** Someone else writes; nothing where there is no such record in use. */
  write(object: string, id: string, values: Values): Promise<void>;
  restart(): Promise<void>;
  advance(ms: number): void;
  /** What it holds, by object and id: what is told of it, and whether it is deleted. */
  records(): ReadonlyMap<string, Values>;
  readonly gone: ReadonlySet<string>;
  /** Each value that a field of a record has had, in order. */
  readonly history: ReadonlyMap<string, readonly unknown[]>;
  close(): Promise<void>;
}

/** Each value that a field of a record has had. */
class History {
  readonly values = new Map<string, unknown[]>();
  readonly #last = new Map<string, Values>();

  note(key: string, record: Values): void {
    const before = this.#last.get(key);
    this.#last.set(key, record);
    for (const field of ['Subject', 'Note']) {
      const value = record[field] ?? null;
      if (value === null || value === before?.[field]) continue;
      const list = this.values.get(`${key}.${field}`) ?? [];
      list.push(value);
      this.values.set(`${key}.${field}`, list);
    }
  }
}

/** The model: what the page says, written down a second time. */
async function openModel(_seed: number): Promise<World> {
  const server = new ModelServer();
  const history = new History();
  const gone = new Set<string>();
  server.watch(() => {
    for (const [key, { document }] of server.kept)
      if (document._purged === true) gone.add(key);
      else history.note(key, document);
  });
  return {
    turns: 4,
    createDevice: (seed, now) =>
      new Device(seed, now, (env) => modelRemote(server, {}, { beat: (tell) => void env.wake(tell, 1_000) })),
    async write(object, id, values) {
      if (server.get(object, id) !== undefined && !gone.has(`${object}:${id}`)) server.set(object, id, values);
    },
    restart: async () => undefined,
    advance: () => undefined,
    records: () =>
      new Map(
        [...server.kept]
          .filter(([key]) => !gone.has(key))
          .map(([key, { document }]) => [key, { ...document, IsDeleted: document._deleted }]),
      ),
    gone,
    history: history.values,
    close: async () => undefined,
  };
}

/** The server itself: handler, database and medium, with its clients' transport. */
async function openServer(seed: number): Promise<World & { readonly server: SyncServer }> {
  const server = new SyncServer(seed, NOON_MS);
  const history = new History();
  const gone = new Set<string>();
  server.onState = (object, id, record) => {
    if (record === undefined) gone.add(`${object}:${id}`);
    else history.note(`${object}:${id}`, record);
  };
  await server.start();
  return {
    server,
    turns: 12,
    createDevice: (own, now) => new Device(own, now, (env) => server.remote(env)),
    async write(object, id, values) {
      const record = server.records().get(`${object}:${id}`);
      if (record !== undefined && record.IsDeleted !== true) await server.write(object as 'Visit', id, values);
    },
    restart: () => server.restart(),
    advance: (ms) => server.env.advance(ms),
    records: () => server.records(),
    gone,
    history: history.values,
    close: () => server.close(),
  };
}

class Run {
  readonly world: World;
  readonly devices: Device[];
  #token = 0;
  /** What a device took away for good, which nobody else may ever have seen. */
  readonly #purged = new Set<string>();
  /** The last value that a device has written to a field and that was kept. */
  readonly written = new Map<string, string>();

  constructor(world: World, seed: number, weather: Weather) {
    this.world = world;
    this.devices = Array.from({ length: DEVICES }, (_, i) => {
      const made = world.createDevice(seed * 31 + i, NOON_MS + i * 86_400_000);
      made.weather = weather;
      return made;
    });
  }

  async start(): Promise<void> {
    for (const one of this.devices) await one.open();
  }

  /** All that can happen at this moment has happened. */
  async #settle(): Promise<void> {
    for (let i = 0; i < this.world.turns; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  async time(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 20) {
      const step = Math.min(20, left);
      for (const one of this.devices) one.env.advance(step);
      this.world.advance(step);
      await this.#settle();
    }
  }

  async act(act: Act): Promise<void> {
    if (act.kind === 'time') return this.time(act.ms);
    if (act.kind === 'restart') return this.world.restart();
    const on = this.devices[act.device] as Device;
    if (act.kind === 'crash') return on.crash();
    if (act.kind === 'online' || act.kind === 'offline') return on.setOnline(act.kind === 'online');
    if (act.kind === 'pause') return on.sync?.pause();
    if (act.kind === 'resume') return on.sync?.resume();
    if (act.kind === 'clock') {
      on.skew += act.ms;
      return;
    }
    if ('pick' in act) await this.#write(on, act);
    await this.#settle();
  }

  async #write(on: Device, { kind, pick, device: by }: Extract<Act, { pick: number }>): Promise<void> {
    const { db } = on;
    if (db === undefined) return;
    const note = (object: FleetObject, id: string, field: string, value: string) =>
      this.written.set(`${by} ${object}:${id}.${field}`, value);
    const object: FleetObject = pick % 3 === 0 ? 'Step' : 'Visit';
    const field = pick % 2 === 0 ? 'Subject' : 'Note';
    const held = [...on.records(object).values()];
    const record = held[pick % Math.max(1, held.length)];
    const id = record?.Id as string;
    const value = `t${++this.#token}`;
    if (kind === 'serverWrite') {
      const keys = [...this.world.records().keys()];
      const [to, which] = (keys[pick % Math.max(1, keys.length)] ?? '').split(':');
      if (to !== undefined && which !== undefined) await this.world.write(to, which, { [field]: value });
      return;
    }
    if (kind === 'create') {
      const parents = [...on.records('Visit').values()].filter(({ IsDeleted }) => IsDeleted !== true);
      const parent = parents.length > 0 && pick % 5 === 0 ? (parents[pick % parents.length]?.Id as string) : null;
      const made =
        object === 'Step'
          ? await db.Step.create({ [field]: value, VisitId: parent })
          : await db.Visit.create({ [field]: value });
      return void note(object, made.id as string, field, value);
    }
    if (kind === 'together') {
      const ids = await db.transact((tx) => {
        const visit = tx.Visit.create({ Subject: value }).id as string;
        return [visit, tx.Step.create({ Subject: value, VisitId: visit }).id as string];
      });
      note('Visit', ids[0] as string, 'Subject', value);
      return void note('Step', ids[1] as string, 'Subject', value);
    }
    if (record === undefined) return;
    const collection = db.collection(object as 'Visit');
    if (kind === 'update' && record.IsDeleted !== true) {
      await collection.update({ Id: id, [field]: value } as never);
      note(object, id, field, value);
    } else if (kind === 'delete' && record.IsDeleted !== true) await collection.delete([id]);
    else if (kind === 'undelete' && record.IsDeleted === true) await collection.undelete([id]);
    else if (kind === 'purge' && record.IsDeleted === true) {
      const keys = () =>
        (['Visit', 'Step'] as const).flatMap((of) => [...on.records(of).keys()].map((key) => `${of}:${key}`));
      const before = keys();
      await collection.emptyRecycleBin([id]);
      const after = new Set(keys());
      for (const key of before) if (!after.has(key)) this.#purged.add(key);
    }
  }

  /** The network is well, everyone is there, and there is time. */
  async heal(): Promise<void> {
    for (const one of this.devices) {
      one.weather = CALM;
      one.setOnline(true);
      one.sync?.resume();
    }
    for (let i = 0; i < 200; i++) {
      await this.time(200);
      if (
        this.devices.every(({ sync }) => sync?.status.state === 'live' && sync.status.pending === 0) &&
        this.#isEven()
      )
        return;
    }
  }

  #isEven(): boolean {
    return this.devices.every((one) => JSON.stringify(this.#picture(one)) === JSON.stringify(this.#truth()));
  }

  #picture(one: Device): unknown {
    return shown(
      (['Visit', 'Step'] as const).flatMap((object) =>
        [...one.records(object)].map(([id, record]) => [`${object}:${id}`, record] as const),
      ),
    );
  }

  #truth(): unknown {
    return shown([...this.world.records()]);
  }

  /** A write to a record that someone took away for good meanwhile: it stays with that reason. */
  #isGone({ object, id, state, code }: OutboxEntry): boolean {
    return this.world.gone.has(`${object}:${id}`) && state === 'rejected' && code === 'ENTITY_IS_DELETED';
  }

  checkAgreement(): void {
    for (const [i, one] of this.devices.entries()) {
      const { state, error, quarantined } = one.sync?.status ?? {};
      const outbox = one.sync?.outbox.list().filter((entry) => !this.#isGone(entry));
      expect({ device: i, state, error, quarantined, outbox }).toEqual({
        device: i,
        state: 'live',
        error: undefined,
        quarantined: 0,
        outbox: [],
      });
      expect(this.#picture(one), `device ${i}`).toEqual(this.#truth());
    }
    const names = [...this.world.records()].filter(([key]) => key.startsWith('Visit')).map(([, { Name }]) => Name);
    expect(names.filter((name) => String(name).startsWith('~'))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  }

  /** No value came to be twice, and the last that each device wrote did come to be. */
  checkEffects(): void {
    for (const [key, values] of this.world.history)
      expect(new Set(values).size, `${key} ${values.join()}`).toBe(values.length);
    for (const [key, value] of this.written) {
      const place = key.slice(key.indexOf(' ') + 1);
      const of = place.slice(0, place.lastIndexOf('.'));
      if (this.world.gone.has(of) || this.#purged.has(of)) continue;
      expect(this.world.history.get(place), `${place} ${value}`).toContain(value);
    }
  }

  async close(): Promise<void> {
    for (const one of this.devices) {
      await one.sync?.close();
      await one.db?.close();
    }
    await this.world.close();
  }
}

function shown(records: readonly (readonly [string, Values])[]): unknown {
  return records
    .map(([key, { Id, Name, Subject, Note, VisitId, ParentId, SystemModstamp, LastModifiedDate, IsDeleted }]) => {
      // Steps have no name here; the model numbers whatever it keeps.
      const name = key.startsWith('Step') ? null : Name;
      return [
        key,
        Id,
        name,
        Subject ?? null,
        Note ?? null,
        VisitId ?? ParentId ?? null,
        SystemModstamp,
        LastModifiedDate,
        IsDeleted,
      ];
    })
    .sort(([left], [right]) => ((left as string) < (right as string) ? -1 : 1));
}

const seeds = fc.integer({ min: 1, max: 2 ** 30 });
const acts = fc.array(arbitraryAct, { minLength: 5, maxLength: 60 });

test.each([
  ['a model of a server', openModel],
  ['the server itself, which is restarted meanwhile,', openServer],
] as const)(
  'devices that have exchanged everything with %s hold the same, each write in effect once',
  async (_, open) => {
    await fc.assert(
      fc.asyncProperty(seeds, arbitraryWeather, acts, async (seed, weather, list) => {
        const run = new Run(await open(seed), seed, weather);
        await run.start();
        for (const act of list) await run.act(act);
        await run.heal();
        run.checkAgreement();
        run.checkEffects();
        await run.close();
      }),
      lawOptions(50),
    );
  },
);

test('a server that comes back from an older backup is given what it has lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      seeds,
      arbitraryWeather,
      acts,
      acts,
      fc.nat({ max: 99 }),
      async (seed, weather, first, second, share) => {
        const { server, ...world } = await openServer(seed);
        const run = new Run(world, seed, weather);
        await run.start();
        const isHarmless = ({ kind }: Act) => kind !== 'purge' && kind !== 'delete' && kind !== 'serverWrite';
        for (const act of first.filter(isHarmless)) await run.act(act);
        await run.heal();
        await server.restart(server.photos[Math.floor((server.photos.length * share) / 100)]);
        for (const act of second.filter(isHarmless)) await run.act(act);
        await run.heal();
        run.checkAgreement();
        for (const [key, value] of run.written)
          expect(world.history.get(key.slice(key.indexOf(' ') + 1))).toContain(value);
        await run.close();
      },
    ),
    lawOptions(20),
  );
});
