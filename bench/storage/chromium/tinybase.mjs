/** TinyBase in IndexedDB, by its own persister. */

import { createIndexedDbPersister } from 'tinybase/persisters/persister-indexed-db';
import { TinybaseStore } from '../tinybase-store.mjs';

export const peer = {
  package: 'tinybase',
  input: 'full',
  commit: 'writes the whole table anew as one value, relaxed',
  open: () =>
    new TinybaseStore().open((store, onError) => createIndexedDbPersister(store, 'bench', undefined, onError)),
};
