import { createRowValue } from '../../engine/query/order.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import type { ResolvedPath } from './resolve-path.ts';

/** The record that a reference points to and the object it is of; undefined for none, or none that is held. */
export function parentOf<
  T extends { readonly object: { readonly reader: { get(id: string): StoredRecord | undefined } } },
>(parents: readonly T[], id: unknown): { readonly parent: T; readonly record: StoredRecord } | undefined {
  if (typeof id !== 'string') return undefined;
  for (const parent of parents) {
    const record = parent.object.reader.get(id);
    if (record !== undefined) return { parent, record };
  }
  return undefined;
}

/** Reads the value of a path off a record; null where a parent is missing. */
export function createPathValue(path: ResolvedPath): (record: StoredRecord) => unknown {
  if (path.kind === 'own') return createRowValue(path.target);
  if (path.kind === 'type') return () => path.name;
  const parents = path.parents.map(({ object, path: rest }) => ({ object, valueOf: createPathValue(rest) }));
  return (record) => {
    const found = parentOf(parents, record[path.reference.name]);
    return found === undefined ? null : (found.parent.valueOf(found.record) ?? null);
  };
}
