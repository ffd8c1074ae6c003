import { dexieStorage } from '../../../src/dexie/dexie-storage.ts';
import { getRxStorageSojourn } from '../../../src/rxdb/rxdb.ts';
import { startDesk } from './desk.ts';

startDesk(() => getRxStorageSojourn({ storage: dexieStorage({ persist: false }) }) as never);
