import { defineObject } from '../../engine/definition/define-object.ts';
import { SALESFORCE_FIELDS } from '../../engine/definition/system-fields.ts';
import { HISTORY_CALLS, HISTORY_EVENTS, HISTORY_FIELDS, HISTORY_ROLES } from './history-fields.ts';
import { SOSSession } from './sos-session.ts';

/** One row for each change of a tracked field of an SOSSession. Written by the engine, read by everyone. */
export const SOSSessionHistory = /* @__PURE__ */ defineObject({
  name: 'SOSSessionHistory',
  label: 'SOS Session History',
  labelPlural: 'SOS Session Histories',
  description: 'Changes of tracked fields of SOS sessions.',
  since: '34.0',
  // Not public; 017 is the prefix of the history of entities in general, by analogy with which these rows are named.
  id: { kind: 'salesforce', prefix: '017' },
  system: 'minimal',
  roles: HISTORY_ROLES,
  calls: HISTORY_CALLS,
  fields: {
    Id: { ...SALESFORCE_FIELDS.Id, label: 'SOS Session History ID' },
    ...HISTORY_FIELDS,
    Field: {
      type: 'picklist',
      properties: 'Filter, Group, Restricted picklist, Sort',
      label: 'Changed Field',
      length: 255,
      // A reference goes by its API name here and by the name of its relationship in rows of Salesforce's own.
      values: [...Object.keys(SOSSession.spec.fields), 'Case', 'Contact', 'Deployment', 'Owner', ...HISTORY_EVENTS],
      description: 'The field that changed.',
    },
    SOSSessionId: {
      type: 'reference',
      properties: 'Filter, Group, Sort',
      label: 'SOS Session ID',
      referenceTo: ['SOSSession'],
      relationshipName: 'SOSSession',
      childRelationshipName: 'Histories',
      cascadeDelete: true,
      description: 'The session that changed.',
    },
  },
  indexes: ['SOSSessionId'],
  listKeys: ['records'],
});
