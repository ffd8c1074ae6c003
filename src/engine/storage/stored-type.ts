import type { FieldSpec } from '../definition/definition.ts';

/** The type of a field as the stored schema has it: a word, or what nests and what is in it. Plain JSON. */
export type StoredType =
  | string
  | readonly [kind: 'list' | 'map', of: StoredType]
  | readonly [kind: 'object', fields: Readonly<Record<string, StoredType>>];

export function typeOf({ type, of, fields }: FieldSpec): StoredType {
  if ((type === 'list' || type === 'map') && of !== undefined) return [type, typeOf(of)];
  if (type !== 'object' || fields === undefined) return type;
  return [type, Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, typeOf(field)]))];
}

/** Where a stored value does not fit what is defined today. */
export interface Misfit {
  readonly path: string;
  /** Its type as it is stored. */
  readonly was: string;
  /** Its type of today; undefined where no such nested field is defined. */
  readonly is: string | undefined;
}

const wordOf = (type: StoredType) => (typeof type === 'string' ? type : type[0]);

/**
 * The first difference between a stored type and that of today. Nested fields may have come; whether they may have gone is
 * for the caller to say.
 */
export function findMisfit(stored: StoredType, today: StoredType, path: string, mayGo: boolean): Misfit | undefined {
  const [was, is] = [wordOf(stored), wordOf(today)];
  if (was !== is) return { path, was, is };
  if (typeof stored === 'string' || typeof today === 'string') return undefined;
  if (stored[0] !== 'object' || today[0] !== 'object')
    return findMisfit(stored[1] as StoredType, today[1] as StoredType, `${path}[]`, mayGo);
  for (const [name, nested] of Object.entries(stored[1])) {
    const nestedPath = `${path}.${name}`;
    const own = Object.hasOwn(today[1], name) ? today[1][name] : undefined;
    if (own === undefined && mayGo) continue;
    if (own === undefined) return { path: nestedPath, was: wordOf(nested), is: undefined };
    const misfit = findMisfit(nested, own, nestedPath, mayGo);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}
