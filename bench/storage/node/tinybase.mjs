/** TinyBase in a file, by its own persister. */

import { createFilePersister } from 'tinybase/persisters/persister-file';
import { TinybaseStore } from '../tinybase-store.mjs';

export const peer = {
  package: 'tinybase',
  input: 'full',
  commit: 'writes the whole file anew beside the old and renames it; no fsync',
  open: (place) => new TinybaseStore().open((store, onError) => createFilePersister(store, place, onError)),
};
