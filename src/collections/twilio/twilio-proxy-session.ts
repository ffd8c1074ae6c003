import { defineObject } from '../../engine/definition/define-object.ts';
import { ruleSession } from './session-rules.ts';

/**
 * A masked conversation between two participants (Twilio Proxy v1, Session). Nullable as the API's description has it,
 * even where no answer ever holds null. What the API takes from its path and credentials, the sids of service and
 * account, is given by whoever creates the record.
 */
export const TwilioProxySession = /* @__PURE__ */ defineObject({
  name: 'TwilioProxySession',
  label: 'Proxy Session',
  labelPlural: 'Proxy Sessions',
  description: 'A conversation whose participants see masked numbers.',
  id: { kind: 'sid', prefix: 'KC' },
  system: 'minimal',
  roles: { id: 'sid', created: 'date_created', modified: 'date_updated' },
  text: 'verbatim',
  fields: {
    // Nillable as the API has it; the sid of a kept record is never null.
    sid: {
      type: 'id',
      properties: 'Defaulted on create, Filter, Group, idLookup, Nillable, Sort',
      length: 34,
      description: 'Names the session.',
    },
    service_sid: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort',
      length: 34,
      referenceTo: ['TwilioProxyService'],
      relationshipName: 'Service',
      childRelationshipName: 'Sessions',
      cascadeDelete: true,
      description: 'The service the session belongs to.',
    },
    account_sid: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort',
      length: 34,
      caseSensitive: true,
      description: 'The account that created the session.',
    },
    date_started: {
      type: 'dateTime',
      properties: 'Filter, Nillable, Sort',
      description: 'When the session went in progress; null until its first interaction.',
    },
    date_ended: { type: 'dateTime', properties: 'Filter, Nillable, Sort', description: 'When the session was closed.' },
    date_last_interaction: {
      type: 'dateTime',
      properties: 'Filter, Nillable, Sort',
      description: 'When the participants last spoke or wrote.',
    },
    date_expiry: {
      type: 'dateTime',
      properties: 'Create, Filter, Nillable, Sort, Update',
      description: 'When the session is to expire; where given, it overrides ttl.',
    },
    unique_name: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort',
      length: 191,
      caseSensitive: true,
      description: 'A name of your own, unique in the service, without personal data. It cannot be changed.',
    },
    status: {
      type: 'picklist',
      properties: 'Create, Defaulted on create, Filter, Group, Restricted picklist, Sort, Update',
      values: ['open', 'in-progress', 'closed', 'failed', 'unknown'],
      caseSensitive: true,
      defaultValue: 'open',
      description: 'Where the session is in its life. What failed and unknown mean is not public.',
    },
    closed_reason: {
      type: 'string',
      properties: 'Filter, Group, Nillable, Sort',
      caseSensitive: true,
      description: 'Why the session was closed.',
    },
    ttl: {
      type: 'int',
      properties: 'Create, Defaulted on create, Filter, Group, Sort, Update',
      digits: 10,
      // The API falls back to the service's default_ttl; a default cannot look at another record.
      defaultValue: 0,
      description: 'Seconds after creation or the latest interaction when the session expires; 0 for never.',
    },
    mode: {
      type: 'picklist',
      properties: 'Create, Defaulted on create, Filter, Group, Restricted picklist, Sort',
      values: ['message-only', 'voice-only', 'voice-and-message'],
      caseSensitive: true,
      defaultValue: 'voice-and-message',
      description: 'What the participants may do. It cannot be changed.',
    },
    date_created: {
      type: 'dateTime',
      properties: 'Defaulted on create, Filter, Nillable, Sort',
      description: 'When the session was created.',
    },
    date_updated: {
      type: 'dateTime',
      properties: 'Defaulted on create, Filter, Nillable, Sort',
      description: 'When the session was last changed.',
    },
    url: {
      type: 'url',
      properties: 'Filter, Group, Nillable, Sort',
      description: 'The address of the session.',
      searchable: false,
    },
    links: {
      type: 'map',
      properties: 'Filter, Nillable',
      of: { type: 'url' },
      description: 'The addresses of its interactions and participants.',
    },
  },
  indexes: ['date_created', ['service_sid', 'date_created']],
  unique: [['service_sid', 'unique_name']],
  listKeys: ['sessions'],
  onWrite: ruleSession,
});
