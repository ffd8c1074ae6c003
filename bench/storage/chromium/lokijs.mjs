/** LokiJS in IndexedDB by its incremental adapter, which writes the chunks of 100 records that have changed. */

import IncrementalIndexedDBAdapter from 'lokijs/src/incremental-indexeddb-adapter.js';
import { LokiStore } from '../loki-store.mjs';

export const peer = {
  package: 'lokijs',
  input: 'full',
  commit: 'the changed chunks of 100 and all its indexes as JSON, relaxed',
  open: () => new LokiStore().open('bench', new IncrementalIndexedDBAdapter()),
};
