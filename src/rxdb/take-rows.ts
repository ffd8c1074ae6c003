import { copyJson, setOwn } from './copy-json.ts';
import type { AnyWriteRow } from './document-layout.ts';

/**
 * Rows as they are now, for a write that is made later, or again: what the caller does with them meanwhile is not to show. The data
 * of attachments stays the same, as it never changes. Throws as `copyJson` does.
 */
export function takeRows(rows: readonly AnyWriteRow[]): readonly AnyWriteRow[] {
  return rows.map(({ document, previous }) => ({
    document: take(document),
    ...(previous !== undefined && { previous: take(previous) }),
  }));
}

function take<T extends AnyWriteRow['document']>(document: T): T {
  const taken: Record<string, unknown> = {};
  for (const name of Object.keys(document)) {
    const value = (document as Record<string, unknown>)[name];
    if (name === '_attachments') taken[name] = takeAttachments(value as object | undefined);
    else setOwn(taken, name, copyJson(value, name, 1));
  }
  return taken as unknown as T;
}

function takeAttachments(attachments: object | undefined): object | undefined {
  if (attachments === undefined) return undefined;
  const taken: Record<string, unknown> = {};
  for (const [name, attachment] of Object.entries(attachments)) setOwn(taken, name, { ...attachment });
  return taken;
}
