import { malformed } from './malformed.ts';

/** What a backend gives of one object: changed documents, and the checkpoint after them. */
export interface ForeignPage {
  readonly documents: readonly unknown[];
  readonly checkpoint: unknown;
}

/**
 * Pages of one object until one is shorter than the limit. A page that comes again with the same checkpoint is the end as well: a
 * backend that ignores the limit, or the checkpoint, would go on for ever. Throws a failure for pages that go round in a circle.
 */
export async function* pullObject(
  pull: (checkpoint: unknown) => Promise<ForeignPage>,
  from: unknown,
  limit: number,
): AsyncGenerator<ForeignPage & { readonly isLast: boolean }, void> {
  let checkpoint = from;
  let last = { checkpoint: JSON.stringify(from ?? null), documents: '' };
  const seen = new Set([last.checkpoint]);
  for (;;) {
    const page = await pull(checkpoint);
    if (typeof page !== 'object' || page === null || !Array.isArray(page.documents))
      throw malformed('a page is { documents, checkpoint }');
    // Of an empty page some backends give none: it is where it was.
    checkpoint = page.checkpoint ?? checkpoint;
    const isShort = page.documents.length < limit;
    const next = {
      checkpoint: JSON.stringify(checkpoint ?? null),
      documents: isShort ? '' : JSON.stringify(page.documents),
    };
    const isRepeated = next.checkpoint === last.checkpoint && next.documents === last.documents;
    if (isShort || isRepeated) {
      yield { documents: isRepeated && !isShort ? [] : page.documents, checkpoint, isLast: true };
      return;
    }
    if (next.checkpoint !== last.checkpoint && seen.has(next.checkpoint))
      throw malformed('the checkpoints of a pull go round in a circle');
    seen.add(next.checkpoint);
    last = next;
    yield { documents: page.documents, checkpoint, isLast: false };
  }
}
