import { createError } from '../engine/ground/errors.ts';
import { DELETED_WITH, PURGED, REMOVED } from './document.ts';
import { malformed } from './malformed.ts';
import { assertSound } from './parse-json.ts';
import type { WireDocument } from './wire.ts';

export interface MappingOptions {
  /**
   * A backend's JSON as a document: the fields of the object by name, and `_deleted` for what is in the recycle bin. Undefined for
   * what is of no interest. By default it is one already.
   */
  readonly toRecord?: ((object: string, foreign: unknown) => WireDocument | undefined) | undefined;
  /** The other way. By default the document as it is, without `_purged`, `_removed` and `_deletedWith`, which nobody else knows. */
  readonly toDocument?: ((object: string, document: WireDocument) => unknown) | undefined;
  /** The name of the field of an object that holds the id; by default the first that there is of `Id`, `id` and `sid`. */
  readonly idField?: ((object: string) => string) | undefined;
}

/** How documents of one object come and go. */
export interface ForeignMapping {
  toRecord(foreign: readonly unknown[]): WireDocument[];
  toDocument(document: WireDocument): unknown;
  /** Throws a failure for a document without an id. */
  idOf(document: WireDocument): string;
}

const ID_FIELDS = ['Id', 'id', 'sid'];

export function foreignMapping(options: MappingOptions, object: string): ForeignMapping {
  const { toRecord, toDocument, idField } = options;
  return {
    toRecord(foreign) {
      const documents: WireDocument[] = [];
      for (const one of foreign) {
        assertSound(one);
        const document = toRecord === undefined ? one : toRecord(object, one);
        if (document === undefined && toRecord !== undefined) continue;
        if (typeof document !== 'object' || document === null || Array.isArray(document))
          throw malformed('a document is an object of fields');
        documents.push(document as WireDocument);
      }
      return documents;
    },
    toDocument(document) {
      if (toDocument !== undefined) return toDocument(object, document);
      const { [PURGED]: _purged, [REMOVED]: _removed, [DELETED_WITH]: _root, ...foreign } = document;
      return foreign;
    },
    idOf(document) {
      const field = idField?.(object) ?? ID_FIELDS.find((name) => typeof document[name] === 'string');
      if (field === undefined)
        throw createError(
          'INVALID_OPTION',
          `no Id, id or sid in a document of ${object}: idField says which field holds the id`,
        );
      const id = document[field];
      if (typeof id !== 'string' || id === '') throw malformed('a document has an id, which is a text');
      return id;
    },
  };
}
