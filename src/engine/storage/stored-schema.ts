import type { Roles } from '../definition/definition.ts';
import type { Entity, Store } from '../store/store.ts';
import { formatOf } from '../write/autonumber.ts';
import { type StoredType, typeOf } from './stored-type.ts';

/** An object as stored blocks have it: they name its fields by their places here. */
export interface ObjectSchema {
  readonly name: string;
  readonly fields: readonly string[];
  /** The rest is what a record takes to be read by itself, when the object is another. Databases of old are without it. */
  readonly version?: number;
  /** By the place of the field. */
  readonly types?: readonly StoredType[];
  readonly roles?: Roles;
  /** The formats of autonumber fields. */
  readonly formats?: Readonly<Record<string, string>>;
  /** What records have in a field that came after them, where that is not null. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** The objects that stored blocks speak of, which they name by their places here. Plain JSON. */
export interface StoredSchema {
  readonly objects: readonly ObjectSchema[];
}

export function formatsOf({ definition }: Pick<Entity, 'definition'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    definition.fields.filter(({ autoNumber }) => autoNumber).map((field) => [field.name, formatOf(field)]),
  );
}

function schemaOfEntity(entity: Entity): ObjectSchema {
  const { name, version, fields, roles } = entity.definition;
  const defaults: Record<string, unknown> = {};
  for (const [at, field] of fields.entries()) {
    const value = entity.writer.defaultAt(at);
    if (value !== null) defaults[field.name] = value;
  }
  const types = fields.map(typeOf);
  return {
    name,
    version,
    fields: fields.map((field) => field.name),
    types,
    roles,
    formats: formatsOf(entity),
    defaults,
  };
}

/** The schema of a store: what it writes by. */
export function schemaOf(store: Store): StoredSchema {
  return { objects: [...store.entities].map(schemaOfEntity) };
}

export function isSameSchema(left: StoredSchema, right: StoredSchema): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
