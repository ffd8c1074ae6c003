/** RxDB over this engine over Dexie, strict, which is its default. */

import { dexieStorage } from '../../../dist/dexie/dexie-storage.js';
import { getRxStorageSojourn } from '../../../dist/rxdb/rxdb.js';
import { RxdbStore } from '../rxdb-store.mjs';

export const peer = {
  package: 'rxdb',
  input: 'full',
  commit: 'a sealed block in a transaction, strict',
  open: () => new RxdbStore(getRxStorageSojourn({ storage: dexieStorage({ persist: false }) })).open(),
};
