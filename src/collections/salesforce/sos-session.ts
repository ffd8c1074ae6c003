import { defineObject } from '../../engine/definition/define-object.ts';
import type { WriteRule } from '../../engine/definition/definition.ts';
import { elapsedSeconds } from './elapsed-seconds.ts';

/**
 * The two durations are read-only in the API, so whoever keeps the record must work them out. A duration is touched
 * only when one of its ends is: the value a vendor sent stays until then.
 */
const deriveDurations: WriteRule = (draft, before, context) => {
  const started = before === undefined || draft.StartTime !== before.StartTime;
  // On create the moment of creation may not be in the draft yet; it is the moment of the write.
  if (started) draft.WaitDuration = elapsedSeconds(draft.CreatedDate ?? context.now, draft.StartTime);
  if (started || draft.EndTime !== before.EndTime)
    draft.SessionDuration = elapsedSeconds(draft.StartTime, draft.EndTime);
};

/**
 * A video call of the SOS feature (Object Reference, SOSSession; API 34.0). Lengths are those of a real describe, which
 * also shows SessionToken, MayEdit and IsLocked: the reference lists none of them, so neither do we. Labels of fields
 * are not public and follow the pattern of LiveAgentSession.
 */
export const SOSSession = /* @__PURE__ */ defineObject({
  name: 'SOSSession',
  label: 'SOS Session',
  labelPlural: 'SOS Sessions',
  description: 'An SOS video call; made by Salesforce for each one.',
  since: '34.0',
  id: { kind: 'salesforce', prefix: '0NX' },
  calls: [
    'create',
    'delete',
    'describeLayout',
    'describeSObjects',
    'getDeleted',
    'getUpdated',
    'query',
    'retrieve',
    'search',
    'undelete',
    'update',
    'upsert',
  ],
  fields: {
    AppVersion: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'App Version',
      length: 64,
      description: 'Version of the customer mobile app that holds SOS.',
    },
    CaseId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Case ID',
      referenceTo: ['Case'],
      relationshipName: 'Case',
      childRelationshipName: 'SOSSessions',
      description: 'The case the session belongs to.',
    },
    ContactId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Contact ID',
      referenceTo: ['Contact'],
      relationshipName: 'Contact',
      childRelationshipName: 'SOSSessions',
      description: 'The contact the session was held with.',
    },
    DeploymentId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Deployment ID',
      referenceTo: ['SOSDeployment'],
      relationshipName: 'Deployment',
      childRelationshipName: 'SOSSessions',
      description: 'The SOS deployment the session came from.',
    },
    EndTime: {
      type: 'dateTime',
      properties: 'Create, Filter, Nillable, Sort, Update',
      label: 'End Time',
      description: 'When the session ended.',
    },
    IpAddress: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'IP Address',
      length: 39,
      // The reference keeps the properties and leaves the field empty; input is taken, so old clients go on working.
      alwaysBlank: true,
      description: 'Always blank, for the privacy of the customer.',
    },
    LastReferencedDate: {
      type: 'dateTime',
      properties: 'Filter, Nillable, Sort',
      label: 'Last Referenced Date',
      description: 'When the user last referenced the record.',
    },
    LastViewedDate: {
      type: 'dateTime',
      properties: 'Filter, Nillable, Sort',
      label: 'Last Viewed Date',
      description: 'When the user last viewed the record.',
    },
    Name: {
      type: 'string',
      // No idLookup, unlike LiveAgentSession: upsert goes by Id or by an external id of one's own.
      properties: 'Autonumber, Defaulted on create, Filter, Sort',
      label: 'SOS Session Name',
      length: 255,
      // The form in a real org is not public.
      displayFormat: '{00000000}',
      description: 'The number of the session.',
    },
    OpentokSession: {
      type: 'encryptedstring',
      properties: 'Create, Nillable, Update',
      label: 'OpenTok Session',
      length: 128,
      description: 'The id of the OpenTok session behind the video call.',
    },
    OwnerId: {
      type: 'reference',
      properties: 'Create, Defaulted on create, Filter, Group, Sort, Update',
      label: 'Owner ID',
      referenceTo: ['Group', 'User'],
      relationshipName: 'Owner',
      description: 'The user or queue that owns the record.',
    },
    SessionDuration: {
      type: 'int',
      properties: 'Filter, Group, Nillable, Sort',
      label: 'Session Duration',
      digits: 9,
      description: 'Seconds from StartTime to EndTime.',
    },
    SessionRecordingUrl: {
      type: 'url',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Session Recording URL',
      length: 255,
      description: 'Where the recording of the session is stored.',
    },
    SosVersion: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'SOS Version',
      length: 64,
      description: 'Version of SOS in the mobile app at the time of the session.',
    },
    StartTime: {
      type: 'dateTime',
      properties: 'Create, Filter, Nillable, Sort, Update',
      label: 'Start Time',
      description: 'When the session began.',
    },
    SystemInfo: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'System Info',
      length: 128,
      description: "The customer's device, such as its operating system.",
    },
    WaitDuration: {
      type: 'int',
      properties: 'Filter, Group, Nillable, Sort',
      label: 'Wait Duration',
      digits: 9,
      description: 'Seconds from CreatedDate to StartTime: how long the customer waited for an agent.',
    },
  },
  indexes: ['StartTime', 'CaseId', ['OwnerId', 'StartTime']],
  // OpentokSession is left out: a history row would show in plain what the field keeps encrypted.
  history: {
    object: 'SOSSessionHistory',
    parentField: 'SOSSessionId',
    fields: ['CaseId', 'ContactId', 'DeploymentId', 'EndTime', 'OwnerId', 'SessionRecordingUrl', 'StartTime'],
  },
  feed: {
    object: 'SOSSessionFeed',
    parentField: 'ParentId',
    fields: ['CaseId', 'ContactId', 'EndTime', 'OwnerId', 'StartTime'],
  },
  listKeys: ['records'],
  onWrite: deriveDurations,
});
