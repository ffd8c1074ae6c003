/** RxDB over its Dexie storage, told strict as Dexie is. */

import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { RxdbStore } from '../rxdb-store.mjs';

export const peer = {
  package: 'rxdb',
  input: 'full',
  commit: 'rows in a transaction, strict (its default is relaxed)',
  open: () => new RxdbStore(getRxStorageDexie({ chromeTransactionDurability: 'strict' })).open(),
};
