/** Who is measured where. The files are named so below node/ and chromium/. */

export const NODE_PEERS = ['sojourn', 'classic-level', 'better-sqlite3', 'pglite', 'lokijs', 'tinybase', 'json-lines'];
export const CHROMIUM_PEERS = ['sojourn', 'dexie', 'rxdb', 'rxdb-sojourn', 'lokijs', 'tinybase'];
