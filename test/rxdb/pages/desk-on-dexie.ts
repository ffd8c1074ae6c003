import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { startDesk } from './desk.ts';

// A page of its own: RxDB brings a Dexie of one version, and two of them refuse to be in one page.
startDesk(() => getRxStorageDexie() as never);
