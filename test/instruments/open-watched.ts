import { salesforce } from '../../src/collections/catalog.ts';
import type { LiveOptions } from '../../src/engine/live/live-query.ts';
import type { LiveSource } from '../../src/engine/live/live-source.ts';
import { type DatabaseOptions, openParts } from '../../src/engine/open-parts.ts';
import type { Database } from '../../src/index.ts';
import { createCalendar } from '../../src/soql/dates/calendar.ts';
import { Catalog } from '../../src/soql/resolve/catalog.ts';
import { SoqlDatabase } from '../../src/soql/soql-database.ts';
import { SoqlQueries } from '../../src/soql/soql-queries.ts';
import { USER } from './session-database.ts';

/** A database of which one can tell how many live queries are open, and how many have ever been opened. */
export function openWatched(options: Partial<DatabaseOptions<typeof salesforce>> = {}) {
  const parts = openParts<typeof salesforce>({ name: 'watched', objects: salesforce, user: USER, ...options });
  const { live, store, readers } = parts;
  const catalog = new Catalog(readers.values(), store.user);
  const soql = new SoqlQueries(store, catalog, createCalendar({}), 'UTC', '67.0');
  const db = new SoqlDatabase<typeof salesforce>(parts, soql) as Database<typeof salesforce>;
  const open = live.openSource.bind(live);
  let opened = 0;
  live.openSource = (source: LiveSource, liveOptions?: LiveOptions) => {
    opened++;
    return open(source, liveOptions);
  };
  return { db, openNow: () => live.count, openedEver: () => opened };
}
