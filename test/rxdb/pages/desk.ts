import { addRxPlugin, createRxDatabase, type RxCollection, type RxDatabase } from 'rxdb/plugins/core';
import { RxDBLeaderElectionPlugin } from 'rxdb/plugins/leader-election';
import type { AnyRxStorage } from '../../instruments/rx-databases.ts';
import { firstVisit, nextVisit } from '../../instruments/rxdb-example-app.ts';

addRxPlugin(RxDBLeaderElectionPlugin);

interface Call {
  readonly id: string;
  readonly note: string;
  readonly pair: number;
}

const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 40 },
    note: { type: 'string' },
    pair: { type: 'number', minimum: 0, maximum: 1e9, multipleOf: 1 },
  },
  required: ['id', 'note', 'pair'],
  indexes: ['pair'],
} as const;

let makeStorage: () => AnyRxStorage;
let database: RxDatabase | undefined;
let calls: RxCollection<Call> | undefined;
const opened = () => {
  if (calls === undefined || database === undefined) throw new Error('the database is not open');
  return { calls, database };
};
let shown: string[] = [];
const heard: string[] = [];

/** What a test can have a page with an RxDB database do. */
const desk = {
  firstVisit: () => firstVisit(makeStorage()),
  nextVisit: () => nextVisit(makeStorage()),
  async open(): Promise<void> {
    database = await createRxDatabase({ name: 'desk', storage: makeStorage(), multiInstance: true });
    await desk.addCalls();
  },
  async addCalls(): Promise<void> {
    const added = await database?.addCollections({ calls: { schema: schema as never } });
    calls = added?.calls as unknown as RxCollection<Call>;
    calls.find({ sort: [{ id: 'asc' }] }).$.subscribe((found) => {
      shown = found.map(({ id, note }) => `${id} ${note}`);
    });
    calls.$.subscribe(({ operation, documentId }) => heard.push(`${operation} ${documentId}`));
  },
  removeCalls: async () => void (await opened().calls.remove()),
  isGone: () => opened().calls.closed,
  insert: async (id: string, note = '') => void (await opened().calls.insert({ id, note, pair: 0 })),
  patch: async (id: string, note: string) =>
    void (await (await opened().calls.findOne(id).exec(true)).incrementalPatch({ note })),
  remove: async (id: string) => void (await (await opened().calls.findOne(id).exec(true)).incrementalRemove()),
  shown: () => shown,
  heard: () => heard,
  ids: async () => (await opened().calls.find().exec()).map(({ id }) => id),
  /** Pairs of which half is there. */
  halves: async () => {
    const counts = new Map<number, number>();
    for (const { pair } of await opened()
      .calls.find({ selector: { pair: { $gt: 0 } } })
      .exec())
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    return [...counts.values()].filter((count) => count !== 2).length;
  },
  /** Writes for ever, two documents at a time, and tells each once it is acknowledged. */
  async writeOn(name: string): Promise<never> {
    for (let turn = 0; ; turn++) {
      const pair = Math.floor(Math.random() * 1e9);
      const ids = [`${name}-${pair}-a`, `${name}-${pair}-b`];
      const { error } = await opened().calls.bulkInsert(ids.map((id) => ({ id, note: '', pair })));
      if (error.length > 0) throw new Error('a document was refused');
      for (const id of ids) await (globalThis as unknown as Told).acknowledged(id);
      if (turn % 5 === 4) await desk.patch(ids[0] as string, `turn ${turn}`);
    }
  },
  lead: () => opened().database.waitForLeadership(),
  leads: () => opened().database.isLeader(),
  close: async () => void (await opened().database.close()),
};

interface Told {
  acknowledged(id: string): Promise<void>;
}

export type Desk = typeof desk;

/** Puts the desk where tests find it. */
export function startDesk(make: () => AnyRxStorage): void {
  makeStorage = make;
  Object.assign(globalThis, { desk });
}
