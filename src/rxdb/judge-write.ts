import type { RxStorageWriteErrorAttachment, RxStorageWriteErrorConflict } from 'rxdb';
import type { DocumentEntry } from './document-entry.ts';
import type { AnyWriteError, AnyWriteRow } from './document-layout.ts';

interface Write {
  readonly id: string;
  readonly row: AnyWriteRow;
  /** The document of this primary key, deleted ones too. */
  readonly held: DocumentEntry | undefined;
  readonly context: string;
  readonly keepsAttachments: boolean;
}

/**
 * Why a row is not written: 409 where the document is there and is not the revision that the row was made from, 510 where the
 * row speaks of an attachment whose data it does not bring and nobody has. The shapes are those of RxDB's contract (`rx-storage.interface`).
 */
export function judgeWrite({ id, row, held, context, keepsAttachments }: Write): AnyWriteError | undefined {
  const known = { isError: true, documentId: id, writeRow: row, context } as const;
  if (held !== undefined && !isLast(held, row.previous?._rev))
    return { ...known, status: 409, documentInDb: held.document } as RxStorageWriteErrorConflict<
      Record<string, unknown>
    >;
  if (!keepsAttachments || (held !== undefined && row.document._deleted)) return undefined;
  const before = held?.document._attachments ?? {};
  for (const [attachmentId, attachment] of Object.entries(row.document._attachments ?? {}))
    if (!('data' in attachment && attachment.data) && !Object.hasOwn(before, attachmentId))
      return {
        ...known,
        status: 510,
        attachmentId,
        ...(held !== undefined && { documentInDb: held.document }),
      } as RxStorageWriteErrorAttachment<Record<string, unknown>>;
  return undefined;
}

/** Whether a revision is a document's last, or what its writer called it before the engine had more to say. */
function isLast({ beside }: DocumentEntry, revision: string | undefined): boolean {
  return revision === beside.Revision || (typeof beside.Given === 'string' && revision === beside.Given);
}
