import { type ObjectDefinition, readField } from './define-object.ts';
import type { Roles } from './definition.ts';

/** What is known of an object as it was when records of it were stored. */
export interface StoredForm {
  readonly name: string;
  readonly version: number;
  readonly fields: readonly string[];
  readonly roles: Roles;
  /** The formats of its autonumber fields. */
  readonly formats: Readonly<Record<string, string>>;
}

/** A definition to keep such records by. Its fields hold anything: what was stored has been checked before. */
export function defineStored({ name, version, fields: names, roles, formats }: StoredForm): ObjectDefinition {
  const fields = names.map((field) => {
    const displayFormat = formats[field];
    return displayFormat === undefined
      ? readField(field, { type: 'anyType' }, false)
      : readField(field, { type: 'string', properties: 'Autonumber', displayFormat }, false);
  });
  return Object.freeze({
    spec: { name, fields: {} },
    name,
    version,
    label: name,
    labelPlural: name,
    id: { kind: 'text' as const },
    roles,
    calls: new Set<never>(),
    fields,
    fieldsByName: new Map(fields.map((field) => [field.name, field])),
  });
}
