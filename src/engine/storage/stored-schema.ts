import { createError } from '../ground/errors.ts';
import type { Entity, Store } from '../store/store.ts';

/** The objects and fields that stored blocks speak of, which they name by their places here. Plain JSON. */
export interface StoredSchema {
  readonly objects: readonly { readonly name: string; readonly fields: readonly string[] }[];
}

/** The schema of a store: what it writes by. */
export function schemaOf(store: Store): StoredSchema {
  return {
    objects: [...store.entities].map(({ definition }) => {
      return { name: definition.name, fields: definition.fields.map(({ name }) => name) };
    }),
  };
}

export function isSameSchema(left: StoredSchema, right: StoredSchema): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** How stored records of one object become records of today. */
export interface StoredObject {
  readonly entity: Entity;
  /** By the place of a stored field: its place in a record. */
  readonly places: readonly number[];
  /** A record's values where nothing is stored for them: null, or the default of a field that came later. */
  readonly absent: readonly unknown[];
}

/** Matches a stored schema with the objects of a store. Throws `STORAGE_NEWER` for objects and fields that it lacks. */
export function matchSchema(stored: StoredSchema, store: Store): readonly StoredObject[] {
  return stored.objects.map(({ name, fields }) => {
    const entity = store.find(name);
    if (entity === undefined)
      throw createError('STORAGE_NEWER', `the object ${name} is stored, and not among those that were given`);
    const { definition } = entity;
    const places = fields.map((field) => definition.fields.findIndex((own) => own.name === field));
    const missing = places.indexOf(-1);
    if (missing >= 0)
      throw createError('STORAGE_NEWER', `the field ${fields[missing]} of ${name} is stored, and not defined`);
    const given = new Set(places);
    const absent = definition.fields.map((_, at) => (given.has(at) ? null : entity.writer.defaultAt(at)));
    return { entity, places, absent };
  });
}
