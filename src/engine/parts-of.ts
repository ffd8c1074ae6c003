import type { DatabaseParts } from './open-parts.ts';

const parts = new WeakMap<object, DatabaseParts>();

/** Remembers what a database is made of, for what stands on the engine and must reach beneath its doors, as sync does. */
export function noteParts(database: object, made: DatabaseParts): void {
  parts.set(database, made);
}

/** What an open database is made of; undefined for anything else. */
export function partsOf(database: object): DatabaseParts | undefined {
  return parts.get(database);
}
