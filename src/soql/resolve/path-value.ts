import { createRowValue } from '../../engine/query/order.ts';
import type { Reader } from '../../engine/query/reader.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import type { ResolvedPath } from './resolve-path.ts';

/** Which records count: `deleted` those in the recycle bin too. */
export interface Visibility {
  readonly deleted: boolean;
}

/** The record that a reference points to and the object it is of; undefined for none, or none that is seen. */
export function parentOf<T extends { readonly object: { readonly reader: Pick<Reader, 'get' | 'getAny'> } }>(
  parents: readonly T[],
  id: unknown,
  { deleted }: Visibility,
): { readonly parent: T; readonly record: StoredRecord } | undefined {
  if (typeof id !== 'string') return undefined;
  for (const parent of parents) {
    const { reader } = parent.object;
    const record = deleted ? reader.getAny(id) : reader.get(id);
    if (record !== undefined) return { parent, record };
  }
  return undefined;
}

/** Reads the value of a path off a record; null where a parent is missing. */
export function createPathValue(path: ResolvedPath): (record: StoredRecord, seen: Visibility) => unknown {
  if (path.kind === 'own') return createRowValue(path.target);
  if (path.kind === 'type') return () => path.name;
  const parents = path.parents.map(({ object, path: rest }) => ({ object, valueOf: createPathValue(rest) }));
  return (record, seen) => {
    const found = parentOf(parents, record[path.reference.name], seen);
    return found === undefined ? null : (found.parent.valueOf(found.record, seen) ?? null);
  };
}
