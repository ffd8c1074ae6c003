import { createHash } from 'node:crypto';
import { type Database, openDatabase } from '../../src/index.ts';
import { http } from '../../src/replication/http.ts';
import type { Remote } from '../../src/replication/remote.ts';
import { createSyncHandler, type SyncHandler } from '../../src/server/create-sync-handler.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import { type CrashStorage, crashStorage } from './crash-storage.ts';
import { createFakeEnvironment, type FakeEnvironment } from './fake-environment.ts';
import { Step, Visit } from './sync-fleet.ts';

const objects = [Visit, Step, ...masterObjects] as const;
type Values = Record<string, unknown>;

/** The server itself, its handler called without a network between, on a medium that it can be restarted from. */
export class SyncServer {
  readonly env: FakeEnvironment;
  #storage: CrashStorage = crashStorage();
  #db: Database<typeof objects> | undefined;
  #handler: SyncHandler | undefined;
  /** Called with each state that a record comes to, and with undefined when it goes for good. */
  onState: (object: string, id: string, record: Values | undefined) => void = () => undefined;
  /** Of what is on the medium: the moments that a backup could be of. */
  get photos() {
    return this.#storage.photos;
  }

  constructor(seed: number, now: number) {
    const env = createFakeEnvironment({ seed, now });
    // Within the turn, as what other threads do takes turns of its own.
    this.env = { ...env, digest: async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()) };
  }

  async start(): Promise<void> {
    this.#db = await openDatabase({ name: 'server', objects, storage: this.#storage, env: this.env });
    this.#handler = createSyncHandler(this.#db, {
      objects: ['Visit', 'Step'],
      authorize: () => ({ user: 'anyone' }),
      heartbeatMs: 1_000,
      limits: { requestsPerMinute: 1_000_000 },
    });
    this.#db.changes$.subscribe(({ changes }) => {
      for (const { object, id, after } of changes)
        if (object === 'Visit' || object === 'Step') this.onState(object, id, after as Values | undefined);
    });
  }

  /** Ends it at once and starts it again from what is on the medium, or from an earlier moment of it. */
  async restart(photo = this.#storage.photos.at(-1)): Promise<void> {
    const handler = this.#handler;
    this.#handler = undefined;
    void handler?.close();
    this.#storage = crashStorage(photo);
    await this.start();
  }

  remote(env: FakeEnvironment): Remote {
    return http({
      url: 'http://server.test',
      env,
      fetch: async (url, init) => {
        const handler = this.#handler;
        if (handler === undefined) throw new TypeError('refused');
        return handler(
          new Request(url, { ...init, ...(init.body !== undefined && { duplex: 'half' }) } as RequestInit),
        );
      },
    });
  }

  async write(object: 'Visit' | 'Step', id: string, values: Values): Promise<void> {
    await this.#db?.collection(object as 'Visit').update({ Id: id, ...values } as never);
  }

  /** All records that it holds, deleted ones too, by object and id. */
  records(): Map<string, Values> {
    const found = new Map<string, Values>();
    for (const object of ['Visit', 'Step'] as const) {
      const all = this.#db?.collection(object as 'Visit').find({ deleted: 'include' } as never) as unknown as Values[];
      for (const record of all) found.set(`${object}:${record.Id}`, record);
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#handler?.close();
    await this.#db?.close();
  }
}
