import type { BookedObject } from '../engine/definition/definition.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import type { RecordName } from '../engine/store/cascade-memory.ts';
import type { WireDocument } from './wire.ts';

/** Fields of a document that are not the record's. */
export const DELETED = '_deleted';
export const PURGED = '_purged';
export const REMOVED = '_removed';
export const DELETED_WITH = '_deletedWith';

/** A record as it travels. `root`: the record whose deletion took it. */
export function toDocument({ roles }: BookedObject, record: StoredRecord, root?: RecordName): WireDocument {
  const document: Record<string, unknown> = {};
  for (const name in record) if (name !== roles.deleted) document[name] = record[name];
  document[DELETED] = record[roles.deleted] === true;
  if (root !== undefined) document[DELETED_WITH] = [root.object, root.id];
  return document as WireDocument;
}

/** What says that a record is gone for good. */
export function purgedDocument({ roles }: BookedObject, id: string): WireDocument {
  return { [roles.id]: id, [DELETED]: true, [PURGED]: true };
}

/** What says that a record is no longer for the client to see. */
export function removedDocument({ roles }: BookedObject, id: string): WireDocument {
  return { [roles.id]: id, [DELETED]: true, [REMOVED]: true };
}

/** The fields of a document as a record has them; what is not given stays out. */
export function toFields({ roles }: BookedObject, document: WireDocument): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  // By for-in, which takes half the time of `Object.entries` here. A document is of JSON and inherits nothing.
  for (const name in document) {
    if (name === DELETED) fields[roles.deleted] = document[name] === true;
    else if (!name.startsWith('_')) fields[name] = document[name];
  }
  return fields;
}

/** The record whose deletion took that of the document along. */
export function rootOf(document: WireDocument): RecordName | undefined {
  const root = document[DELETED_WITH];
  if (!Array.isArray(root) || root.length !== 2) return undefined;
  const [object, id] = root;
  return typeof object === 'string' && typeof id === 'string' ? { object, id } : undefined;
}

const serverFieldsKnown = new WeakMap<BookedObject, ReadonlySet<string>>();

/**
 * The fields that a server sets and a client never does: stamps, audit fields, numbers, and when a record was looked at.
 * They are no part of a conflict, and what a client sends in them is passed over.
 */
export function serverFieldsOf(object: BookedObject): ReadonlySet<string> {
  // Asked at every local write.
  let known = serverFieldsKnown.get(object);
  if (known === undefined) {
    known = findServerFields(object);
    serverFieldsKnown.set(object, known);
  }
  return known;
}

function findServerFields({ roles, fields }: BookedObject): ReadonlySet<string> {
  const { stamp, created, createdBy, modified, modifiedBy, viewed, referenced } = roles;
  const names = [stamp, created, createdBy, modified, modifiedBy, viewed, referenced].filter(
    (role) => role !== undefined,
  );
  return new Set([...names, ...fields.filter(({ autoNumber }) => autoNumber).map(({ name }) => name)]);
}
