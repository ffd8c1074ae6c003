import type { Environment } from '../engine/ground/environment.ts';
import { createError } from '../engine/ground/errors.ts';

/** The longest name that every storage has a place for. */
const LENGTH_MAX = 100;

/** Which collection an instance is of: two of one identity share their documents. */
export interface CollectionIdentity {
  readonly databaseName: string;
  readonly collectionName: string;
  readonly version: number;
}

/**
 * The name of the database that a collection is kept as: never the same for two collections, and a plain file name also where case
 * makes no difference. One too long for that is told by its SHA-256; RxDB makes such for what it keeps of a replication. Rejects
 * with `INVALID_OPTION` where there is no way to that.
 */
export async function nameOfCollection(identity: CollectionIdentity, { digest }: Environment): Promise<string> {
  const { databaseName, collectionName, version } = identity;
  const name = `rx-${plain(databaseName)}-${plain(collectionName)}-${version}`;
  if (name.length <= LENGTH_MAX) return name;
  if (digest === undefined) throw createError('INVALID_OPTION', 'env has no digest(), which a name this long needs');
  const bytes = await digest(new TextEncoder().encode(name));
  // No name that is short enough has a dot there which nothing closes.
  return `rx-.${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Small letters, digits and underscores stand for themselves, all else as its code. */
function plain(text: string): string {
  return text.replace(/[^a-z0-9_]/g, (letter) => `.${letter.charCodeAt(0).toString(36)}.`);
}
