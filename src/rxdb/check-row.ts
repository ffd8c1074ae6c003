import { createError } from '../engine/ground/errors.ts';
import type { AnyWriteRow } from './document-layout.ts';

/**
 * Throws `INVALID_TYPE_ON_FIELD_IN_RECORD` for a row without what RxDB gives every document. Nothing of a call is written that has
 * one: such a row is a mistake of the program, and no conflict.
 */
export function checkRow(row: AnyWriteRow | null | undefined, key: string): void {
  const document = row?.document as Readonly<Record<string, unknown>> | null | undefined;
  if (typeof document !== 'object' || document === null) throw wrong('a row has no document');
  if (typeof document[key] !== 'string') throw wrong(`the primary key of a document, ${key}, is no text`);
  if (typeof document._rev !== 'string' || typeof document._deleted !== 'boolean')
    throw wrong('a document has no _rev or no _deleted');
  const meta = document._meta as { readonly lwt?: unknown } | null | undefined;
  if (!Number.isFinite(meta?.lwt)) throw wrong('a document has no _meta.lwt');
  const attachments = document._attachments;
  if (attachments !== undefined && (typeof attachments !== 'object' || attachments === null))
    throw wrong('the _attachments of a document are no object');
}

function wrong(message: string) {
  return createError('INVALID_TYPE_ON_FIELD_IN_RECORD', message);
}
