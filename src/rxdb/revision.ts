/** How many numbers of changes a commit has. */
export const COMMIT_SPAN = 2 ** 20;

/** The context of writes that are not RxDB's. */
export const OWN_CONTEXT = 'sojourn';

/** The name of a record's revision. */
export function revisionKey(object: string, id: string): string {
  return `${object}:${id}`;
}

/** How many revisions one has behind it, itself among them; 0 for none. */
export function heightOf(revision: unknown): number {
  const height = typeof revision === 'string' ? Number.parseInt(revision, 10) : 0;
  return Number.isSafeInteger(height) ? height : 0;
}
