import { defineObject } from '../../engine/definition/define-object.ts';
import { fillAddress } from './proxy-address.ts';

const PLACE = 'Create, Filter, Group, Nillable, Sort';

/**
 * One of the two sides of a session (Twilio Proxy v1, Participant). The API can create and remove participants, never
 * change them. That a session has two at most (80609) is a rule over several records and left to the server.
 */
export const TwilioProxyParticipant = /* @__PURE__ */ defineObject({
  name: 'TwilioProxyParticipant',
  label: 'Proxy Participant',
  labelPlural: 'Proxy Participants',
  description: 'One side of a session, with its real and its masked number.',
  id: { kind: 'sid', prefix: 'KP' },
  system: 'minimal',
  roles: { id: 'sid', created: 'date_created', modified: 'date_updated' },
  text: 'verbatim',
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
  ],
  fields: {
    // Nillable as the API has it; the sid of a kept record is never null.
    sid: {
      type: 'id',
      properties: 'Defaulted on create, Filter, Group, idLookup, Nillable, Sort',
      length: 34,
      description: 'Names the participant.',
    },
    session_sid: {
      type: 'reference',
      properties: PLACE,
      length: 34,
      referenceTo: ['TwilioProxySession'],
      relationshipName: 'Session',
      childRelationshipName: 'Participants',
      cascadeDelete: true,
      description: 'The session the participant takes part in.',
    },
    service_sid: {
      type: 'reference',
      properties: PLACE,
      length: 34,
      referenceTo: ['TwilioProxyService'],
      relationshipName: 'Service',
      description: 'The service of that session.',
    },
    account_sid: {
      type: 'string',
      properties: PLACE,
      length: 34,
      caseSensitive: true,
      description: 'The account that created the participant.',
    },
    friendly_name: {
      type: 'string',
      properties: PLACE,
      length: 255,
      caseSensitive: true,
      description: 'A name to show, without personal data.',
    },
    identifier: {
      type: 'string',
      // The API calls it nullable in answers, yet no participant can be created without one.
      properties: 'Create, Filter, Group, Sort',
      length: 191,
      caseSensitive: true,
      description: 'The real number in E.164, or the id in another channel, such as messenger:123456.',
    },
    proxy_identifier: {
      type: 'string',
      properties: PLACE,
      length: 191,
      caseSensitive: true,
      description: 'The masked number the other side sees; from the pool of the service when none is given.',
    },
    proxy_identifier_sid: {
      type: 'string',
      properties: PLACE,
      length: 34,
      caseSensitive: true,
      description: 'The phone number behind the masked one.',
    },
    date_deleted: {
      type: 'dateTime',
      properties: 'Filter, Nillable, Sort',
      description: 'When the participant was removed from the session.',
    },
    date_created: {
      type: 'dateTime',
      properties: 'Defaulted on create, Filter, Nillable, Sort',
      description: 'When the participant was created.',
    },
    date_updated: {
      type: 'dateTime',
      properties: 'Defaulted on create, Filter, Nillable, Sort',
      description: 'When the participant was last changed.',
    },
    url: {
      type: 'url',
      properties: 'Filter, Group, Nillable, Sort',
      description: 'The address of the participant.',
      searchable: false,
    },
    links: {
      type: 'map',
      properties: 'Filter, Nillable',
      of: { type: 'url' },
      description: 'The address of its message interactions.',
    },
  },
  // Twilio's 80103: an identifier takes part in a session once.
  unique: [['session_sid', 'identifier']],
  indexes: ['session_sid'],
  listKeys: ['participants'],
  onWrite: (draft) =>
    fillAddress(draft, ['Services', draft.service_sid, 'Sessions', draft.session_sid, 'Participants', draft.sid], {
      message_interactions: 'MessageInteractions',
    }),
});
