import { defineObject } from '../../engine/definition/define-object.ts';
import { SALESFORCE_FIELDS } from '../../engine/definition/system-fields.ts';

/**
 * Public groups and queues, which own sessions beside users (Object Reference, Group). undelete is no call of the
 * original; the recycle bin here serves every object, so all calls are listed.
 */
export const Group = /* @__PURE__ */ defineObject({
  name: 'Group',
  label: 'Group',
  labelPlural: 'Groups',
  description: 'A set of users; a queue is a group of type Queue.',
  id: { kind: 'salesforce', prefix: '00G' },
  fields: {
    Id: { ...SALESFORCE_FIELDS.Id, label: 'Group ID' },
    Name: { type: 'string', properties: 'Create, Filter, Group, idLookup, Sort, Update', length: 40 },
    DeveloperName: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Developer Name',
      length: 80,
      // Unique among the groups of one type of one org. A local copy may hold groups of several orgs.
      description: 'The name of the group in the API.',
    },
    RelatedId: {
      type: 'reference',
      properties: 'Filter, Group, Nillable, Sort',
      label: 'Related ID',
      referenceTo: ['User', 'UserRole'],
      relationshipName: 'Related',
      description: 'The role or manager a group of such a type stands for.',
    },
    Type: {
      type: 'picklist',
      properties: 'Create, Filter, Group, Restricted picklist, Sort',
      length: 40,
      values: [
        'AllCustomerPortal',
        'ChannelProgramGroup',
        'CollaborationGroup',
        'DataAnalytics',
        'Manager',
        'ManagerAndSubordinatesInternal',
        'Organization',
        'Participant',
        'Personal',
        'PRMOrganization',
        'Queue',
        'Regular',
        'Role',
        'RoleAndSubordinates',
        'RoleAndSubordinatesInternal',
        'SharingRecordCollGroup',
        'Territory',
        'TerritoryAndSubordinates',
      ],
      description: 'What the group is made of.',
    },
    Email: {
      type: 'email',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      length: 255,
      description: 'The address of a queue.',
    },
    OwnerId: {
      type: 'reference',
      properties: 'Filter, Group, Sort',
      label: 'Owner ID',
      referenceTo: ['Organization', 'User'],
      relationshipName: 'Owner',
      description: 'Who owns the group.',
    },
    DoesSendEmailToMembers: {
      type: 'boolean',
      properties: 'Create, Defaulted on create, Filter, Group, Sort, Update',
      label: 'Send Email to Members',
      defaultValue: false,
      description: 'Whether mail to the group goes to its members too.',
    },
    DoesIncludeBosses: {
      type: 'boolean',
      properties: 'Create, Defaulted on create, Filter, Group, Sort, Update',
      label: 'Include Bosses',
      defaultValue: false,
      description: 'Whether what is shared with the group is shared with those above its members.',
    },
  },
  listKeys: ['records'],
});
