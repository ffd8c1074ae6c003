import { checkDefinition } from './check-definition.ts';
import {
  CALLS,
  type Call,
  type FieldSpec,
  type FieldType,
  type IdSpec,
  type ObjectSpec,
  type Roles,
  readProperties,
} from './definition.ts';
import { MINIMAL_FIELDS, MINIMAL_ROLES, SALESFORCE_FIELDS, SALESFORCE_ROLES } from './system-fields.ts';

/** One field with its property words read out as flags. The names of the flags are those of describe. */
export interface FieldDefinition extends FieldSpec {
  readonly name: string;
  readonly type: FieldType;
  readonly label: string;
  readonly length: number;
  readonly digits: number;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly filterable: boolean;
  readonly groupable: boolean;
  readonly sortable: boolean;
  readonly nillable: boolean;
  readonly autoNumber: boolean;
  readonly defaultedOnCreate: boolean;
  readonly idLookup: boolean;
  readonly unique: boolean;
  readonly restrictedPicklist: boolean;
  readonly encrypted: boolean;
  readonly caseSensitive: boolean;
  /** Whether the engine added the field, rather than the object's author. */
  readonly system: boolean;
}

/** An object made ready: all fields by name and in order, roles and calls settled. Frozen. */
export interface ObjectDefinition<S extends ObjectSpec = ObjectSpec> {
  readonly spec: S;
  readonly name: S['name'];
  /** Which form of the object this is, from 1. */
  readonly version: number;
  readonly label: string;
  readonly labelPlural: string;
  readonly id: IdSpec;
  readonly roles: Roles;
  readonly calls: ReadonlySet<Call>;
  readonly fields: readonly FieldDefinition[];
  readonly fieldsByName: ReadonlyMap<string, FieldDefinition>;
}

const LENGTHS: Partial<Record<FieldType, number>> = {
  id: 18,
  reference: 18,
  string: 255,
  url: 255,
  email: 80,
  phone: 40,
  picklist: 255,
  multipicklist: 4099,
  textarea: 32_000,
  encryptedstring: 175,
};

const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A key prefix for an object that names none, of the kind Salesforce gives to custom objects. By its name, so that it
 * is the same wherever the object is defined; two of 3,844 may agree, which opening a database tells where it matters.
 */
function prefixOf(name: string): string {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) % (62 * 62);
  return `a${BASE_62[Math.floor(hash / 62)]}${BASE_62[hash % 62]}`;
}

/** `ChatReqAssigned` -> `Chat Req Assigned`; `unique_name` -> `Unique Name`. */
function labelOf(name: string): string {
  const words = name
    .replace(/__c$/, '')
    .replace(/_/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2');
  return words.replace(/(^|\s)[a-z]/g, (letter) => letter.toUpperCase());
}

/** `system`: whether the engine adds the field. */
export function readField(name: string, spec: FieldSpec, system: boolean): FieldDefinition {
  const words = readProperties(spec);
  return Object.freeze({
    ...spec,
    name,
    label: spec.label ?? labelOf(name),
    length: spec.length ?? LENGTHS[spec.type] ?? 0,
    digits: spec.type === 'int' ? (spec.digits ?? 9) : 0,
    createable: words.has('Create'),
    updateable: words.has('Update'),
    filterable: words.has('Filter'),
    groupable: words.has('Group'),
    sortable: words.has('Sort'),
    nillable: words.has('Nillable'),
    autoNumber: words.has('Autonumber'),
    defaultedOnCreate: words.has('Defaulted on create'),
    idLookup: words.has('idLookup'),
    unique: words.has('Unique'),
    restrictedPicklist: words.has('Restricted picklist'),
    encrypted: spec.type === 'encryptedstring',
    caseSensitive: spec.type === 'id' || spec.type === 'reference' || spec.caseSensitive === true,
    system,
  });
}

function readRoles(spec: ObjectSpec): Roles {
  const base = spec.system === 'minimal' ? MINIMAL_ROLES : SALESFORCE_ROLES;
  const own: Record<string, string> = {};
  // The audit fields of Salesforce play their parts by name, wherever an object has them.
  const parts = { owner: 'OwnerId', viewed: 'LastViewedDate', referenced: 'LastReferencedDate', name: 'Name' };
  for (const [part, field] of Object.entries(parts)) if (Object.hasOwn(spec.fields, field)) own[part] = field;
  return Object.freeze({ id: '', ...base, ...own, ...spec.roles });
}

/**
 * Makes an object definition. Types of records, inputs and queries are inferred from `spec`, so write it inline.
 * Throws `INVALID_DEFINITION` with every contradiction found.
 */
export function defineObject<const S extends ObjectSpec>(spec: S): ObjectDefinition<S> {
  checkDefinition(spec);
  const systemFields: Record<string, FieldSpec> = spec.system === 'minimal' ? MINIMAL_FIELDS : SALESFORCE_FIELDS;
  const roles = readRoles(spec);
  const fields: FieldDefinition[] = [];
  const isSystem = (name: string) => !Object.hasOwn(spec.fields, name);
  // The id comes first in every listing, then the engine's fields, then the author's in the order written.
  for (const [name, field] of Object.entries({ ...systemFields, ...spec.fields }))
    fields.push(readField(name, field, isSystem(name)));
  fields.sort((left, right) => Number(right.name === roles.id) - Number(left.name === roles.id));
  const label = spec.label ?? labelOf(spec.name);
  return Object.freeze({
    spec,
    name: spec.name,
    version: spec.version ?? 1,
    label,
    labelPlural: spec.labelPlural ?? `${label}s`,
    id: Object.freeze(spec.id ?? { kind: 'salesforce' as const, prefix: prefixOf(spec.name) }),
    roles,
    calls: new Set(spec.calls ?? CALLS),
    fields: Object.freeze(fields),
    fieldsByName: new Map(fields.map((field) => [field.name, field])),
  });
}
