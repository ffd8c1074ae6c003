import fc from 'fast-check';
import { expect, test } from 'vitest';
// Loaded before, as what is loaded when wanted takes turns of its own.
import '../../src/engine/tabs/alone.ts';
import type { OutboxEntry } from '../../src/replication/outbox.ts';
import { NOON_MS } from '../instruments/fake-environment.ts';
import { lawOptions } from '../instruments/law-options.ts';
import { ModelServer, modelRemote } from '../instruments/model-remote.ts';
import { CALM, Device, type FleetObject, type Weather } from '../instruments/sync-fleet.ts';

type Values = Record<string, unknown>;

type Act =
  | {
      readonly kind: 'create' | 'update' | 'delete' | 'undelete' | 'purge' | 'together' | 'serverWrite';
      readonly device: number;
      readonly pick: number;
    }
  | { readonly kind: 'crash' | 'offline' | 'online' | 'pause' | 'resume'; readonly device: number }
  | { readonly kind: 'clock'; readonly device: number; readonly ms: number }
  | { readonly kind: 'time'; readonly ms: number };

const DEVICES = 3;
const device = fc.nat({ max: DEVICES - 1 });
const arbitraryAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'create' as const,
        'create' as const,
        'update' as const,
        'update' as const,
        'update' as const,
        'delete' as const,
        'undelete' as const,
        'purge' as const,
        'together' as const,
        'serverWrite' as const,
      ),
      device,
      pick: fc.nat({ max: 1_000 }),
    }),
  },
  {
    weight: 4,
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
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      device,
      ms: fc.integer({ min: -3_600_000, max: 3_600_000 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
);
const percent = fc.nat({ max: 40 });
const arbitraryWeather: fc.Arbitrary<Weather> = fc.record({
  lostRequests: percent,
  lostAnswers: percent,
  repeats: percent,
  cuts: percent,
});

/** All that can happen at this moment has happened. */
async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A server whose every version of every record is remembered. */
class RememberingServer extends ModelServer {
  /** Each value that a field of a record has had, in order. */
  readonly values = new Map<string, unknown[]>();
  readonly #seen = new Map<string, Values>();

  note(): void {
    for (const [key, { document }] of this.kept) {
      const before = this.#seen.get(key);
      if (before === document) continue;
      this.#seen.set(key, document);
      for (const field of ['Subject', 'Note']) {
        if (document[field] === undefined || document[field] === null || document[field] === before?.[field]) continue;
        const list = this.values.get(`${key}.${field}`) ?? [];
        list.push(document[field]);
        this.values.set(`${key}.${field}`, list);
      }
    }
  }
}

class Run {
  readonly server = new RememberingServer();
  readonly devices: Device[];
  #token = 0;
  /** The last value that a device has written to a field and that was kept. */
  readonly written = new Map<string, string>();
  readonly purged = new Set<string>();
  readonly names = new Set<unknown>();

  constructor(seed: number, weather: Weather) {
    this.server.watch(() => this.server.note());
    this.devices = Array.from({ length: DEVICES }, (_, i) => {
      const made = new Device(seed * 31 + i, NOON_MS + i * 86_400_000, modelRemote(this.server));
      made.weather = weather;
      return made;
    });
  }

  async start(): Promise<void> {
    for (const one of this.devices) await one.open();
  }

  async time(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 20) {
      for (const one of this.devices) one.env.advance(Math.min(20, left));
      await settle();
    }
  }

  async act(act: Act): Promise<void> {
    if (act.kind === 'time') return this.time(act.ms);
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
    await settle();
  }

  #next(): string {
    return `t${++this.#token}`;
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
    const value = this.#next();
    if (kind === 'serverWrite') {
      const all = [...this.server.kept.values()].filter(({ document }) => document._purged !== true);
      const one = all[pick % Math.max(1, all.length)];
      if (one !== undefined) this.server.set(one.object, one.id, { [field]: value });
      return;
    }
    if (kind === 'create') {
      const parents = [...on.records('Visit').values()].filter(({ IsDeleted }) => IsDeleted !== true);
      const parent = parents.length > 0 && pick % 5 === 0 ? (parents[pick % parents.length]?.Id as string) : null;
      const made =
        object === 'Step'
          ? await db.Step.create({ [field]: value, VisitId: parent })
          : await db.Visit.create({ [field]: value });
      note(object, made.id as string, field, value);
      return;
    }
    if (kind === 'together') {
      const ids = await db.transact((tx) => {
        const visit = tx.Visit.create({ Subject: value }).id as string;
        return [visit, tx.Step.create({ Subject: value, VisitId: visit }).id as string];
      });
      note('Visit', ids[0] as string, 'Subject', value);
      note('Step', ids[1] as string, 'Subject', value);
      return;
    }
    if (record === undefined) return;
    const collection = db.collection(object as 'Visit');
    if (kind === 'update' && record.IsDeleted !== true) {
      await collection.update({ Id: id, [field]: value } as never);
      note(object, id, field, value);
    } else if (kind === 'delete' && record.IsDeleted !== true) await collection.delete([id]);
    else if (kind === 'undelete' && record.IsDeleted === true) await collection.undelete([id]);
    else if (kind === 'purge' && record.IsDeleted === true) {
      const [result] = await collection.emptyRecycleBin([id]);
      if (result?.success === true) this.purged.add(id);
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

  /** What a device holds, as the server would say it. */
  #picture(one: Device): unknown {
    const all = (['Visit', 'Step'] as const).flatMap((object) =>
      [...one.records(object)].map(
        ([id, record]) => [`${object}:${id}`, shown(record, record.IsDeleted === true)] as const,
      ),
    );
    return all.sort(([left], [right]) => (left < right ? -1 : 1));
  }

  #truth(): unknown {
    const all = [...this.server.kept]
      .filter(([, { document }]) => document._purged !== true)
      .map(([key, { object, document }]) => {
        const whole = object === 'Step' ? { VisitId: null, ...document } : document;
        return [key, shown(whole, document._deleted === true)] as const;
      });
    return all.sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /** A write to a record that someone took away for good meanwhile: it stays with that reason. */
  #isGone({ object, id, state, code }: OutboxEntry): boolean {
    const isPurged = this.server.get(object, id)?._purged === true;
    return isPurged && state === 'rejected' && code === 'ENTITY_IS_DELETED';
  }

  check(): void {
    for (const [i, one] of this.devices.entries()) {
      expect({
        device: i,
        state: one.sync?.status.state,
        error: one.sync?.status.error,
        outbox: one.sync?.outbox.list().filter((entry) => !this.#isGone(entry)),
      }).toEqual({
        device: i,
        state: 'live',
        error: undefined,
        outbox: [],
      });
      expect(this.#picture(one), `device ${i}`).toEqual(this.#truth());
    }
    for (const [key, values] of this.server.values)
      expect(new Set(values).size, `${key} ${values.join()}`).toBe(values.length);
    for (const [key, value] of this.written) {
      const [, place] = key.split(' ') as [string, string];
      const id = place.slice(place.indexOf(':') + 1, place.lastIndexOf('.'));
      if (
        this.purged.has(id) ||
        this.server.kept.get(place.slice(0, place.lastIndexOf('.')))?.document._purged === true
      )
        continue;
      expect(this.server.values.get(place), `${place} ${value}`).toContain(value);
    }
    const names = [...this.server.kept.values()]
      .filter(({ object }) => object === 'Visit')
      .map(({ document }) => document.Name);
    expect(new Set(names).size).toBe(names.length);
  }
}

function shown(record: Values, isDeleted: boolean): unknown {
  const { Id, Name, Subject, Note, SystemModstamp, LastModifiedDate } = record;
  const reference = record.VisitId ?? record.ParentId ?? null;
  // Steps have no name here; the model numbers whatever it keeps.
  return [
    Id,
    'VisitId' in record ? null : Name,
    Subject ?? null,
    Note ?? null,
    reference,
    SystemModstamp,
    LastModifiedDate,
    isDeleted,
  ];
}

test('devices that have exchanged everything hold the same, each write in effect once, whatever the network and their ends did', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2 ** 30 }),
      arbitraryWeather,
      fc.array(arbitraryAct, { minLength: 5, maxLength: 60 }),
      async (seed, weather, acts) => {
        const run = new Run(seed, weather);
        await run.start();
        for (const act of acts) await run.act(act);
        await run.heal();
        run.check();
        for (const one of run.devices) {
          await one.sync?.close();
          await one.db?.close();
        }
      },
    ),
    lawOptions(50),
  );
});
