import { defineObject } from '../../engine/definition/define-object.ts';

/** A step in an SOS call, such as a customer connecting (Object Reference, SOSSessionActivity; API 34.0). */
export const SOSSessionActivity = /* @__PURE__ */ defineObject({
  name: 'SOSSessionActivity',
  label: 'SOS Session Activity',
  labelPlural: 'SOS Session Activities',
  description: 'What happened in an SOS session, and when.',
  since: '34.0',
  id: { kind: 'salesforce', prefix: '0NZ' },
  calls: [
    'create',
    'delete',
    'describeSObjects',
    'getDeleted',
    'getUpdated',
    'query',
    'retrieve',
    'undelete',
    'update',
    'upsert',
  ],
  fields: {
    ActivityTime: {
      type: 'dateTime',
      properties: 'Create, Filter, Sort',
      label: 'Activity Time',
      description: 'When it happened.',
    },
    Name: {
      type: 'string',
      properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort',
      label: 'SOS Session Activity Name',
      length: 255,
      // The form in a real org is not public.
      displayFormat: '{00000000}',
      description: 'The number of the activity.',
    },
    SessionId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Sort',
      label: 'Session ID',
      referenceTo: ['SOSSession'],
      relationshipName: 'Session',
      childRelationshipName: 'SOSSessionActivities',
      cascadeDelete: true,
      description: 'The session it happened in.',
    },
    Type: {
      type: 'picklist',
      // The reference says Restricted picklist as well. Of its 14 values only these are public, and a list that lacks
      // ten would refuse good records, so the restriction is not taken over.
      properties: 'Create, Filter, Group, Sort',
      values: ['SessionCreated', 'CustomerConnect', 'CustomerDisconnect', 'AgentConnected'],
      description: 'What happened.',
    },
  },
  indexes: [['SessionId', 'ActivityTime']],
  listKeys: ['records'],
});
