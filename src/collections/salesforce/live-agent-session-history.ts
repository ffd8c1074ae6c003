import { defineObject } from '../../engine/definition/define-object.ts';
import { SALESFORCE_FIELDS } from '../../engine/definition/system-fields.ts';
import { HISTORY_CALLS, HISTORY_EVENTS, HISTORY_FIELDS, HISTORY_ROLES } from './history-fields.ts';
import { LiveAgentSession } from './live-agent-session.ts';

/** One row for each change of a tracked field of a LiveAgentSession. Written by the engine, read by everyone. */
export const LiveAgentSessionHistory = /* @__PURE__ */ defineObject({
  name: 'LiveAgentSessionHistory',
  label: 'Chat Session History',
  labelPlural: 'Chat Session Histories',
  description: 'Changes of tracked fields of chat sessions.',
  since: '28.0',
  // Not public; 017 is the prefix of the history of entities in general, by analogy with which these rows are named.
  id: { kind: 'salesforce', prefix: '017' },
  system: 'minimal',
  roles: HISTORY_ROLES,
  calls: HISTORY_CALLS,
  fields: {
    Id: { ...SALESFORCE_FIELDS.Id, label: 'Chat Session History ID' },
    ...HISTORY_FIELDS,
    Field: {
      type: 'picklist',
      properties: 'Filter, Group, Restricted picklist, Sort',
      label: 'Changed Field',
      length: 255,
      // A reference goes by its API name here and by the name of its relationship in rows of Salesforce's own.
      values: [...Object.keys(LiveAgentSession.spec.fields), 'Agent', 'Owner', ...HISTORY_EVENTS],
      description: 'The field that changed.',
    },
    LiveAgentSessionId: {
      type: 'reference',
      properties: 'Filter, Group, Sort',
      label: 'Chat Session ID',
      referenceTo: ['LiveAgentSession'],
      relationshipName: 'LiveAgentSession',
      childRelationshipName: 'Histories',
      cascadeDelete: true,
      description: 'The session that changed.',
    },
  },
  indexes: ['LiveAgentSessionId'],
  listKeys: ['records'],
});
