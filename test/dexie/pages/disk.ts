import { dexieStorage } from '../../../src/dexie/dexie-storage.ts';
import { type EngineError, openDatabase } from '../../../src/index.ts';
import { storageChecks } from '../../../src/testing/storage-checks.ts';
import { Call } from '../../instruments/call-object.ts';

const open = () => openDatabase({ name: 'desk', objects: [Call], storage: dexieStorage() });
let db: Awaited<ReturnType<typeof open>> | undefined;

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
  /** Writes for ever, and tells each id once it is acknowledged. */
  async writeOn(): Promise<void> {
    for (let turn = 0; ; turn++) {
      const made = (await db?.Call.create([{ Turn: turn }, { Turn: turn }])) ?? [];
      if (turn % 25 === 24) await db?.compact();
      for (const { id } of made) (globalThis as unknown as { acknowledged(id: string): void }).acknowledged(id ?? '');
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
};
export type Disk = typeof disk;
Object.assign(globalThis, { disk });
