import { dexieStorage } from '../../../src/dexie/dexie-storage.ts';
import { EngineError, openDatabase } from '../../../src/index.ts';
import { Call } from '../../instruments/call-object.ts';

const open = () =>
  openDatabase({ name: 'tabs', objects: [Call], storage: dexieStorage({ persist: false }), shared: true });

let db: Awaited<ReturnType<typeof open>> | undefined;
let turn = 0;
let live: { getSnapshot(): readonly unknown[] } | undefined;

const opened = () => {
  if (db === undefined) throw new Error('the database is not open');
  return db;
};

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    return error instanceof EngineError ? error.code : String(error);
  }
}

interface Asked {
  open(method: string, path: string, isAsync: boolean): void;
  send(): void;
}

/** What a test can have a tab do. */
const tab = {
  open: () =>
    codeOf(async () => {
      db = await open();
      live = db.Call.live({ orderBy: [{ Name: 'asc' }] });
    }),
  role: () => opened().health()?.role,
  /** The id, once it is acknowledged. */
  create: async (note: string): Promise<string> =>
    (await opened().Call.create({ Turn: turn++, Note: note })).id as string,
  transact: () => codeOf(async () => opened().transaction((tx) => tx.Call.create({ Turn: 0 }))),
  notes: () =>
    opened()
      .Call.find({ orderBy: [{ Name: 'asc' }] })
      .map(({ Note }) => Note),
  names: () =>
    opened()
      .Call.find({ orderBy: [{ Name: 'asc' }] })
      .map(({ Name }) => Name),
  shown: () => (live?.getSnapshot() ?? []).map((row) => (row as { readonly Note: string }).Note),
  sequence: () => opened().sequence,
  /** Writes until the page ends. */
  async writeOn(name: string): Promise<never> {
    for (let at = 0; ; at++) {
      const note = `${name} ${at}`;
      await tab.create(note);
      await (globalThis as unknown as { acknowledged(note: string): Promise<void> }).acknowledged(note);
    }
  },
  /** Writes, and neither hears nor does anything until `path` is answered, as a page that hangs. Gives what became of the write. */
  hang(path: string): Promise<string> {
    const outcome = codeOf(() => tab.create('in vain'));
    const request = new (globalThis as unknown as { XMLHttpRequest: new () => Asked }).XMLHttpRequest();
    request.open('GET', path, false);
    request.send();
    return outcome;
  },
  close: () => codeOf(() => opened().close()),
};

export type Tab = typeof tab;
Object.assign(globalThis, { tab });
