import type { Call, DeleteRule, FieldSpec, WriteRule } from '../../engine/definition/definition.ts';
import { SALESFORCE_FIELDS } from '../../engine/definition/system-fields.ts';

/**
 * What the share objects share (Object Reference, StandardObjectNameShare and LiveAgentSessionShare; labels and lengths
 * from the Field Reference). They have no Created fields.
 */
export const SHARE_CALLS = [
  'create',
  'delete',
  'describeSObjects',
  'query',
  'retrieve',
  'update',
  'upsert',
] as const satisfies readonly Call[];

export const SHARE_FIELDS = {
  Id: { ...SALESFORCE_FIELDS.Id, label: 'Custom Object Share ID' },
  LastModifiedDate: SALESFORCE_FIELDS.LastModifiedDate,
  LastModifiedById: SALESFORCE_FIELDS.LastModifiedById,
  AccessLevel: {
    type: 'picklist',
    properties: 'Create, Filter, Group, Restricted picklist, Sort, Update',
    label: 'Custom Object Access',
    length: 40,
    values: ['Read', 'Edit', 'All'],
    description: 'What the user or group may do with the record. All is the owner and cannot be given.',
  },
  RowCause: {
    type: 'picklist',
    properties: 'Filter, Group, Restricted picklist, Sort',
    label: 'Row Cause',
    length: 40,
    // The reference names Manual and Owner for these objects; the others stand in share rows of other objects, and an
    // archive that holds one of them must not be refused.
    values: [
      'Manual',
      'Owner',
      'Rule',
      'ImplicitChild',
      'ImplicitParent',
      'ImplicitPerson',
      'Team',
      'Territory',
      'TerritoryManual',
      'TerritoryRule',
      'Territory2AssociationManual',
      'Territory2Forecast',
    ],
    description: 'Why the row is there. Rows made by hand are Manual; only those can be edited.',
  },
  UserOrGroupId: {
    type: 'reference',
    properties: 'Create, Filter, Group, Sort',
    label: 'User/Group ID',
    referenceTo: ['Group', 'User'],
    relationshipName: 'UserOrGroup',
    description: 'Who is given access.',
  },
} as const satisfies Readonly<Record<string, FieldSpec>>;

export const SHARE_ROLES = { id: 'Id', modified: 'LastModifiedDate', modifiedBy: 'LastModifiedById' } as const;

/** Creating a row that equals one in these updates that one (Object Reference, StandardObjectNameShare). */
export const SHARE_UNIQUE = [['ParentId', 'UserOrGroupId', 'RowCause']] as const;

/** Rows that come from an owner or a rule are read-only, and All is the owner's alone. */
export const ruleShare: WriteRule = (draft, before, context) => {
  if (before === undefined) draft.RowCause = 'Manual';
  else if (before.RowCause !== 'Manual')
    context.refuse('FIELD_INTEGRITY_EXCEPTION', 'only sharing entries with the row cause Manual can be edited', [
      'RowCause',
    ]);
  if (draft.AccessLevel === 'All')
    context.refuse('FIELD_INTEGRITY_EXCEPTION', 'the access level All belongs to the owner and cannot be given', [
      'AccessLevel',
    ]);
};

/** Rows that come from an owner or a rule go when their reason does. */
export const ruleShareDelete: DeleteRule = (record) =>
  record.RowCause === 'Manual'
    ? undefined
    : { code: 'INVALID_CROSS_REFERENCE_KEY', message: 'only sharing entries with the row cause Manual can be deleted' };
