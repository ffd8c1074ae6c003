import { type Database, defineObject, openDatabase } from '../../src/index.ts';
import { type PullPage, type Remote, RemoteFailure, type StreamMessage } from '../../src/replication/remote.ts';
import { type Replication, replicate } from '../../src/replication/replicate.ts';
import { syncObjects } from '../../src/replication/sync-objects.ts';
import { type CrashStorage, crashStorage } from './crash-storage.ts';
import { createFakeEnvironment, createNumbers, type FakeEnvironment } from './fake-environment.ts';

export const Visit = defineObject({
  name: 'Visit',
  fields: {
    Name: {
      type: 'string',
      properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort',
      displayFormat: 'V-{0000}',
    },
    Subject: { type: 'string' },
    Note: { type: 'string' },
    ParentId: { type: 'reference', referenceTo: ['Visit'], cascadeDelete: true },
  },
});
export const Step = defineObject({
  name: 'Step',
  fields: {
    Subject: { type: 'string' },
    Note: { type: 'string' },
    VisitId: { type: 'reference', referenceTo: ['Visit'], cascadeDelete: true },
  },
});
const objects = [Visit, Step, ...syncObjects] as const;
export type FleetDatabase = Database<typeof objects>;
export type FleetObject = 'Visit' | 'Step';

/** How bad the network is, of a hundred. */
export interface Weather {
  readonly lostRequests: number;
  readonly lostAnswers: number;
  readonly repeats: number;
  readonly cuts: number;
}
export const CALM: Weather = { lostRequests: 0, lostAnswers: 0, repeats: 0, cuts: 0 };

/** One device: a database on a medium that can be cut off at any moment, and its sync. */
export class Device {
  /** What timers go by. */
  readonly env: FakeEnvironment;
  /** How far the clock on the wall is off, in milliseconds. */
  skew = 0;
  readonly #numbers: () => number;
  readonly #remote: Remote;
  #storage: CrashStorage = crashStorage();
  db: FleetDatabase | undefined;
  sync: Replication | undefined;
  weather: Weather = CALM;
  isOnline = true;
  /** Counts up with each crash; what belongs to an earlier life gets no answers. */
  #life = 0;
  #hear: ((event: 'online' | 'offline' | 'visible') => void) | undefined;

  constructor(seed: number, now: number, remoteOf: (env: FakeEnvironment) => Remote) {
    this.env = createFakeEnvironment({ seed, now });
    this.#numbers = createNumbers(seed);
    this.#remote = remoteOf(this.env);
  }

  async open(): Promise<void> {
    const life = this.#life;
    const env = { ...this.env, now: () => this.env.now() + this.skew };
    this.db = await openDatabase({ name: 'device', objects, storage: this.#storage, env });
    this.sync = replicate(this.db, {
      remote: this.#faulty(life),
      objects: ['Visit', 'Step'],
      batch: { push: 4, pull: 3 },
      retry: { baseMs: 100, maxMs: 2_000 },
      connectivity: {
        isOnline: () => this.isOnline,
        subscribe: (listener) => {
          this.#hear = listener;
          return () => undefined;
        },
      },
    });
  }

  /** The process ends at this moment, and what is on the medium is all there is. */
  async crash(): Promise<void> {
    this.#life++;
    this.#storage = crashStorage(this.#storage.photos.at(-1));
    await this.open();
  }

  setOnline(isOnline: boolean): void {
    this.isOnline = isOnline;
    this.#hear?.(isOnline ? 'online' : 'offline');
  }

  #chance(of: number): boolean {
    return this.#numbers() % 100 < of;
  }

  /** The way to the server, through the weather. */
  #faulty(life: number): Remote {
    const { wholeRows, stream } = this.#remote;
    const away = () => new Promise<never>(() => undefined);
    const travel = async (what: 'request' | 'answer') => {
      await new Promise<void>((resolve) => this.env.wake(resolve, 1 + (this.#numbers() % 40)));
      if (life !== this.#life) await away();
      const lost = what === 'request' ? this.weather.lostRequests : this.weather.lostAnswers;
      if (!this.isOnline || this.#chance(lost))
        throw new RemoteFailure('retry', 'SYNC_UNREACHABLE', `the ${what} was lost`);
    };
    const self = this;
    const remote = this.#remote;
    return {
      ...(wholeRows && { wholeRows }),
      async *pull(request, signal): AsyncGenerator<PullPage> {
        await travel('request');
        for await (const page of remote.pull(request, signal)) {
          await travel('answer');
          yield page;
        }
      },
      async push(request, signal) {
        await travel('request');
        const answer = await remote.push(request, signal);
        // A copy of the request takes a longer way, and comes when nobody waits for it.
        if (self.#chance(self.weather.repeats))
          self.env.wake(
            () => void remote.push(request, new AbortController().signal).catch(() => undefined),
            self.#numbers() % 3_000,
          );
        await travel('answer');
        return answer;
      },
      ...(stream !== undefined && {
        async *stream(request, signal): AsyncGenerator<StreamMessage> {
          await travel('request');
          for await (const message of stream.call(remote, request, signal)) {
            if (life !== self.#life) await away();
            if (!self.isOnline || self.#chance(self.weather.cuts))
              throw new RemoteFailure('retry', 'SYNC_UNREACHABLE', 'the stream was cut');
            // Lost without a trace: what follows does not go on from what is here.
            if (!self.#chance(self.weather.lostAnswers)) yield message;
          }
        },
      }),
    };
  }

  /** All records of an object, deleted ones too, by id, without what a server numbers them by. */
  records(object: FleetObject): Map<string, Record<string, unknown>> {
    const db = this.db as FleetDatabase;
    const found = db.collection(object).find({ deleted: 'include' } as never) as unknown as readonly {
      readonly Id: string;
    }[];
    return new Map(found.map((record) => [record.Id, { ...record }]));
  }
}
