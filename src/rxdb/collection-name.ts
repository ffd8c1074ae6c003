import { createError } from '../engine/ground/errors.ts';

/** What names of databases on disk can be, less what is added to them. */
const LENGTH_MAX = 190;

/** Which collection an instance is of: two of one identity share their documents. */
export interface CollectionIdentity {
  readonly databaseName: string;
  readonly collectionName: string;
  readonly version: number;
}

/**
 * The name of the database that a collection is kept as: never the same for two collections, and a plain file name also where case
 * makes no difference. Throws `INVALID_OPTION` where it would be too long for one.
 */
export function nameOfCollection({ databaseName, collectionName, version }: CollectionIdentity): string {
  const name = `rx-${plain(databaseName)}-${plain(collectionName)}-${version}`;
  if (name.length > LENGTH_MAX)
    throw createError('INVALID_OPTION', 'the names of the RxDatabase and of its collection are too long to be kept by');
  return name;
}

/** Small letters, digits and underscores stand for themselves, all else as its code. */
function plain(text: string): string {
  return text.replace(/[^a-z0-9_]/g, (letter) => `.${letter.charCodeAt(0).toString(36)}.`);
}
