import type { FieldDefinition, ObjectDefinition } from './define-object.ts';
import type { FieldType } from './definition.ts';

/** describeSObjects and describeGlobal (SOAP API, DescribeSObjectResult, Field, DescribeGlobalResult), as plain data. */

export interface PicklistEntry {
  readonly active: boolean;
  readonly defaultValue: boolean;
  readonly label: string;
  readonly value: string;
}

export interface FieldDescription extends FixedAttributes {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly soapType: string;
  readonly length: number;
  readonly byteLength: number;
  readonly digits: number;
  readonly precision: number;
  readonly scale: number;
  readonly aggregatable: boolean;
  readonly autoNumber: boolean;
  readonly caseSensitive: boolean;
  readonly createable: boolean;
  readonly custom: boolean;
  readonly defaultValue: string | number | boolean | null;
  readonly defaultedOnCreate: boolean;
  readonly encrypted: boolean;
  readonly externalId: boolean;
  readonly filterable: boolean;
  readonly groupable: boolean;
  readonly idLookup: boolean;
  readonly nameField: boolean;
  readonly namePointing: boolean;
  readonly nillable: boolean;
  readonly picklistValues: readonly PicklistEntry[];
  readonly polymorphicForeignKey: boolean;
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  readonly cascadeDelete: boolean;
  readonly restrictedPicklist: boolean;
  readonly sortable: boolean;
  readonly unique: boolean;
  readonly updateable: boolean;
  readonly inlineHelpText: string | null;
  /** `plaintextarea` of a long text, else null. */
  readonly extraTypeInfo: string | null;
  readonly mask: string | null;
  /** How a value is masked for those who may not see it; of encrypted fields. */
  readonly maskType: string | null;
  /** Whether field permissions can be set: not for what every record has. */
  readonly permissionable: boolean;
  readonly searchPrefilterable: boolean;
  /** The version that brought the field, where later than its object's; null otherwise. */
  readonly since: string | null;
  /** Fields of nested objects, described alike; null for scalars. */
  readonly fields: readonly FieldDescription[] | null;
}

export interface ChildRelationship {
  readonly childSObject: string;
  readonly field: string;
  readonly relationshipName: string | null;
  readonly cascadeDelete: boolean;
}

export interface ObjectSummary {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string | null;
  readonly custom: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly deletable: boolean;
  readonly undeletable: boolean;
  readonly queryable: boolean;
  readonly retrieveable: boolean;
  readonly searchable: boolean;
  readonly replicateable: boolean;
  readonly layoutable: boolean;
  readonly feedEnabled: boolean;
  /** Whether it is noted when a user looks at its records. */
  readonly mruEnabled: boolean;
  readonly urls: { readonly sobject: string; readonly describe: string; readonly rowTemplate: string };
}

export interface ObjectDescription extends ObjectSummary {
  readonly fields: readonly FieldDescription[];
  readonly childRelationships: readonly ChildRelationship[];
  readonly supportedCalls: readonly string[];
}

/**
 * What describe says of every field and is one and the same here, where no field is a formula, an address, a currency or
 * a dependent picklist. Told all the same, so that code written for the API finds each attribute.
 */
const FIXED = {
  aiPredictionField: false,
  calculated: false,
  calculatedFormula: null,
  compoundFieldName: null,
  controllerName: null,
  defaultValueFormula: null,
  dependentPicklist: false,
  deprecatedAndHidden: false,
  displayLocationInDecimal: false,
  filteredLookupInfo: null,
  formulaTreatNullNumberAsZero: false,
  highScaleNumber: false,
  htmlFormatted: false,
  queryByDistance: false,
  referenceTargetField: null,
  relationshipOrder: null,
  restrictedDelete: false,
  writeRequiresMasterRead: false,
} as const;

type FixedAttributes = typeof FIXED;

const SOAP_TYPES: Partial<Record<FieldType, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  dateTime: 'xsd:dateTime',
  date: 'xsd:date',
  anyType: 'xsd:anyType',
  object: 'xsd:anyType',
  list: 'xsd:anyType',
  map: 'xsd:anyType',
};

/** REST writes type names in lower case, with `datetime` for the reference's `dateTime`. */
function restType(type: FieldType): string {
  return type === 'anyType' ? type : type.toLowerCase();
}

function isAggregatable(field: FieldDefinition): boolean {
  return field.filterable && !['boolean', 'anyType', 'object', 'list', 'map', 'multipicklist'].includes(field.type);
}

function describeNested(field: FieldDefinition): readonly FieldDescription[] | null {
  const nested = field.fields ?? field.of?.fields;
  if (nested === undefined) return null;
  return Object.entries(nested).map(([name, spec]) =>
    describeField({ ...field, relationshipName: '', ...NOT_NESTED, ...spec, name, label: spec.label ?? name }, ''),
  );
}

/** What a nested field does not take over from the field around it. */
const NOT_NESTED = {
  fields: undefined,
  of: undefined,
  values: undefined,
  referenceTo: undefined,
  description: undefined,
  since: undefined,
};

function describeField(given: object, nameField: string): FieldDescription {
  const field = given as FieldDefinition;
  const text = SOAP_TYPES[field.type] === undefined;
  const references = field.referenceTo ?? [];
  return {
    name: field.name,
    label: field.label,
    type: restType(field.type),
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    length: field.length,
    byteLength: text ? field.length * 3 : field.length,
    digits: field.digits,
    precision: field.type === 'double' ? 18 : 0,
    scale: 0,
    aggregatable: isAggregatable(field),
    autoNumber: field.autoNumber,
    caseSensitive: field.caseSensitive,
    createable: field.createable,
    custom: field.name.endsWith('__c'),
    defaultValue: field.defaultValue ?? (field.type === 'boolean' && !field.nillable ? false : null),
    defaultedOnCreate: field.defaultedOnCreate,
    encrypted: field.encrypted,
    externalId: field.externalId === true,
    filterable: field.filterable,
    groupable: field.groupable,
    idLookup: field.idLookup,
    nameField: field.name === nameField,
    namePointing: references.length > 1,
    nillable: field.nillable,
    picklistValues: (field.values ?? []).map((value) => ({
      active: true,
      defaultValue: value === field.defaultValue,
      label: value,
      value,
    })),
    polymorphicForeignKey: references.length > 1,
    referenceTo: [...references],
    relationshipName:
      field.relationshipName === undefined || field.relationshipName === '' ? null : field.relationshipName,
    cascadeDelete: field.cascadeDelete === true,
    restrictedPicklist: field.restrictedPicklist,
    sortable: field.sortable,
    unique: field.unique,
    updateable: field.updateable,
    inlineHelpText: field.description ?? null,
    extraTypeInfo: field.type === 'textarea' ? 'plaintextarea' : null,
    mask: field.encrypted ? '*' : null,
    maskType: field.encrypted ? 'all' : null,
    permissionable: field.nillable && !field.system,
    searchPrefilterable: field.type === 'reference',
    since: field.since ?? null,
    fields: describeNested(field),
    // Last: V8 gives an object that begins with a spread and goes on with many fields a new shape for each, every time.
    ...FIXED,
  };
}

/** What describeGlobal says of an object. `version`: of the API whose addresses it tells. */
export function summarize(definition: ObjectDefinition, version: string): ObjectSummary {
  const { calls, spec, id } = definition;
  const address = `/services/data/v${version}/sobjects/${definition.name}`;
  return {
    name: definition.name,
    label: definition.label,
    labelPlural: definition.labelPlural,
    keyPrefix: id.prefix ?? null,
    custom: definition.name.endsWith('__c'),
    createable: calls.has('create'),
    updateable: calls.has('update'),
    deletable: calls.has('delete'),
    undeletable: calls.has('undelete'),
    queryable: calls.has('query'),
    retrieveable: calls.has('retrieve'),
    searchable: calls.has('search'),
    replicateable: calls.has('getUpdated'),
    layoutable: calls.has('describeLayout'),
    feedEnabled: spec.feed !== undefined,
    mruEnabled: definition.roles.viewed !== undefined,
    urls: { sobject: address, describe: `${address}/describe`, rowTemplate: `${address}/{ID}` },
  };
}

function childrenOf(definition: ObjectDefinition, all: readonly ObjectDefinition[]): ChildRelationship[] {
  const children: ChildRelationship[] = [];
  for (const child of all) {
    for (const field of child.fields) {
      if (field.referenceTo?.includes(definition.name) !== true) continue;
      children.push({
        childSObject: child.name,
        field: field.name,
        relationshipName: field.childRelationshipName ?? null,
        cascadeDelete: field.cascadeDelete === true,
      });
    }
  }
  return children;
}

/** What describeSObjects says of an object among `all` objects of its database. */
export function describeObject(
  definition: ObjectDefinition,
  all: readonly ObjectDefinition[],
  version: string,
): ObjectDescription {
  return {
    ...summarize(definition, version),
    fields: definition.fields.map((field) => describeField(field, definition.roles.name ?? '')),
    childRelationships: childrenOf(definition, all),
    supportedCalls: [...definition.calls].sort(),
  };
}
