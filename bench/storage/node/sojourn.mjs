/** Sojourn over LevelDB: blocks of commits and of rows, all records in memory while it is open. */

import { salesforce } from '../../../dist/collections/catalog.js';
import { openDatabase } from '../../../dist/index.js';
import { levelStorage } from '../../../dist/level/level-storage.js';
import { SojournStore } from '../sojourn-store.mjs';

export const peer = {
  package: 'sojourn',
  input: 'createable',
  commit: 'appends to the log of LevelDB; fdatasync',
  open: (place) => SojournStore.open(openDatabase, salesforce, levelStorage(place)),
};
