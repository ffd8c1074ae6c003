/** LokiJS in a file, by its own adapter. */

import Loki from 'lokijs';
import { LokiStore } from '../loki-store.mjs';

export const peer = {
  package: 'lokijs',
  input: 'full',
  commit: 'writes the whole file anew beside the old and renames it; no fsync',
  open: (place) => new LokiStore().open(place, new Loki.LokiFsAdapter()),
};
