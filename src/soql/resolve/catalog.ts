import type { FieldDefinition } from '../../engine/definition/define-object.ts';
import type { Reader } from '../../engine/query/reader.ts';

/** A way down from an object to the records that point to it. */
export interface ChildRelationship {
  readonly name: string;
  readonly child: Reader;
  /** The child's field that points here. */
  readonly field: FieldDefinition;
}

/** One object by the names SOQL knows it by. SOQL does not tell names apart by case. */
export interface CatalogObject {
  readonly reader: Reader;
  field(name: string): FieldDefinition | undefined;
  /** The reference behind a relationship such as `Owner`. */
  relationship(name: string): FieldDefinition | undefined;
  child(name: string): ChildRelationship | undefined;
}

function byLowerName<T>(entries: Iterable<readonly [string, T]>): (name: string) => T | undefined {
  const found = new Map<string, T>();
  for (const [name, value] of entries) if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), value);
  return (name) => found.get(name.toLowerCase());
}

/** The objects of a database as SOQL names them. */
export class Catalog {
  readonly #find: (name: string) => CatalogObject | undefined;
  readonly #readers: readonly Reader[];

  /** The id of the user whose database it is. */
  readonly user: string;

  constructor(readers: Iterable<Reader>, user: string) {
    this.user = user;
    const all = [...readers];
    this.#readers = all;
    const children = (parent: string) =>
      all.flatMap((child) =>
        child.entity.definition.fields
          .filter(({ childRelationshipName, referenceTo }) => {
            return childRelationshipName !== undefined && referenceTo?.includes(parent) === true;
          })
          .map((field) => [field.childRelationshipName as string, { child, field }] as const),
      );
    this.#find = byLowerName(
      all.map((reader) => {
        const { definition } = reader.entity;
        const named = definition.fields.filter(({ relationshipName }) => relationshipName !== undefined);
        const object: CatalogObject = {
          reader,
          field: byLowerName(definition.fields.map((field) => [field.name, field])),
          relationship: byLowerName(named.map((field) => [field.relationshipName as string, field])),
          child: byLowerName(children(definition.name).map(([name, way]) => [name, { name, ...way }])),
        };
        return [definition.name, object] as const;
      }),
    );
  }

  object(name: string): CatalogObject | undefined {
    return this.#find(name);
  }

  /** The names of the objects that can be searched. */
  searchable(): readonly string[] {
    return this.#readers
      .map(({ entity }) => entity.definition)
      .filter(({ calls }) => calls.has('search'))
      .map(({ name }) => name);
  }
}
