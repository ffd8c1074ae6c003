import { defineObject } from '../engine/definition/define-object.ts';
import { keepRevisions } from './keep-revisions.ts';
import { KEPT_OBJECT } from './kept-object.ts';

const BOOK = { ...KEPT_OBJECT, calls: ['query'] } as const;
const KEY = { type: 'string', properties: 'Filter, Group, Sort', length: 255, caseSensitive: true } as const;

/** An object whose records RxDB sees as documents. */
export const RxObject = defineObject({
  ...BOOK,
  name: 'RxObject',
  label: 'Rx Object',
  description: 'An object whose records are documents of an RxCollection too.',
  fields: {
    /** The name of the object. */
    Id: { type: 'id', properties: 'Filter, Sort' },
    /** Ends the revisions that this database gives. */
    Token: KEY,
  },
});

/** What RxDB has to know of a record. It outlasts a record that leaves for good, as RxDB must hear of that. */
export const RxRevision = defineObject({
  ...BOOK,
  name: 'RxRevision',
  label: 'Rx Revision',
  description: 'The revision of a record that is a document of an RxCollection too.',
  fields: {
    /** The object and the id of the record, joined by a colon. */
    Id: { type: 'id', properties: 'Filter, Sort' },
    Object: KEY,
    RecordId: KEY,
    Revision: { type: 'string', properties: '', searchable: false },
    /** The revision that RxDB gave to what it wrote last, where the engine had more to say and gave a later one. */
    Given: { type: 'string', properties: 'Nillable', searchable: false },
    /** `_meta.lwt`: milliseconds with two decimals. */
    WriteTime: { type: 'double', properties: 'Filter, Sort' },
    /** `_meta` whole, where plugins keep more in it than the time. */
    Meta: { type: 'anyType', properties: 'Nillable', searchable: false },
    /** Where the change stands among all changes of the object. */
    Sequence: { type: 'double', properties: 'Filter, Sort' },
    /** The context of the call that wrote it; `sojourn` for a write by the database's own calls. */
    Context: { type: 'string', properties: 'Filter, Nillable', caseSensitive: true, searchable: false },
  },
  onCommit: keepRevisions,
});

/** Objects that a database needs whose own are to be RxCollections. */
export const rxObjects = [RxObject, RxRevision] as const;
