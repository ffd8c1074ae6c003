import { defineObject } from '../engine/definition/define-object.ts';
import { KEPT_OBJECT } from './kept-object.ts';

/**
 * A document as it is kept: what its application wrote, and beside it what RxDB has to know of it. Texts are kept to the letter, and
 * no field is one that a person asks for, so the engine has no index to keep.
 */
export const RxDocumentObject = defineObject({
  ...KEPT_OBJECT,
  name: 'RxDocument',
  fields: {
    /** The primary key. */
    Id: { type: 'id' },
    /** All other fields of the application; the primary key too where it is not the first, so that all keep their order. */
    Body: { type: 'anyType', searchable: false },
    Revision: { type: 'string', searchable: false },
    /** `_meta.lwt`: milliseconds with two decimals. */
    WriteTime: { type: 'double' },
    /** `_meta` whole, where plugins keep more in it than the time. */
    Meta: { type: 'anyType', searchable: false },
    /** `_attachments` without their data; null for none, false where the document came without the key. */
    Attachments: { type: 'anyType', searchable: false },
    /** Where it stands among all changes of the collection. */
    Sequence: { type: 'double' },
    /** The context of the call that wrote it. */
    Context: { type: 'string', caseSensitive: true, searchable: false },
  },
});

/** The data of one attachment. */
export const RxAttachmentObject = defineObject({
  ...KEPT_OBJECT,
  name: 'RxAttachment',
  fields: {
    /** Document and attachment, as JSON. */
    Id: { type: 'id' },
    Digest: { type: 'string', searchable: false },
    Type: { type: 'string', searchable: false },
    /** Its bytes in base64. */
    Data: { type: 'textarea', searchable: false },
  },
});

/** The name of an attachment's record. */
export function attachmentKey(documentId: string, attachmentId: string): string {
  return JSON.stringify([documentId, attachmentId]);
}
