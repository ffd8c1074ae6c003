import { dexieStorage } from '../../../src/dexie/dexie-storage.ts';
import { type EngineError, openDatabase } from '../../../src/index.ts';
import { storageChecks } from '../../../src/testing/storage-checks.ts';
import { Call } from '../../instruments/call-object.ts';

const open = () => openDatabase({ name: 'desk', objects: [Call], storage: dexieStorage() });
let db: Awaited<ReturnType<typeof open>> | undefined;

/** All bytes that IndexedDB holds under a prefix, as texts of one character a byte. */
async function bytesUnder(prefix: string): Promise<string> {
  interface Asked {
    result: { transaction(name: string): { objectStore(name: string): { getAll(): Asked } }; close(): void };
    onsuccess: () => void;
  }
  const { indexedDB } = globalThis as unknown as { indexedDB: { open(name: string): Asked } };
  const answer = (request: Asked) =>
    new Promise<Asked['result']>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
  const database = await answer(indexedDB.open(`${prefix}:desk`));
  const blocks = await answer(database.transaction('blocks').objectStore('blocks').getAll());
  database.close();
  return (blocks as unknown as readonly Uint8Array[]).map((bytes) => new TextDecoder('latin1').decode(bytes)).join('');
}

/** What the test asks of the page. */
const disk = {
  /** The names of the promises that the storage breaks, with the reason. */
  async check(): Promise<string[]> {
    const broken: string[] = [];
    let turn = 0;
    for (const { name, run } of storageChecks(() => dexieStorage({ prefix: `check-${turn++}` })))
      await run().catch((error: unknown) => broken.push(`${name}: ${String(error)}`));
    return broken;
  },
  /** Opens the database; the code of what is wrong where it cannot be. */
  async open(): Promise<string> {
    try {
      db = await open();
      return 'open';
    } catch (error) {
      return (error as EngineError).code;
    }
  },
  /** Writes for ever, and tells each id once it is acknowledged: one write ahead of who hears it, and no more. */
  async writeOn(): Promise<void> {
    const { acknowledged } = globalThis as unknown as { acknowledged(id: string): Promise<void> };
    let heard: Promise<unknown> = Promise.resolve();
    for (let turn = 0; ; turn++) {
      const made = (await db?.Call.create([{ Turn: turn }, { Turn: turn }])) ?? [];
      if (turn % 25 === 24) await db?.compact();
      await heard;
      heard = Promise.all(made.map(({ id }) => acknowledged(id ?? '')));
    }
  },
  ids(): string[] {
    return db?.Call.find().map(({ Id }) => Id) ?? [];
  },
  /** Ids of turns of which half is there. */
  halves(): number {
    const counts = db?.Call.aggregate({ groupBy: ['Turn'], select: { n: { $count: '*' } } }) ?? [];
    return counts.filter(({ n }) => n % 2 !== 0).length;
  },
  health() {
    return db?.health();
  },
  close: async () => db?.close(),
  /** Whether the name of a field stands in what is stored: in the clear, once encrypted, and after a rotation; and what opens it. */
  async keep(): Promise<readonly unknown[]> {
    const prefix = `keys-${Math.random()}`;
    const openKept = (key?: string | Uint8Array) =>
      openDatabase({
        name: 'desk',
        objects: [Call],
        storage: dexieStorage({ prefix }),
        ...(key !== undefined && { key }),
      });
    const outcomes: unknown[] = [];
    const look = async () => outcomes.push((await bytesUnder(prefix)).includes('SystemModstamp'));
    const plain = await openKept();
    await plain.Call.create({ Turn: 1 });
    await plain.close();
    await look();
    const kept = await openKept('correct horse');
    await kept.Call.create({ Turn: 2 });
    await look();
    const key = crypto.getRandomValues(new Uint8Array(32));
    await kept.rotateKey(key);
    await kept.close();
    await look();
    for (const other of [undefined, 'correct horse', new Uint8Array(32)])
      outcomes.push(await openKept(other).catch((error: EngineError) => error.code));
    const again = await openKept(key);
    outcomes.push(again.Call.size, again.health()?.encrypted);
    await again.close();
    return outcomes;
  },
};
export type Disk = typeof disk;
Object.assign(globalThis, { disk });
