import { copyJson, setOwn } from './copy-json.ts';
import type { AnyWriteRow } from './document-layout.ts';

/**
 * Rows as they are now, for a write that is made later, or again: what the caller does with them meanwhile is not to show. The data
 * of attachments stays the same, as it never changes. Throws as `copyJson` does.
 */
export function takeRows(rows: readonly AnyWriteRow[]): readonly AnyWriteRow[] {
  return rows.map(({ document, previous }) => {
    const taken: Record<string, unknown> = {};
    for (const name of Object.keys(document)) {
      const value = (document as Record<string, unknown>)[name];
      if (name === '_attachments') taken[name] = takeAttachments(value as object | undefined);
      else setOwn(taken, name, copyJson(value, name, 1));
    }
    // Of what a row was made from its revision is all that is asked.
    return { document: taken, previous: previous && { _rev: previous._rev } } as unknown as AnyWriteRow;
  });
}

function takeAttachments(attachments: object | undefined): object | undefined {
  if (attachments === undefined) return undefined;
  const taken: Record<string, unknown> = {};
  for (const [name, attachment] of Object.entries(attachments)) setOwn(taken, name, { ...attachment });
  return taken;
}
