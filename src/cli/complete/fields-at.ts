import type { FieldDescription, ObjectDescription } from '../../index.ts';
import { type Catalog, fieldNamed } from '../catalog.ts';

/** What can stand at a place in a path. */
export interface FieldsAt {
  readonly fields: readonly FieldDescription[];
  /** Whether it lies beyond a reference to several objects, so that the type can be asked for. */
  readonly isPolymorphic: boolean;
}

function beyond(field: FieldDescription, catalog: Catalog): FieldsAt {
  const found = new Map<string, FieldDescription>();
  for (const name of field.referenceTo)
    for (const each of catalog.object(name)?.fields ?? []) if (!found.has(each.name)) found.set(each.name, each);
  return { fields: [...found.values()], isPolymorphic: field.polymorphicForeignKey };
}

/** The fields that a path of relationships and nested objects leads to; undefined where it leads nowhere. */
export function fieldsAt(
  object: ObjectDescription,
  path: readonly string[],
  prefixes: readonly string[],
  catalog: Catalog,
): FieldsAt | undefined {
  let place: FieldsAt = { fields: object.fields, isPolymorphic: false };
  for (const [depth, name] of path.entries()) {
    const lower = name.toLowerCase();
    const reference = place.fields.find((field) => field.relationshipName?.toLowerCase() === lower);
    const nested = fieldNamed(place.fields, name)?.fields;
    if (reference !== undefined) place = beyond(reference, catalog);
    else if (nested !== undefined && nested !== null) place = { fields: nested, isPolymorphic: false };
    else if (depth !== 0 || !prefixes.includes(name.toUpperCase())) return undefined;
  }
  return place;
}
