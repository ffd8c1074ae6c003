import type { Call, FieldSpec } from '../../engine/definition/definition.ts';
import { SALESFORCE_FIELDS } from '../../engine/definition/system-fields.ts';

/**
 * What the history objects of all standard objects share (Object Reference, StandardObjectNameHistory; labels and
 * lengths from the Field Reference). They have no LastModified fields, and delete() only where an org asks for it.
 */
export const HISTORY_CALLS = [
  'describeSObjects',
  'getDeleted',
  'getUpdated',
  'query',
  'retrieve',
] as const satisfies readonly Call[];

/** What Field holds besides names of fields, where something other than a field changed. */
export const HISTORY_EVENTS = [
  'created',
  'feedEvent',
  'individualMerged',
  'locked',
  'ownerAccepted',
  'ownerAssignment',
  'unlocked',
] as const;

/** The values of DataType: Salesforce's inner names of types, which are not those of describe. */
const DATA_TYPES = [
  'Address',
  'AnyType',
  'AutoNumber',
  'Base64',
  'BitVector',
  'Boolean',
  'Content',
  'Currency',
  'DataCategoryGroupReference',
  'DateOnly',
  'DateTime',
  'Division',
  'Double',
  'DynamicEnum',
  'Email',
  'EncryptedBase64',
  'EncryptedText',
  'EntityId',
  'EnumOrId',
  'ExternalId',
  'Fax',
  'File',
  'HtmlMultiLineText',
  'HtmlStringPlusClob',
  'InetAddress',
  'Json',
  'Location',
  'MultiEnum',
  'MultiLineText',
  'Namespace',
  'Percent',
  'PersonName',
  'Phone',
  'Raw',
  'RecordType',
  'SfdcEncryptedText',
  'SimpleNamespace',
  'StringPlusClob',
  'Switchable_PersonName',
  'Text',
  'TimeOnly',
  'Url',
  'YearQuarter',
] as const;

export const HISTORY_FIELDS = {
  CreatedDate: SALESFORCE_FIELDS.CreatedDate,
  CreatedById: SALESFORCE_FIELDS.CreatedById,
  DataType: {
    type: 'picklist',
    properties: 'Filter, Group, Nillable, Restricted picklist, Sort',
    label: 'Datatype',
    length: 40,
    values: DATA_TYPES,
    description: 'The type of the field that changed.',
  },
  NewValue: {
    type: 'anyType',
    properties: 'Nillable, Sort',
    label: 'New Value',
    length: 255,
    description: 'The value after the change; null when it had more than 255 characters.',
  },
  OldValue: {
    type: 'anyType',
    properties: 'Nillable, Sort',
    label: 'Old Value',
    length: 255,
    description: 'The value before the change; null when it had more than 255 characters.',
  },
} as const satisfies Readonly<Record<string, FieldSpec>>;

export const HISTORY_ROLES = { id: 'Id', created: 'CreatedDate', createdBy: 'CreatedById' } as const;
