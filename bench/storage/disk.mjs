/** What is on the disk, and what a process has written to it. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of all files below a path. */
export function sizeOf(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

/**
 * Bytes this process has written, by two counts of Linux. `handed` (wchar) is what it gave to write calls. `pages`
 * (write_bytes) is the pages that it made dirty, 4 KiB each and once until they are written out: nearer to what the disk
 * gets, as a commit of 200 bytes that is synced writes a page. Zero where there is no such count, as on a disk of memory.
 */
export function writtenBytes() {
  if (!existsSync('/proc/self/io')) return { handed: 0, pages: 0 };
  const text = readFileSync('/proc/self/io', 'utf8');
  const count = (name) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  // Pages that were thrown away with their file before they were written out never were.
  return { handed: count('wchar'), pages: count('write_bytes') - count('cancelled_write_bytes') };
}
