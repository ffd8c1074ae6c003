import type { FieldSpec } from '../definition/definition.ts';

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A nested value without the fields that its definition does not know, and without the nulls in its lists and maps,
 * each told to `note` by its path: an API may grow a field any day, and a record must not be refused for it. The value
 * itself comes back where there is nothing of the kind.
 * Depth is that of the definition, so a value nested without end is not followed.
 */
export function pruneJson(value: unknown, spec: FieldSpec, path: string, note: (path: string) => void): unknown {
  if (spec.type === 'list' && spec.of !== undefined && Array.isArray(value)) {
    const { of } = spec;
    const kept = value.filter((element) => isElement(element, of, path, note));
    const pruned = kept.map((element) => pruneJson(element, of, path, note));
    return kept.length < value.length || pruned.some((element, at) => element !== value[at]) ? pruned : value;
  }
  if (!isPlainObject(value)) return value;
  if (spec.type === 'map' && spec.of !== undefined) {
    const { of } = spec;
    // Keys of a map are data: they are neither unknown nor to be told.
    const keys = Object.keys(value).filter((key) => isElement(value[key], of, path, note));
    return copyWith(value, keys, (key) => pruneJson(value[key], of, `${path}[]`, note));
  }
  if (spec.type !== 'object') return value;
  const fields = spec.fields ?? {};
  const known: string[] = [];
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(fields, key)) known.push(key);
    else note(`${path}.${key.slice(0, 80)}`);
  }
  return copyWith(value, known, (key) => pruneJson(value[key], fields[key] as FieldSpec, `${path}.${key}`, note));
}

function isElement(element: unknown, of: FieldSpec, path: string, note: (path: string) => void): boolean {
  if (element !== null || of.type === 'anyType') return true;
  note(`${path}[]`);
  return false;
}

function copyWith(value: Record<string, unknown>, keys: readonly string[], read: (key: string) => unknown): unknown {
  const entries = keys.map((key) => [key, read(key)] as const);
  const same = keys.length === Object.keys(value).length && entries.every(([key, nested]) => nested === value[key]);
  return same ? value : Object.fromEntries(entries);
}
