import type { RecordName } from './cascade-memory.ts';

interface KnownObjects {
  find(
    object: string,
  ): { readonly ids: { normalize(id: string): string | undefined; owns(id: string): boolean } } | undefined;
}

/**
 * A root that came from elsewhere, where it could be a record of this store: of an object that it has, by an id of that object. Any
 * other would bring nothing back, and cannot be kept.
 */
export function knownRoot(store: KnownObjects, root: RecordName | undefined): RecordName | undefined {
  const ids = root === undefined ? undefined : store.find(root.object)?.ids;
  if (root === undefined || ids === undefined) return undefined;
  return ids.normalize(root.id) === root.id && ids.owns(root.id) ? root : undefined;
}
