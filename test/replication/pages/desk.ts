import { dexieStorage } from '../../../src/dexie/dexie-storage.ts';
import { openDatabase } from '../../../src/index.ts';
import { http } from '../../../src/replication/http.ts';
import { type Replication, replicate } from '../../../src/replication/replicate.ts';
import { syncObjects } from '../../../src/replication/sync-objects.ts';
import { Step, Visit } from '../../instruments/sync-fleet.ts';

const open = (shared: boolean) =>
  openDatabase({
    name: 'desk',
    objects: [Visit, Step, ...syncObjects],
    storage: dexieStorage({ persist: false }),
    shared,
  });

let db: Awaited<ReturnType<typeof open>> | undefined;
let sync: Replication | undefined;

const opened = () => {
  if (db === undefined || sync === undefined) throw new Error('the database is not open');
  return { db, sync };
};

/** What a test can have a page do. */
const desk = {
  async open(url: string, shared = false) {
    db = await open(shared);
    sync = replicate(db, {
      remote: http({ url }),
      objects: ['Visit', 'Step'],
      batch: { push: 10 },
      retry: { baseMs: 50, maxMs: 500 },
    });
  },
  create: async (Subject: string) => (await opened().db.Visit.create({ Subject })).id as string,
  update: async (Id: string, fields: { readonly Subject?: string; readonly Note?: string }) => {
    await opened().db.Visit.update({ Id, ...fields });
  },
  /** All records, as they are. */
  records: () => opened().db.Visit.find({ orderBy: [{ Id: 'asc' }] }),
  /** How many records wait to be sent, as every tab sees it. */
  waiting: () => opened().db.SyncChange.count({}),
  state: () => opened().sync.status.state,
  stateOf: (id: string) => opened().sync.stateOf('Visit', id),
  async close() {
    await opened().sync.close();
    await opened().db.close();
  },
};

export type Desk = typeof desk;
Object.assign(globalThis, { desk });
