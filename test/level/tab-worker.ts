import { parentPort, workerData } from 'node:worker_threads';
import { EngineError, openDatabase } from '../../src/index.ts';
import { levelStorage } from '../../src/level/level-storage.ts';
import { Call } from '../instruments/call-object.ts';

/** A worker that does what it is told, and tells what came of it. */
const { folder } = workerData as { readonly folder: string };
const db = await openDatabase({ name: 'calls', objects: [Call], storage: levelStorage(folder), shared: true });

/** What a test can have a worker do. */
const worker = {
  role: () => db.health()?.role,
  create: async (note: string) => (await db.Call.create({ Turn: 1, Note: note })).id,
  notes: () => db.Call.find({ orderBy: [{ Name: 'asc' }] }).map(({ Note }) => Note),
  importRows: async (count: number) =>
    (await db.Call.import(Array.from({ length: count }, (_, at) => ({ Turn: at, Note: `row ${at}` })))).created,
  size: () => db.Call.size,
  deleteAll: async () => (await db.Call.delete(db.Call.find({ select: ['Id'] }).map(({ Id }) => Id))).length,
  compact: () => db.compact(),
  flush: () => db.flush(),
  close: () => db.close(),
};
export type TabWorker = typeof worker;

parentPort?.on('message', async ({ turn, call, args }: { turn: number; call: keyof TabWorker; args: [never] }) => {
  try {
    parentPort?.postMessage({ turn, result: await worker[call](...args) });
  } catch (error) {
    parentPort?.postMessage({ turn, code: error instanceof EngineError ? error.code : String(error) });
  }
});
parentPort?.postMessage({ turn: 0 });
