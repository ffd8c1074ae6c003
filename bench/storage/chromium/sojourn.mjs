/** Sojourn over IndexedDB: blocks of commits and of rows, all records in memory while it is open. */

import { salesforce } from '../../../dist/collections/catalog.js';
import { dexieStorage } from '../../../dist/dexie/dexie-storage.js';
import { openDatabase } from '../../../dist/index.js';
import { SojournStore } from '../sojourn-store.mjs';

export const peer = {
  package: 'sojourn',
  input: 'createable',
  commit: 'a block in a transaction, strict',
  open: () => SojournStore.open(openDatabase, salesforce, dexieStorage()),
};
