import { openDatabase, type Storage } from '../../index.ts';
import { databaseMaster } from '../../server/database-master.ts';
import type { Master } from '../../server/master.ts';
import { masterObjects } from '../../server/master-objects.ts';
import { ShellError } from '../shell-error.ts';
import { codeOf } from './fault-of.ts';
import type { ServedStore } from './serve-options.ts';
import { SESSION_OBJECTS } from './session-objects.ts';

/** The truth that a server serves. */
export interface Served {
  readonly master: Master;
  /** Why nothing is kept any more; undefined while all is well, and where only an answer can tell. */
  readonly failure: () => string | undefined;
  close(): Promise<void>;
}

export interface ServedRequest {
  readonly store: ServedStore;
  /** What encrypts a folder. */
  readonly key: string | undefined;
  /** Hears the code of what went wrong beside any request. */
  readonly onFault: (code: string) => void;
}

/** What `load` imports, which is installed beside Sojourn by who needs it. */
async function loadOptional<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (codeOf(error) === 'ERR_MODULE_NOT_FOUND') throw new ShellError(`this needs the package ${name}: npm i ${name}`);
    throw error;
  }
}

async function openKept(storage: Storage | undefined, { key, onFault }: ServedRequest): Promise<Served> {
  const db = await openDatabase({
    name: 'sojourn',
    objects: [...SESSION_OBJECTS, ...masterObjects],
    storage,
    ...(storage !== undefined && key !== undefined && { key }),
    onError: (error) => onFault(codeOf(error)),
  });
  const master = await databaseMaster(db);
  return {
    master,
    failure: () => db.health()?.failure,
    close: async () => {
      await master.close();
      await db.close();
    },
  };
}

/** Opens what is served. Rejects with a `ShellError`, or what the storage or PostgreSQL refused with. */
export async function openServed(request: ServedRequest): Promise<Served> {
  const { store, onFault } = request;
  if (store.kind === 'memory') return openKept(undefined, request);
  if (store.kind === 'folder') {
    const { levelStorage } = await loadOptional('classic-level', () => import('../../level/level-storage.ts'));
    return openKept(levelStorage(store.path), request);
  }
  const { postgresMaster } = await loadOptional('postgres', () => import('../../postgres/postgres.ts'));
  const master = await postgresMaster({
    url: store.url,
    objects: SESSION_OBJECTS,
    onError: (error) => onFault(codeOf(error)),
  });
  return { master, failure: () => undefined, close: () => master.close() };
}
