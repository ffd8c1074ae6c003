/** One storage in a process of its own. Says its figures as a line of JSON. */

import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { measure } from './works.mjs';

const [name, size] = process.argv.slice(2);
const storage =
  name === 'memory' ? getRxStorageMemory() : (await import('../../dist/rxdb/rxdb.js')).getRxStorageSojourn();
console.log(JSON.stringify(await measure(storage, Number(size))));
