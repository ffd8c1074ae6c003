import type { Call, FieldSpec } from '../../engine/definition/definition.ts';

/** What owner sharing rules of all objects share (Object Reference, StandardObjectNameOwnerSharingRule). */
export const OWNER_SHARING_RULE_CALLS = [
  'create',
  'delete',
  'describeSObjects',
  'getDeleted',
  'getUpdated',
  'query',
  'retrieve',
  'update',
  'upsert',
] as const satisfies readonly Call[];

export const OWNER_SHARING_RULE_FIELDS = {
  AccessLevel: {
    type: 'picklist',
    properties: 'Create, Filter, Group, Restricted picklist, Sort, Update',
    label: 'Access Level',
    length: 40,
    values: ['Read', 'Edit'],
    description: 'What the rule allows.',
  },
  Description: {
    type: 'textarea',
    properties: 'Create, Filter, Nillable, Sort, Update',
    length: 1000,
    description: 'What the rule is for.',
  },
  DeveloperName: {
    type: 'string',
    properties: 'Create, Filter, Group, Nillable, Sort, Update',
    label: 'Developer Name',
    length: 80,
    // Unique in an org. A local copy may hold the rules of several orgs, so it is not made unique here.
    description: 'The name of the rule in the API.',
  },
  GroupId: {
    type: 'reference',
    properties: 'Create, Filter, Group, Sort',
    label: 'Group ID',
    referenceTo: ['Group'],
    relationshipName: 'Group',
    description: 'The source: records owned by users of this group are shared.',
  },
  Name: {
    type: 'string',
    properties: 'Create, Filter, Group, idLookup, Sort, Update',
    length: 80,
    description: 'The label of the rule.',
  },
  UserOrGroupId: {
    type: 'reference',
    properties: 'Create, Filter, Group, Sort',
    label: 'User/Group ID',
    referenceTo: ['Group', 'User'],
    relationshipName: 'UserOrGroup',
    description: 'The target: who is given access.',
  },
} as const satisfies Readonly<Record<string, FieldSpec>>;
