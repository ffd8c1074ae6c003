import { defineObject } from '../../engine/definition/define-object.ts';
import { SALESFORCE_FIELDS } from '../../engine/definition/system-fields.ts';

/**
 * An agent's time logged in to Chat, once Live Agent (Object Reference, LiveAgentSession; API 28.0). Labels and digits
 * are those of the Field Reference. Chat was retired in February 2026; what is left of these records is an archive.
 * The reference lets standard fields be modified only by users with editing permission, which is not modelled here.
 */
export const LiveAgentSession = /* @__PURE__ */ defineObject({
  name: 'LiveAgentSession',
  label: 'Chat Session',
  labelPlural: 'Chat Sessions',
  description: 'What one agent did in Chat between log-in and log-out; made by Salesforce at each log-in.',
  since: '28.0',
  id: { kind: 'salesforce', prefix: '0HK' },
  // No upsert, although Name is an idLookup field: so the reference has it.
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
  ],
  fields: {
    Id: { ...SALESFORCE_FIELDS.Id, label: 'Chat Session ID' },
    AgentId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Sort, Update',
      label: 'User ID',
      referenceTo: ['User'],
      relationshipName: 'Agent',
      description: 'The agent who was logged in.',
    },
    ChatReqAssigned: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Chat Requests Assigned',
      digits: 9,
      description: 'Chat requests assigned to the agent.',
    },
    ChatReqDeclined: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Chat Requests Declined (Manually)',
      digits: 9,
      description: 'Chat requests the agent declined.',
    },
    ChatReqEngaged: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Chat Requests Engaged',
      digits: 9,
      description: 'Chats the agent took part in.',
    },
    ChatReqTimedOut: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Chat Requests Declined (Push Timeout)',
      digits: 9,
      description: "Chat requests that timed out in the agent's queue.",
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
    LoginTime: {
      type: 'dateTime',
      properties: 'Create, Filter, Sort, Update',
      label: 'Login Time',
      description: 'When the agent logged in.',
    },
    LogoutTime: {
      type: 'dateTime',
      properties: 'Create, Filter, Sort, Update',
      label: 'Logout Time',
      description: 'When the agent logged out.',
    },
    Name: {
      type: 'string',
      properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort',
      label: 'Chat Session Name',
      length: 255,
      // The form in a real org is not public.
      displayFormat: '{00000000}',
      description: 'The number of the session.',
    },
    NumFlagLoweredAgent: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Assistance Flags Lowered (Agent)',
      digits: 9,
      description: 'Assistance flags the agent lowered.',
    },
    NumFlagLoweredSupervisor: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Assistance Flags Lowered (Supervisor)',
      digits: 9,
      description: 'Assistance flags the supervisor lowered.',
    },
    NumFlagRaised: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Assistance Flags Raised',
      digits: 9,
      description: 'Assistance flags the agent raised.',
    },
    OwnerId: {
      type: 'reference',
      properties: 'Create, Defaulted on create, Filter, Group, Sort, Update',
      label: 'Owner ID',
      referenceTo: ['Group', 'User'],
      relationshipName: 'Owner',
      description: 'The user or queue that owns the record.',
    },
    TimeAtCapacity: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Time Spent at Capacity',
      digits: 9,
      description: 'Seconds with as many chats as the agent may have at once.',
    },
    TimeIdle: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Time Idle',
      digits: 9,
      description: 'Seconds without a chat.',
    },
    TimeInAwayStatus: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Time Spent Away',
      digits: 9,
      description: 'Seconds with the status Away.',
    },
    TimeInChats: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Time Spent in Chats',
      digits: 9,
      description: 'Seconds engaged in chats.',
    },
    TimeInOnlineStatus: {
      type: 'int',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Time Spent Online',
      digits: 9,
      description: 'Seconds with the status Online.',
    },
  },
  indexes: ['LoginTime', ['AgentId', 'LoginTime']],
  // Counters and times move all through a session; tracking them would make a history row of every step.
  history: {
    object: 'LiveAgentSessionHistory',
    parentField: 'LiveAgentSessionId',
    fields: ['AgentId', 'LoginTime', 'LogoutTime', 'OwnerId'],
  },
  listKeys: ['records'],
});
